package org.sallyport.linux.udp;

import java.lang.foreign.Arena;
import java.net.InetSocketAddress;
import org.sallyport.linux.Lease;
import org.sallyport.linux.poll.Pollable;

/**
 * One worker's socket for packets that IPsec protects, as seen through a lease: on port 4500 ({@link EspSocket}) or a raw
 * one ({@link org.sallyport.linux.raw.RawLease}).
 *
 * <p>Thread safety: one thread receives and one sends, at the same time; nothing is allocated by either.
 */
public interface PacketSocket extends Pollable {
    /**
     * Receives what waits, without blocking.
     *
     * @return how many messages the batch holds now, 0 when none waited, {@link Lease#REVOKED}, or another negative
     *     errno
     */
    int receive(ReceiveBatch batch);

    /**
     * Sends everything in the batch and empties it. Blocks while the socket's send buffer is full. What the kernel
     * refuses is lost and counted in {@link SendBatch#refused}; a segmented message that it refuses as such is sent
     * again datagram by datagram.
     *
     * @return how many datagrams were sent, {@link Lease#REVOKED}, or another negative errno when none was
     */
    int send(SendBatch batch);

    /**
     * Makes what to give {@link SendBatch#commit}, or finds it while somebody holds it: what goes from one address to one
     * other is the same. Allocates; asked for once for a path, not for a packet.
     *
     * @param local our address (its port counts for nothing); the wildcard leaves it to the kernel's routing
     * @param remote the peer's address, of the socket's family where it is a raw one, and port, which a raw one ignores
     */
    UdpDestination destination(InetSocketAddress local, InetSocketAddress remote);

    /**
     * Makes buffers to receive into.
     *
     * @param arena what they live in
     * @param capacity how many messages, 1 to 1024
     */
    ReceiveBatch newReceiveBatch(Arena arena, int capacity);

    /**
     * Makes a buffer to send from.
     *
     * @param arena what it lives in
     * @param octets its size, 65536 or more
     * @param segmentation whether datagrams are joined for the kernel to segment, which a raw socket never does; off
     *     where a capture on the wire shall see single packets
     */
    SendBatch newSendBatch(Arena arena, int octets, boolean segmentation);
}
