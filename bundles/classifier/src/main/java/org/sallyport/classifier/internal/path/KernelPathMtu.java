package org.sallyport.classifier.internal.path;

import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.sallyport.api.flow.IpProtocol;
import org.sallyport.linux.LinuxException;
import org.sallyport.linux.netlink.LinkInfo;
import org.sallyport.linux.netlink.RouteAnswer;
import org.sallyport.linux.netlink.RouteQuery;
import org.sallyport.linux.netlink.Rtnetlink;
import org.sallyport.linux.udp.ApplianceMark;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the kernel knows of paths: of ICMP that quotes a packet of one of our sockets it makes an exception of the route to
 * that destination, for ten minutes (RFC 1191 section 6.3), in a table that it bounds; else the route's own MTU counts, or
 * that of the link. Belongs to one thread.
 */
public final class KernelPathMtu implements PathMtuSource {
    private static final Logger LOG = LoggerFactory.getLogger(KernelPathMtu.class);
    private static final int LARGEST = 65_535;

    private @Nullable Rtnetlink netlink;
    private boolean failed;

    @Override
    public OptionalInt mtu(InetSocketAddress local, InetSocketAddress remote) {
        try {
            Rtnetlink kernel = open();
            Optional<RouteAnswer> way = kernel.lookup(query(local, remote));
            failed = false;
            return way.isEmpty() ? OptionalInt.empty() : mtu(kernel, way.get());
        } catch (LinuxException e) {
            if (!failed) {
                LOG.warn("the path's MTU to {} cannot be asked for: {}", remote.getAddress(), e.getMessage());
            }
            failed = true;
            return OptionalInt.empty();
        }
    }

    private Rtnetlink open() {
        Rtnetlink known = netlink;
        if (known == null) {
            known = Rtnetlink.open();
            netlink = known;
        }
        return known;
    }

    private static RouteQuery query(InetSocketAddress local, InetSocketAddress remote) {
        RouteQuery.Builder query = RouteQuery.to(remote.getAddress()).mark(ApplianceMark.VALUE);
        if (remote.getPort() != 0) {
            query.transport(IpProtocol.UDP, local.getPort(), remote.getPort());
        }
        if (!local.getAddress().isAnyLocalAddress()) {
            query.source(local.getAddress());
        }
        if (remote.getAddress() instanceof Inet6Address six && six.isLinkLocalAddress()) {
            query.linkIndex(six.getScopeId());
        }
        return query.build();
    }

    private static OptionalInt mtu(Rtnetlink kernel, RouteAnswer answer) {
        int mtu = answer.mtu() != 0
                ? answer.mtu()
                : kernel.link(answer.linkIndex()).map(LinkInfo::mtu).orElse(0);
        return mtu <= 0 ? OptionalInt.empty() : OptionalInt.of(Math.min(mtu, LARGEST));
    }

    @Override
    public void close() {
        if (netlink != null) {
            netlink.close();
            netlink = null;
        }
    }
}
