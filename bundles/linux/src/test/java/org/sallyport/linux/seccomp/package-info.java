@NullMarked
package org.sallyport.linux.seccomp;

import org.jspecify.annotations.NullMarked;
