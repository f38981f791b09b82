package org.sallyport.linux.udp;

import java.util.List;

/** ESP's side of port 4500: one socket for each worker. */
public non-sealed interface EspPortLease extends PortLease {
    /** Returns the workers' sockets, in the order of the workers. Never changes during a lease. */
    List<EspSocket> sockets();

    /**
     * Hands an IKE message to IKE's side that reached a worker's socket nonetheless: receive offload may join it to ESP
     * packets of the same addresses. Bounded; the oldest is lost when nobody receives.
     *
     * @param batch what was received
     * @param index which message of the batch
     * @param offset where in that message the datagram begins, with its non-ESP marker
     * @param length the datagram's length in octets, at least 4
     */
    void passToIke(ReceiveBatch batch, int index, int offset, int length);
}
