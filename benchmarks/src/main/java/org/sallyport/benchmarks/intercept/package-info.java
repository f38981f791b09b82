/** What the interceptor costs a program's calls, beside the same calls of the same program outside it. */
@NullMarked
package org.sallyport.benchmarks.intercept;

import org.jspecify.annotations.NullMarked;
