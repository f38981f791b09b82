@NullMarked
package org.sallyport.benchmarks.manysas;

import org.jspecify.annotations.NullMarked;
