package org.sallyport.benchmarks.handshakes;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import org.sallyport.api.flow.AddressRange;
import org.sallyport.api.flow.Addresses;

/** What both sides know of the clients: names, networks, algorithms. */
final class Clients {
    /** Clients with a shared key have names that end so. */
    static final String PSK_DOMAIN = ".psk.load";
    /** The name in the certificate of the clients that have one. */
    static final String CERTIFIED = "client.ecdsa.load";
    /** Who the responder says it is. */
    static final String RESPONDER = "gw.load";
    /** The key that clients without a certificate share with the responder. */
    static final String SECRET = "a secret of the load generator";
    /** What clients reach. */
    static final String BEHIND_RESPONDER = "10.127.0.0/24";
    /** Where clients with a shared key have an address each. */
    static final String PSK_ADDRESSES = "10.128.0.0/10";
    /** Where clients with a certificate have an address each. */
    static final String CERTIFIED_ADDRESSES = "10.192.0.0/10";

    private static final int MOST = 1 << 22;

    private Clients() {}

    /** Returns the inner address of client number {@code n}. */
    static InetAddress address(String network, int n) {
        byte[] first = AddressRange.parse(network).first().getAddress();
        return Addresses.of(ByteBuffer.wrap(first)
                .putInt(0, ByteBuffer.wrap(first).getInt() + n % MOST)
                .array());
    }
}
