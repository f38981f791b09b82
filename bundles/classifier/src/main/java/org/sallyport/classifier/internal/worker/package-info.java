/** The threads that carry packets. */
@NullMarked
package org.sallyport.classifier.internal.worker;

import org.jspecify.annotations.NullMarked;
