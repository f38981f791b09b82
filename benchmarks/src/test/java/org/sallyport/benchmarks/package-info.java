@NullMarked
package org.sallyport.benchmarks;

import org.jspecify.annotations.NullMarked;
