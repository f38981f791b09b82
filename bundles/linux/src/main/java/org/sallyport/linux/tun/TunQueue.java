package org.sallyport.linux.tun;

import org.sallyport.linux.Lease;
import org.sallyport.linux.poll.Pollable;

/**
 * One queue of a TUN device, as seen through a lease. Every packet has a {@link VirtioHeader} in front.
 *
 * <p>Thread safety: one thread reads and one writes, at the same time; nothing is allocated by either. Addresses are not
 * checked.
 */
public interface TunQueue extends Pollable {
    /** Octets that a read needs room for: the header and the largest super-packet. */
    int READ_SIZE = VirtioHeader.SIZE + 65_536;

    /**
     * Reads the next packet, without blocking.
     *
     * @param address where to, {@code capacity} octets
     * @return octets read with the header; 0 when none waits; {@link Lease#REVOKED}, or another negative errno
     */
    int read(long address, int capacity);

    /**
     * Hands a packet to the kernel.
     *
     * @param vectors address of an array of pairs (address, length), 8 octets each: the header first, then the packet's
     *     pieces
     * @param count how many pairs, 2 to 1024
     * @return octets taken; {@link Lease#REVOKED}, or another negative errno: EINVAL for a packet that is none, EIO
     *     while the device is down
     */
    int write(long vectors, int count);
}
