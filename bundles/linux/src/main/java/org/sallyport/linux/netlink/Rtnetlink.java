package org.sallyport.linux.netlink;

import static org.sallyport.linux.internal.netlink.MessageWriter.ACK;
import static org.sallyport.linux.internal.netlink.MessageWriter.CREATE;
import static org.sallyport.linux.internal.netlink.MessageWriter.DUMP;
import static org.sallyport.linux.internal.netlink.MessageWriter.EXCLUSIVE;
import static org.sallyport.linux.internal.netlink.MessageWriter.REPLACE;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.sallyport.linux.ErrnoNames;
import org.sallyport.linux.LinuxException;
import org.sallyport.linux.internal.netlink.Attributes;
import org.sallyport.linux.internal.netlink.MessageWriter;
import org.sallyport.linux.internal.netlink.NetlinkSocket;

/**
 * Links, addresses, routes and policy rules of the network namespace of the thread that opened it. Changes need
 * CAP_NET_ADMIN.
 *
 * <p>Every method throws {@link LinuxException} with the kernel's own words when the kernel refuses. Thread safe.
 */
public final class Rtnetlink implements AutoCloseable {
    private static final int IFLA_NAME = 3;
    private static final int IFLA_MTU = 4;
    private static final int IFLA_TXQLEN = 13;
    private static final int IFLA_LINKINFO = 18;
    private static final int IFLA_INFO_KIND = 1;
    private static final int IFLA_GSO_MAX_SIZE = 41;
    private static final int IFF_UP = 1;
    private static final int IFA_ADDRESS = 1;
    private static final int IFA_LOCAL = 2;
    private static final int IFA_FLAGS = 8;
    private static final int IFA_F_NODAD = 0x02;
    private static final int IFA_F_DADFAILED = 0x08;
    private static final int IFA_F_TENTATIVE = 0x40;

    private static final Set<Integer> NO_WAY =
            Set.of(ErrnoNames.ENETUNREACH, ErrnoNames.EHOSTUNREACH, ErrnoNames.EACCES, ErrnoNames.ENODEV);

    private final NetlinkSocket socket;

    private Rtnetlink(NetlinkSocket socket) {
        this.socket = socket;
    }

    /** Opens it in the calling thread's network namespace. */
    public static Rtnetlink open() {
        return new Rtnetlink(NetlinkSocket.open(NetlinkSocket.ROUTE));
    }

    /** Lists the links. */
    public List<LinkInfo> links() {
        MessageWriter request = linkMessage(Messages.GET_LINK, DUMP, 0, 0, 0);
        return socket.dump("list links", request).stream()
                .map(Rtnetlink::readLink)
                .toList();
    }

    /** Finds a link by its name. */
    public Optional<LinkInfo> link(String name) {
        return link(name, linkMessage(Messages.GET_LINK, 0, 0, 0, 0).attribute(IFLA_NAME, name));
    }

    /** Finds a link by its number. */
    public Optional<LinkInfo> link(int index) {
        return link(Integer.toString(index), linkMessage(Messages.GET_LINK, 0, index, 0, 0));
    }

