@NullMarked
package org.sallyport.linux.sockdiag;

import org.jspecify.annotations.NullMarked;
