/** Which SA a flow goes by. */
@NullMarked
package org.sallyport.classifier.internal.flow;

import org.jspecify.annotations.NullMarked;
