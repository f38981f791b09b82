@NullMarked
package org.sallyport.linux.memory;

import org.jspecify.annotations.NullMarked;
