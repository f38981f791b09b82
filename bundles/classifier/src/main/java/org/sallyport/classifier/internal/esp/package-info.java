/** ESP (RFC 4303) on SA slots. */
@NullMarked
package org.sallyport.classifier.internal.esp;

import org.jspecify.annotations.NullMarked;
