/** Running other programs: once, to their end, or for as long as they are needed. */
@NullMarked
package org.sallyport.lab.process;

import org.jspecify.annotations.NullMarked;
