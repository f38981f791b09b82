/** What the kernel enforces of a generation: the guard, the divert rules, and who keeps them standing. */
@NullMarked
package org.sallyport.spd.internal.kernel;

import org.jspecify.annotations.NullMarked;
