package org.sallyport.linux.udp;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;

/**
 * IKE's side of ports 500 and 4500.
 *
 * <p>Thread safety: one thread receives at a time (a second one waits for its turn); any number of threads send.
 */
public non-sealed interface IkePortLease extends PortLease {
    /**
     * Waits for the next IKE message from any of the sockets. NAT keep-alives (RFC 3948 section 2.3) and what is no
     * IKE message at all are swallowed; the header is not looked at beyond that.
     *
     * @param timeout how long to wait, zero to poll; at most a day
     * @return the message, or empty when none came in time
     * @throws org.sallyport.linux.LeaseRevokedException when the lease was revoked or closed, also while waiting
     */
    Optional<IkeDatagram> receive(Duration timeout);

    /**
     * Sends a message from the local address and port given. Does not block: a message that the kernel has no room for
     * is lost as if the network had dropped it.
     *
     * @throws IllegalArgumentException when the local port is neither 500 nor 4500, or an address is unresolved
     * @throws org.sallyport.linux.LeaseRevokedException when the lease was revoked or closed
     * @throws org.sallyport.linux.LinuxException when the kernel refuses, for instance ENETUNREACH or EMSGSIZE
     */
    void send(IkeDatagram datagram);

    /**
     * Sends a NAT keep-alive (one octet 0xff, RFC 3948 section 2.3) from port 4500.
     *
     * @param local our address; its port must be 4500
     * @param remote the peer's address and port
     */
    void sendKeepAlive(InetSocketAddress local, InetSocketAddress remote);
}
