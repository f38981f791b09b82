/** Opens secrets that lie in files. */
@NullMarked
package org.sallyport.spd.internal.secret;

import org.jspecify.annotations.NullMarked;
