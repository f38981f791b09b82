@NullMarked
package org.sallyport.api.flow.index;

import org.jspecify.annotations.NullMarked;
