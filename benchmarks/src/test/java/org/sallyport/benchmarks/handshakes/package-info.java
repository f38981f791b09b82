@NullMarked
package org.sallyport.benchmarks.handshakes;

import org.jspecify.annotations.NullMarked;
