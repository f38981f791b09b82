@NullMarked
package org.sallyport.benchmarks.rekeys;

import org.jspecify.annotations.NullMarked;
