@NullMarked
package org.sallyport.benchmarks.throughput;

import org.jspecify.annotations.NullMarked;
