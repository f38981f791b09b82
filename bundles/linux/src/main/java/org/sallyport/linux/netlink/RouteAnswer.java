package org.sallyport.linux.netlink;

import java.net.InetAddress;
import java.util.Optional;

/**
 * Where a packet would go. Immutable.
 *
 * @param source the address that it would come from
 * @param gateway the next hop, empty when the destination is on the link
 * @param linkIndex the link that it would leave by
 * @param table the table that decided
 * @param type {@code LOCAL} when it does not leave this host
 * @param mtu the route's own MTU in octets, 0 when only the link's counts
 */
public record RouteAnswer(
        Optional<InetAddress> source,
        Optional<InetAddress> gateway,
        int linkIndex,
        int table,
        RouteType type,
        int mtu) {}
