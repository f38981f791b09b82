package org.sallyport.lab.topology;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.sallyport.lab.net.Namespace;
import org.sallyport.lab.net.Veth;

/**
 * A host with an application, a wide-area network, a second gateway and a server behind it, each a network namespace.
 *
 * <pre>
 *   host                        wan                       gateway              server
 *   10.1.0.1 on lo
 *   198.51.100.2 (wan0) ---- (host0) .1   .1 (gw0) ---- (wan0) 203.0.113.2
 *                                                         10.2.0.1 (srv0) ---- (gw0) 10.2.0.2
 * </pre>
 *
 * The wide-area network can route the inner addresses too: what leaves in clear would arrive, so that nothing but
 * protection keeps it from being seen.
 */
public final class LabNetwork implements AutoCloseable {
    public static final String HOST_OUTER = "198.51.100.2";
    public static final String WAN_HOST_SIDE = "198.51.100.1";
    public static final String WAN_GATEWAY_SIDE = "203.0.113.1";
    public static final String WAN_GATEWAY_SIDE_V6 = "2001:db8:2::1";
    public static final String GATEWAY_OUTER = "203.0.113.2";
    public static final String HOST_INNER = "10.1.0.1";
    public static final String HOST_INNER_V6 = "fd00:1::1";
    public static final String SERVER_NET = "10.2.0.0/24";
    public static final String SERVER_NET_V6 = "fd00:2::/64";
    public static final String SERVER = "10.2.0.2";
    public static final String SERVER_V6 = "fd00:2::2";
    public static final String SERVER_GATEWAY = "10.2.0.1";
    public static final String SERVER_GATEWAY_V6 = "fd00:2::1";
    public static final String HOST_OUTER_V6 = "2001:db8:1::2";
    public static final String GATEWAY_OUTER_V6 = "2001:db8:2::2";
    public static final String BRANCH_OUTER = "192.0.2.130";
    public static final String BRANCH_NET = "10.2.9.0/24";
    public static final String BRANCH = "10.2.9.1";
    /** The device on which the host and the gateway meet the wide-area network. */
    public static final String OUTER_DEVICE = "wan0";
    /** The wide-area network's device towards the host. */
    public static final String WAN_HOST_DEVICE = "host0";
    /** The wide-area network's device towards the gateway. */
    public static final String WAN_GATEWAY_DEVICE = "gw0";

    private static final String SERVER_DEVICE = "srv0";
    private static final String WAN_BRANCH_DEVICE = "branch0";
    private static final String WAN_BRANCH_SIDE = "192.0.2.129";

    private final String prefix;
    private final Namespace host;
    private final Namespace wan;
    private final Namespace gateway;
    private final Namespace server;
    private final List<Namespace> created;
    private final List<Veth> links = new ArrayList<>();

    private LabNetwork(String prefix) {
        List<Namespace> made = new ArrayList<>();
        this.prefix = prefix;
        created = made;
        try {
            host = make(made, prefix + "-host");
            wan = make(made, prefix + "-wan");
            gateway = make(made, prefix + "-gw");
            server = make(made, prefix + "-srv");
            wire();
        } catch (RuntimeException failure) {
            made.reversed().forEach(Namespace::close);
            throw failure;
        }
    }

    /** Creates the network; the label tells several networks of one process apart and may be empty. */
    public static LabNetwork create(String label) {
        return new LabNetwork(RunDirectory.prefix() + (label.isEmpty() ? "" : "-" + label));
    }

    private static Namespace make(List<Namespace> made, String name) {
        Namespace namespace = Namespace.create(name);
        made.add(namespace);
        return namespace;
    }

