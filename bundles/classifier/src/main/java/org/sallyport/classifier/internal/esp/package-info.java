/** ESP (RFC 4303) with AES-GCM (RFC 4106) on SA slots. */
@NullMarked
package org.sallyport.classifier.internal.esp;

import org.jspecify.annotations.NullMarked;
