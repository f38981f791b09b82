/** Puts the guard in force before the daemon runs, and removes it. */
@NullMarked
package org.sallyport.spd.guard;

import org.jspecify.annotations.NullMarked;
