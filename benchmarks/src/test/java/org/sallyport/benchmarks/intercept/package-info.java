@NullMarked
package org.sallyport.benchmarks.intercept;

import org.jspecify.annotations.NullMarked;
