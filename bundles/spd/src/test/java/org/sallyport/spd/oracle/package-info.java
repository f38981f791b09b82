/** RFC 4301 processing from its text, and what is held against it. */
@NullMarked
package org.sallyport.spd.oracle;

import org.jspecify.annotations.NullMarked;
