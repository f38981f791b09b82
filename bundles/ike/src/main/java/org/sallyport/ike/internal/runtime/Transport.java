package org.sallyport.ike.internal.runtime;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.sallyport.ike.internal.core.state.Endpoints;
import org.sallyport.ike.internal.message.Bytes;
import org.sallyport.linux.LinuxException;
import org.sallyport.linux.tcp.IkeStreamLease;
import org.sallyport.linux.tcp.StreamEnds;
import org.sallyport.linux.tcp.TcpStreams;
import org.sallyport.linux.udp.IkeDatagram;
import org.sallyport.linux.udp.IkePortLease;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way to the peers: datagrams, and streams where endpoints say so (RFC 9329). Thread safe; throws {@link
 * org.sallyport.linux.LeaseRevokedException} once another negotiator has it.
 *
 * @param ports datagrams go by
 * @param streams lead to and from peers that want TCP
 */
record Transport(IkePortLease ports, IkeStreamLease streams) {
    private static final Logger LOG = LoggerFactory.getLogger(Transport.class);

    /**
     * Sends a message.
     *
     * @throws LinuxException when it did not leave
     */
    void send(Endpoints endpoints, Bytes message) {
        if (!endpoints.tcp()) {
            ports.send(new IkeDatagram(endpoints.local(), endpoints.remote(), message.toArray()));
        } else if (!streams.send(ends(endpoints), message.toArray())) {
            LOG.debug("a message to {} did not leave: there is no connection, or too much waits for it", endpoints);
        }
    }

    void keepAlive(Endpoints endpoints) {
        ports.sendKeepAlive(endpoints.local(), endpoints.remote());
    }

    /** Opens a stream to a peer; one that cannot be opened leads nowhere, and the peer counts as unreachable in time. */
    Endpoints open(InetAddress local, InetAddress remote) {
        InetSocketAddress to = new InetSocketAddress(remote, TcpStreams.PORT);
        try {
            StreamEnds opened = streams.open(local, to);
            return new Endpoints(opened.local(), opened.remote(), /* tcp= */ true);
        } catch (LinuxException e) {
            LOG.warn("no connection to {} by TCP: {}", remote.getHostAddress(), e.getMessage());
            return new Endpoints(new InetSocketAddress(local, 0), to, /* tcp= */ true);
        }
    }

    /** Makes a name of what endpoints name. */
    static StreamEnds ends(Endpoints endpoints) {
        return new StreamEnds(endpoints.local(), endpoints.remote());
    }

    /** Makes endpoints of a stream's name. */
    static Endpoints endpoints(StreamEnds ends) {
        return new Endpoints(ends.local(), ends.remote(), /* tcp= */ true);
    }
}
