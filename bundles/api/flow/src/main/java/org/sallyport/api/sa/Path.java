package org.sallyport.api.sa;

import java.net.InetSocketAddress;

/**
 * Where an SA's packets travel. SAs point to a path, and the MTU belongs to it; moving an SA gives it another path.
 * Immutable.
 *
 * @param local our outer address and port; ports are 0 with {@link Encapsulation#RAW}
 * @param remote the peer's outer address and port
 * @param networkInterface the interface it leaves by, empty when the route decides
 * @param encapsulation how ESP travels
 * @param mtu outer MTU in octets, 576 to 65535
 */
public record Path(
        InetSocketAddress local,
        InetSocketAddress remote,
        String networkInterface,
        Encapsulation encapsulation,
        int mtu) {
    @Override
    public String toString() {
        return side(local) + " > " + side(remote) + " " + encapsulation.name().toLowerCase(java.util.Locale.ROOT);
    }

    private static String side(InetSocketAddress address) {
        String host = address.getAddress().getHostAddress();
        return address.getPort() == 0 ? host : host + ":" + address.getPort();
    }
}
