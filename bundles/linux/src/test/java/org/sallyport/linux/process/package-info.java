@NullMarked
package org.sallyport.linux.process;

import org.jspecify.annotations.NullMarked;
