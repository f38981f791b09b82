/** Numbered traffic through rekeys: what is lost or overtaken, and by whom. */
@NullMarked
package org.sallyport.benchmarks.rekeys;

import org.jspecify.annotations.NullMarked;
