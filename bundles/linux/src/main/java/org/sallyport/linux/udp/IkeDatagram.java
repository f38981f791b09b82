package org.sallyport.linux.udp;

import java.net.InetSocketAddress;

/**
 * One IKE message with where it arrived and came from, or where it leaves and goes to.
 *
 * <p>On port 4500 the non-ESP marker (four zero octets, RFC 3948 section 2.2) is not part of the message: it is taken
 * off on receipt and put on when sending.
 *
 * @param local our address and port (500 or 4500). On receipt always the very address that the peer used; when
 *     sending, the wildcard address leaves the choice to the kernel's routing
 * @param remote the peer's address and port, never unresolved
 * @param message the IKE message, beginning with its header; the receiver owns the array
 */
@SuppressWarnings("ArrayRecordComponent") // a datagram is handed over, never compared
public record IkeDatagram(InetSocketAddress local, InetSocketAddress remote, byte[] message) {
    @Override
    public String toString() {
        return "IkeDatagram[" + remote + " <-> " + local + ", " + message.length + " octets]";
    }
}
