package org.sallyport.linux.tun;

import java.util.List;
import org.sallyport.linux.Lease;

/** The exclusive right to the queues of a TUN device. */
public interface TunLease extends Lease {
    /** Returns the device. */
    TunDevice device();

    /** Returns its queues; the kernel spreads flows over them. Never changes during a lease. */
    List<TunQueue> queues();
}
