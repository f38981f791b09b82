package org.sallyport.linux.udp;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * Datagrams on their way out, off the heap: written in place, one after the other. Those of equal length and
 * treatment for one destination that follow each other are handed to the kernel as one message to be segmented (UDP_SEGMENT). Made by
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
     * Takes the datagram that was written to the address of the last {@link #reserve}, for a traffic class of 0, and to be
     * fragmented where a link is too narrow.
     *
     * @param length its octets, at least 1 and at most as many as were reserved
     * @param destination where it goes
     */
    default void commit(int length, UdpDestination destination) {
        commit(length, destination, 0, false);
    }

    /**
     * Takes the datagram that was written to the address of the last {@link #reserve}.
     *
     * @param length its octets, at least 1 and at most as many as were reserved
     * @param destination where it goes
     * @param trafficClass DSCP and ECN field of its IP header (RFC 2474, RFC 3168), 0 to 255
     * @param whole whether nobody may fragment it: IPv4's DF bit is set, and the kernel refuses what is longer than the
     *     path's MTU as far as it knows it. If not, IPv4's DF bit is clear, and the kernel fragments what is longer
     */
    void commit(int length, UdpDestination destination, int trafficClass, boolean whole);

    /** Returns how many datagrams wait to be sent. */
    int datagrams();

    /** Returns how many datagrams the kernel has refused since the batch was made. */
    long refused();

    /** Returns the errno of the last refusal, 0 if there was none. */
    int lastErrno();

    /**
     * Tells, once, where a datagram was for that was to stay whole and was too long for its path (EMSGSIZE): the kernel
     * knows a smaller MTU than its sender.
     *
     * @return the remote address of the last such datagram, null if there was none since the last call
     */
    default @Nullable InetAddress takeTooLong() {
        return null;
    }
}