    private Optional<LinkInfo> link(String which, MessageWriter request) {
        try {
            return Optional.of(readLink(socket.ask("find link " + which, request)));
        } catch (LinuxException e) {
            if (e.errno() == ErrnoNames.ENODEV) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** Takes a link up or down. */
    public void setUp(int linkIndex, boolean up) {
        socket.request(
                "set link " + linkIndex + (up ? " up" : " down"),
                linkMessage(Messages.SET_LINK, ACK, linkIndex, up ? IFF_UP : 0, IFF_UP));
    }

    /** Sets a link's MTU in octets. */
    public void setMtu(int linkIndex, int mtu) {
        socket.request(
                "set mtu " + mtu + " of link " + linkIndex,
                linkMessage(Messages.SET_LINK, ACK, linkIndex, 0, 0).attribute(IFLA_MTU, mtu));
    }

    /** Sets how many packets a link queues. */
    public void setTransmitQueueLength(int linkIndex, int packets) {
        socket.request(
                "set txqueuelen " + packets + " of link " + linkIndex,
                linkMessage(Messages.SET_LINK, ACK, linkIndex, 0, 0).attribute(IFLA_TXQLEN, packets));
    }

    /** Bounds the segments, in octets, that the kernel hands to a link unsplit. */
    public void setGsoMaxSize(int linkIndex, int octets) {
        socket.request(
                "set gso_max_size " + octets + " of link " + linkIndex,
                linkMessage(Messages.SET_LINK, ACK, linkIndex, 0, 0).attribute(IFLA_GSO_MAX_SIZE, octets));
    }

    /** Deletes a link. */
    public void deleteLink(int linkIndex) {
        socket.request("delete link " + linkIndex, linkMessage(Messages.DELETE_LINK, ACK, linkIndex, 0, 0));
    }

    /** Lists the addresses of all links that can be used: not those whose duplicates are still looked for, or were found. */
    public List<AddressInfo> addresses() {
        MessageWriter request = new MessageWriter(Messages.GET_ADDRESS, DUMP)
                .octet(0)
                .octet(0)
                .octet(0)
                .octet(0)
                .word(0);
        List<AddressInfo> result = new ArrayList<>();
        for (ByteBuffer message : socket.dump("list addresses", request)) {
            readAddress(message).ifPresent(result::add);
        }
        return result;
    }

    /** Adds an address; an IPv6 one without duplicate address detection, usable at once. */
    public void addAddress(AddressInfo address) {
        socket.request(
                "add address " + address,
                addressMessage(Messages.NEW_ADDRESS, ACK | CREATE | EXCLUSIVE, address)
                        .attribute(IFA_FLAGS, IFA_F_NODAD));
    }

    /** Removes an address. */
    public void deleteAddress(AddressInfo address) {
        socket.request("delete address " + address, addressMessage(Messages.DELETE_ADDRESS, ACK, address));
    }

    /** Lists the routes of one table. */
    public List<Route> routes(Family family, int table) {
        MessageWriter request = Messages.routeQuery(family, table, DUMP);
        List<Route> result = new ArrayList<>();
        for (ByteBuffer message : socket.dump("list routes", request)) {
            Messages.readRoute(message).filter(r -> r.table() == table).ifPresent(result::add);
        }
        return result;
    }

    /** Lists the routes of every table that one maker made. */
    public List<Route> routesOf(Family family, int protocol) {
        List<Route> result = new ArrayList<>();
        for (ByteBuffer message : socket.dump("list routes", Messages.routeQueryByMaker(family, protocol, DUMP))) {
            Messages.readRoute(message).filter(r -> r.protocol() == protocol).ifPresent(result::add);
        }
        return result;
    }

    /** Adds a route; fails with EEXIST when one with its destination, table and metric is there. */
    public void addRoute(Route route) {
        socket.request("add route " + route, Messages.route(Messages.NEW_ROUTE, ACK | CREATE | EXCLUSIVE, route));
    }

    /** Adds a route in place of one with its destination, table and metric. */
    public void replaceRoute(Route route) {
        socket.request("replace route " + route, Messages.route(Messages.NEW_ROUTE, ACK | CREATE | REPLACE, route));
    }

    /** Deletes a route; fails with ESRCH when there is none. */
    public void deleteRoute(Route route) {
        socket.request("delete route " + route, Messages.route(Messages.DELETE_ROUTE, ACK, route));
    }

    /** Lists the policy rules of a family in the order in which they are asked. */
    public List<Rule> rules(Family family) {
        MessageWriter request = Messages.ruleHeader(Messages.GET_RULE, DUMP, family, 0, 0, 0, 0, 0);
        return socket.dump("list rules", request).stream()
                .map(Messages::readRule)
                .toList();
    }

    /** Adds a rule; fails with EEXIST when the very same one is there. */
    public void addRule(Rule rule) {
        socket.request("add rule " + rule, Messages.rule(Messages.NEW_RULE, ACK | CREATE | EXCLUSIVE, rule));
    }

    /** Deletes a rule; fails with ENOENT when there is none. */
    public void deleteRule(Rule rule) {
        socket.request("delete rule " + rule, Messages.rule(Messages.DELETE_RULE, ACK, rule));
    }

    /** Asks where a packet would go; empty when there is no way. */
    public Optional<RouteAnswer> lookup(RouteQuery query) {
        String what = "look up " + query.destination().getHostAddress();
        try {
            return Optional.of(Messages.readAnswer(socket.ask(what, Messages.lookup(query))));
        } catch (LinuxException e) {
            if (NO_WAY.contains(e.errno())) {
                return Optional.empty();
            }
            throw e;
        }
    }

    @Override
    public void close() {
        socket.close();
    }

    private static MessageWriter linkMessage(int type, int flags, int linkIndex, int linkFlags, int change) {
        return new MessageWriter(type, flags)
                .octet(0)
                .octet(0)
                .half(0)
                .word(linkIndex)
                .word(linkFlags)
                .word(change);
    }

    private static LinkInfo readLink(ByteBuffer message) {
        Attributes attributes = Attributes.read(message, MessageWriter.HEADER + 16);
        return new LinkInfo(
                message.getInt(MessageWriter.HEADER + 4),
                attributes.text(IFLA_NAME).orElse(""),
                (message.getInt(MessageWriter.HEADER + 8) & IFF_UP) != 0,
                attributes.word(IFLA_MTU).orElse(0),
                attributes.nested(IFLA_LINKINFO).text(IFLA_INFO_KIND).orElse(""));
    }

    private static MessageWriter addressMessage(int type, int flags, AddressInfo info) {
        InetAddress address = info.address();
        return new MessageWriter(type, flags)
                .octet(Family.of(address).number())
                .octet(info.prefixLength())
                .octet(0)
                .octet(0)
                .word(info.linkIndex())
                .attribute(IFA_LOCAL, address)
                .attribute(IFA_ADDRESS, address);
    }

    private static Optional<AddressInfo> readAddress(ByteBuffer message) {
        Attributes attributes = Attributes.read(message, MessageWriter.HEADER + 8);
        int flags = attributes.word(IFA_FLAGS).orElse(message.get(MessageWriter.HEADER + 2) & 0xff);
        if ((flags & (IFA_F_TENTATIVE | IFA_F_DADFAILED)) != 0) {
            return Optional.empty();
        }
        int prefixLength = message.get(MessageWriter.HEADER + 1) & 0xff;
        int linkIndex = message.getInt(MessageWriter.HEADER + 4);
        return attributes
                .address(IFA_LOCAL)
                .or(() -> attributes.address(IFA_ADDRESS))
                .map(a -> new AddressInfo(linkIndex, a, prefixLength));
    }
}
