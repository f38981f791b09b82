/** Side-by-side runs against what there was before. */
@NullMarked
package org.sallyport.benchmarks;

import org.jspecify.annotations.NullMarked;
