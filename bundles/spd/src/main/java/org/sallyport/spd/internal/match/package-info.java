/** Policies and peers compiled for looking up. */
@NullMarked
package org.sallyport.spd.internal.match;

import org.jspecify.annotations.NullMarked;
