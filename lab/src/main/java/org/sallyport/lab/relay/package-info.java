/** The impairment relay: delay, loss, duplication, reordering, bandwidth and NAT, decided by a seed. */
@NullMarked
package org.sallyport.lab.relay;

import org.jspecify.annotations.NullMarked;
