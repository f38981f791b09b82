/** Edits of the configuration folder: candidates, what they would change, how they are written and undone. */
@NullMarked
package org.sallyport.spd.internal.change;

import org.jspecify.annotations.NullMarked;
