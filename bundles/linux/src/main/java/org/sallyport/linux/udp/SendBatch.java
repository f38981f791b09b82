package org.sallyport.linux.udp;

/**
 * Datagrams on their way out, off the heap: written in place, one after the other. Those of equal length and traffic
 * class for one destination that follow each other are handed to the kernel as one message to be segmented (UDP_SEGMENT). Made by
 * {@link PacketSocket#newSendBatch}.
 *
 * <p>Thread safety: belongs to one thread.
 */
public interface SendBatch {
    /**
     * Finds room for the next datagram.
     *
     * @param octets the largest that it can become, 1 to 65507
     * @return the address to write it to, or 0 when the batch is full and must be sent first
     */
    long reserve(int octets);

    /**
     * Takes the datagram that was written to the address of the last {@link #reserve}, for a traffic class of 0.
     *
     * @param length its octets, at least 1 and at most as many as were reserved
     * @param destination where it goes
     */
    default void commit(int length, UdpDestination destination) {
        commit(length, destination, 0);
    }

    /**
     * Takes the datagram that was written to the address of the last {@link #reserve}.
     *
     * @param length its octets, at least 1 and at most as many as were reserved
     * @param destination where it goes
     * @param trafficClass DSCP and ECN field of its IP header (RFC 2474, RFC 3168), 0 to 255
     */
    void commit(int length, UdpDestination destination, int trafficClass);

    /** Returns how many datagrams wait to be sent. */
    int datagrams();

    /** Returns how many datagrams the kernel has refused since the batch was made. */
    long refused();

    /** Returns the errno of the last refusal, 0 if there was none. */
    int lastErrno();
}