    private void wire() {
        linked(Veth.connect(host, OUTER_DEVICE, wan, WAN_HOST_DEVICE))
                .addresses(HOST_OUTER + "/24", WAN_HOST_SIDE + "/24")
                .addresses(HOST_OUTER_V6 + "/64", "2001:db8:1::1/64");
        linked(Veth.connect(gateway, OUTER_DEVICE, wan, WAN_GATEWAY_DEVICE))
                .addresses(GATEWAY_OUTER + "/24", WAN_GATEWAY_SIDE + "/24")
                .addresses(GATEWAY_OUTER_V6 + "/64", WAN_GATEWAY_SIDE_V6 + "/64");
        linked(Veth.connect(gateway, SERVER_DEVICE, server, WAN_GATEWAY_DEVICE))
                .addresses(SERVER_GATEWAY + "/24", SERVER + "/24")
                .addresses(SERVER_GATEWAY_V6 + "/64", SERVER_V6 + "/64");
        host.ip("address", "add", HOST_INNER + "/32", "dev", "lo");
        host.ip("address", "add", HOST_INNER_V6 + "/128", "dev", "lo");
        defaults(host, WAN_HOST_SIDE, "2001:db8:1::1");
        defaults(gateway, WAN_GATEWAY_SIDE, WAN_GATEWAY_SIDE_V6);
        defaults(server, SERVER_GATEWAY, SERVER_GATEWAY_V6);
        forward(wan);
        forward(gateway);
        wan.ip("route", "add", HOST_INNER + "/32", "via", HOST_OUTER);
        wan.ip("-6", "route", "add", HOST_INNER_V6 + "/128", "via", HOST_OUTER_V6);
        routeToGateway();
    }

    private Veth linked(Veth link) {
        links.add(link);
        return link;
    }

    /** Lets all links pass on super-packets, for measurements; captures see those then, and not what a wire would carry. */
    public void offload() {
        links.forEach(Veth::offload);
    }

    /**
     * Adds a further site, which is gateway and server in one: {@value #BRANCH} behind {@value #BRANCH_OUTER}, for labs
     * in which the host has a second tunnel.
     */
    public Namespace addBranch() {
        Namespace branch = make(created, prefix + "-branch");
        Veth.connect(branch, OUTER_DEVICE, wan, WAN_BRANCH_DEVICE)
                .addresses(BRANCH_OUTER + "/25", WAN_BRANCH_SIDE + "/25");
        branch.ip("address", "add", BRANCH + "/32", "dev", "lo");
        branch.ip("route", "add", "default", "via", WAN_BRANCH_SIDE);
        wan.ip("route", "add", BRANCH_NET, "via", BRANCH_OUTER);
        return branch;
    }

    /**
     * Has another peer take the gateway's place, gateway and server in one: whatever the code does has to make a device
     * of the name {@value #WAN_GATEWAY_DEVICE} in the wide-area network, with the addresses that it had.
     */
    public <T> T replaceGateway(Supplier<T> code) {
        wan.ip("link", "del", WAN_GATEWAY_DEVICE);
        T replacement = code.get();
        routeToGateway();
        return replacement;
    }

    private void routeToGateway() {
        wan.ip("route", "add", SERVER_NET, "via", GATEWAY_OUTER);
        wan.ip("-6", "route", "add", SERVER_NET_V6, "via", GATEWAY_OUTER_V6);
    }

    private static void defaults(Namespace namespace, String gateway, String gatewayV6) {
        namespace.ip("route", "add", "default", "via", gateway);
        namespace.ip("-6", "route", "add", "default", "via", gatewayV6);
    }

    private static void forward(Namespace namespace) {
        namespace.sysctl("net.ipv4.ip_forward", "1");
        namespace.sysctl("net.ipv6.conf.all.forwarding", "1");
    }

    /** Where the application and the first appliance are. */
    public Namespace host() {
        return host;
    }

    public Namespace wan() {
        return wan;
    }

    /** Where the second gateway is. */
    public Namespace gateway() {
        return gateway;
    }

    /** Where the web server is. */
    public Namespace server() {
        return server;
    }

    @Override
    public void close() {
        created.reversed().forEach(Namespace::close);
    }
}
