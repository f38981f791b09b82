package org.sallyport.linux.udp;

/**
 * Buffers that messages are received into, off the heap. A message is one datagram, or several of equal length (the
 * last one may be shorter) that receive offload joined. Made by {@link PacketSocket#newReceiveBatch}.
 *
 * <p>Thread safety: belongs to one thread. An index lies within 0 to {@link #count} - 1; it is not checked.
 */
public interface ReceiveBatch {
    /** Octets that each message has room for: the largest that receive offload joins. */
    int BUFFER_SIZE = 65536;

    /** Returns how many messages the batch holds. */
    int count();

    /** Returns the address of a message's first octet, a multiple of 64. */
    long address(int index);

    /** Returns a message's length in octets, 0 to {@link #BUFFER_SIZE}. */
    int length(int index);

    /** Returns the length of each datagram in a message, at least 1; the last may be shorter. */
    int segment(int index);

    /**
     * Returns DSCP and ECN field of the IP header that a message came with, 0 to 255; 0 if the kernel did not say.
     * Receive offload joins datagrams of one traffic class only.
     */
    int trafficClass(int index);

    /** Returns the upper half of the sender's address; IPv4 is mapped (::ffff:a.b.c.d). */
    long remoteHigh(int index);

    /** Returns the lower half of the sender's address. */
    long remoteLow(int index);

    /** Returns the upper half of our address that a message came to, as {@link #remoteHigh}; 0 if the kernel did not say. */
    default long localHigh(int index) {
        return 0;
    }

    /** Returns the lower half of our address that a message came to; 0 if the kernel did not say. */
    default long localLow(int index) {
        return 0;
    }

    /**
     * Returns the number of the first IPv6 extension header in front of what a raw socket of AH is for; -1 where there is
     * none, or none is told.
     */
    default int firstExtension(int index) {
        return -1;
    }

    /**
     * Copies the IPv6 extension headers in front of what a raw socket of AH is for, in their order, as far as there was room
     * to tell of them: some sixty octets altogether.
     *
     * @param to where to
     * @param offset within that; 128 octets behind it are enough
     * @return their octets
     */
    default int extensions(int index, byte[] to, int offset) {
        return 0;
    }

    /** Returns the sender's port, 0 to 65535. */
    int remotePort(int index);
}
