/** The slots' memory. */
@NullMarked
package org.sallyport.linux.memory.internal;

import org.jspecify.annotations.NullMarked;
