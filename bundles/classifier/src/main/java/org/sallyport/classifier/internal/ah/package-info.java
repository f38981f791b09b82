/** AH (RFC 4302) on SA slots. */
@NullMarked
package org.sallyport.classifier.internal.ah;

import org.jspecify.annotations.NullMarked;
