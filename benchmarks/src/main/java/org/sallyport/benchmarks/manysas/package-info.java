/** Many Child SAs that carry traffic at once, and an SA table that never rests. */
@NullMarked
package org.sallyport.benchmarks.manysas;

import org.jspecify.annotations.NullMarked;
