package org.sallyport.linux.raw;

import java.util.List;
import org.sallyport.linux.Lease;
import org.sallyport.linux.udp.PacketSocket;

/** An exclusive, revocable lease on the raw sockets of one protocol and address family: one socket for each worker. */
public interface RawLease extends Lease {
    /**
     * Returns the workers' sockets, in the order of the workers. Never changes during a lease. The kernel gives worker
     * <i>i</i> of <i>n</i> the packets whose SPI is <i>i</i> modulo <i>n</i>, whole where they came in fragments. What is
     * received over IPv4 begins with the IP header, over IPv6 with the protocol's own.
     */
    List<PacketSocket> sockets();
}
