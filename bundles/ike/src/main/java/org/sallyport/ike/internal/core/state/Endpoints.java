package org.sallyport.ike.internal.core.state;

import java.net.InetSocketAddress;

/**
 * Where an IKE SA's messages travel. Immutable.
 *
 * @param local our address and port; the wildcard address until the peer's first answer tells which it is
 * @param remote the peer's address and port
 * @param tcp whether they travel by the stream of that name (RFC 9329), which keeps it when another connection takes the
 *     place of its first one
 */
public record Endpoints(InetSocketAddress local, InetSocketAddress remote, boolean tcp) {
    /** Those of datagrams. */
    public Endpoints(InetSocketAddress local, InetSocketAddress remote) {
        this(local, remote, /* tcp= */ false);
    }

    /** Returns the same addresses with both ports at 4500 (RFC 7296 section 2.23); a stream stays where it is. */
    public Endpoints floated() {
        if (tcp) {
            return this;
        }
        return new Endpoints(
                new InetSocketAddress(local.getAddress(), 4500), new InetSocketAddress(remote.getAddress(), 4500));
    }

    /** Returns the peer's address as text. */
    public String remoteText() {
        return text(remote);
    }

    @Override
    public String toString() {
        return text(local) + " > " + text(remote) + (tcp ? " tcp" : "");
    }

    private static String text(InetSocketAddress address) {
        return address.getAddress().getHostAddress() + ":" + address.getPort();
    }
}
