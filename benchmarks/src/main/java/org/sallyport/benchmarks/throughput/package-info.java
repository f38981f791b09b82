/** What the data plane carries, beside strongSwan's, WireGuard's and bare wire. */
@NullMarked
package org.sallyport.benchmarks.throughput;

import org.jspecify.annotations.NullMarked;
