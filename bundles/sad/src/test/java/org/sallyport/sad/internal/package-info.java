/** Tests of the SAD. */
@NullMarked
package org.sallyport.sad.internal;

import org.jspecify.annotations.NullMarked;
