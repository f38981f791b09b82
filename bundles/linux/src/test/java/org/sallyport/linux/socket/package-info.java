@NullMarked
package org.sallyport.linux.socket;

import org.jspecify.annotations.NullMarked;
