package org.sallyport.linux.tcp;

import java.util.List;
import org.sallyport.linux.Lease;

/** ESP's side of streams: one socket for each worker. */
public interface EspStreamLease extends Lease {
    /** Returns the workers' sockets, in the order of the workers. Never changes during a lease. */
    List<StreamSocket> sockets();
}
