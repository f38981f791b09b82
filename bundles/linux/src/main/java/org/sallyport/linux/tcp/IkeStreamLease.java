package org.sallyport.linux.tcp;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.sallyport.linux.Lease;

/**
 * IKE's side of streams.
 *
 * <p>Thread safety: any thread may call any method. Each throws {@link org.sallyport.linux.LeaseRevokedException} when the
 * lease was revoked or closed.
 */
public interface IkeStreamLease extends Lease {
    /**
     * Has connections accepted, or no more. Those that stand are not touched.
     *
     * @throws org.sallyport.linux.LinuxException when the kernel refuses, for instance because another program has the port
     */
    void listen(boolean wanted);

    /**
     * Opens a stream. Does not wait for its connection: what is sent until then waits, within bounds. A connection that
     * is lost, or cannot be made, is made again until the stream is closed, each time after a longer wait up to 16 s.
     *
     * @param local our address, the wildcard leaves it to the kernel's routing
     * @param remote the peer's address and port
     * @return the stream's name
     * @throws org.sallyport.linux.LinuxException when the kernel refuses, for instance EADDRNOTAVAIL
     */
    StreamEnds open(InetAddress local, InetSocketAddress remote);

    /** Opens a stream of this name once more, unless it is there. Its connection has another port of ours. */
    void reopen(StreamEnds ends);

    /**
     * Waits for what comes next.
     *
     * @param timeout how long to wait, zero to poll
     */
    Optional<StreamEvent> receive(Duration timeout);

    /**
     * Sends a message, or has it wait for its turn. Does not block.
     *
     * @param message the IKE message, without a non-ESP marker, at most 65529 octets
     * @return false when there is no such stream, it has no connection, or too much waits: the message is lost
     */
    boolean send(StreamEnds ends, byte[] message);

    /** Says that an authenticated message came by a stream: its connection is kept. */
    void genuine(StreamEnds ends);

    /**
     * Says that an authenticated message for what goes by one stream came by another: that one's connection takes the place
     * of the first one's (RFC 9329 section 6.1), unless we are who opens it. The other name stands for the first from then
     * on. Both may be the same: its peer came back by the same address and port.
     *
     * @param proven whether the peer has proved who it is, and not only that it began this exchange
     */
    void move(StreamEnds known, StreamEnds newer, boolean proven);

    /** Ends a stream: what was sent leaves, late messages still come for five seconds. */
    void end(StreamEnds ends);

    /** Ends every stream that was opened or authenticated, but for these: what a negotiator does that goes on with others' SAs. */
    void retain(Set<StreamEnds> ends);
}
