package org.sallyport.linux.tcp;

import java.net.InetSocketAddress;
import org.sallyport.linux.udp.PacketSocket;
import org.sallyport.linux.udp.ReceiveBatch;

/**
 * What one worker reads and writes of ESP in TCP: all connections that are its to read, and any to write. A packet is a
 * frame of RFC 9329 section 3 without its length. Connections are spread over workers whatever SAs they carry, so each
 * packet's SPI is looked at.
 *
 * <p>Sending never blocks: frames for which a connection has no room are dropped and counted as refused, but one that was
 * begun is ended before anything else. Destinations are streams; a packet for one without a connection is dropped.
 */
public interface StreamSocket extends PacketSocket {
    /** Returns the number of the connection that a packet came by, 1 to 2^24 - 1; not used again before all others were. */
    int connection(ReceiveBatch batch, int index);

    /**
     * Says that a packet was genuine and belongs to the stream with these ends: the connection it came by takes the place
     * of that stream's (RFC 9329 section 6.1), unless we are who opens that stream's connections. For the first such packet
     * of a connection, not for each: it takes time.
     *
     * @param connection from {@link #connection}; nothing happens when it is gone
     */
    void belongs(int connection, InetSocketAddress local, InetSocketAddress remote);
}
