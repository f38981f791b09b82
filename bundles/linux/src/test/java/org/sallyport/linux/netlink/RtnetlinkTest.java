package org.sallyport.linux.netlink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.sallyport.linux.ErrnoNames;
import org.sallyport.linux.LinuxException;
import org.sallyport.linux.netlink.RoutingChange.Topic;

@Timeout(60)
class RtnetlinkTest {
    private static final int TABLE = 21409;

    private TestNamespace namespace;
    private Rtnetlink netlink;

    @BeforeEach
    void open() {
        namespace = new TestNamespace();
        namespace.ip("link add v0 type veth peer name v1");
        namespace.ip("link set v1 up");
        netlink = namespace.in(Rtnetlink::open);
    }

    @AfterEach
    void close() {
        if (netlink != null) {
            netlink.close();
            namespace.close();
        }
    }

    private static InetAddress address(String literal) {
        try {
            return InetAddress.getByName(literal);
        } catch (java.net.UnknownHostException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static Prefix prefix(String address, int length) {
        return new Prefix(address(address), length);
    }

    private int upWithAddresses() {
        int link = netlink.link("v0").orElseThrow().index();
        assertThat(netlink.link(link).orElseThrow().name()).isEqualTo("v0");
        netlink.setUp(link, true);
        netlink.addAddress(new AddressInfo(link, address("10.1.0.1"), 24));
        netlink.addAddress(new AddressInfo(link, address("fd01::1"), 64));
        return link;
    }

    @Test
    void linksAreFoundChangedAndDeleted() {
        int link = netlink.link("v0").orElseThrow().index();
        netlink.setUp(link, true);
        netlink.setMtu(link, 1400);
        netlink.setTransmitQueueLength(link, 2000);
        netlink.setGsoMaxSize(link, 60000);
        assertThat(netlink.links())
                .contains(new LinkInfo(link, "v0", true, 1400, "veth"))
                .extracting(LinkInfo::name)
                .contains("lo", "v1");
        assertThat(namespace.ip("-d link show v0")).contains("qlen 2000", "gso_max_size 60000");
        netlink.deleteLink(link);
        assertThat(netlink.link("v0")).isEmpty();
        assertThat(netlink.link(Integer.MAX_VALUE)).isEmpty();
    }

    @Test
    void addressesOfBothFamiliesComeAndGo() {
        int link = upWithAddresses();
        AddressInfo ipv4 = new AddressInfo(link, address("10.1.0.1"), 24);
        AddressInfo ipv6 = new AddressInfo(link, address("fd01::1"), 64);
        assertThat(netlink.addresses()).contains(ipv4, ipv6);
        assertThat(namespace.ip("addr show v0")).contains("inet 10.1.0.1/24", "inet6 fd01::1/64");
        netlink.deleteAddress(ipv4);
        assertThat(netlink.addresses()).contains(ipv6).doesNotContain(ipv4);
    }

    @Test
    void routesOfBothFamiliesCarryTheirSourceAndEndUnreachable() {
        int link = upWithAddresses();
        for (String any : List.of("0.0.0.0", "::")) {
            boolean ipv4 = any.startsWith("0");
            Route.Builder divert = Route.builder(prefix(any, 0))
                    .table(TABLE)
                    .protocol(83)
                    .metric(1)
                    .linkIndex(link)
                    .source(address(ipv4 ? "10.1.0.1" : "fd01::1"));
            Route last = Route.builder(prefix(any, 0))
                    .table(TABLE)
                    .protocol(83)
                    .metric((int) 4278198272L)
                    .type(RouteType.UNREACHABLE)
                    .build();
            netlink.addRoute(divert.build());
            netlink.addRoute(last);
            Family family = ipv4 ? Family.IPV4 : Family.IPV6;
            assertThat(netlink.routes(family, TABLE)).contains(divert.build()).hasSize(2);
            assertThat(namespace.ip("-" + (ipv4 ? "4" : "6") + " route show table " + TABLE))
                    .contains("default dev v0 proto 83", "src " + (ipv4 ? "10.1.0.1" : "fd01::1"), "metric 1")
                    .contains("unreachable default")
                    .contains("metric 4278198272");
            assertThatThrownBy(() -> netlink.addRoute(last))
                    .isInstanceOfSatisfying(
                            LinuxException.class, e -> assertThat(e.errno()).isEqualTo(ErrnoNames.EEXIST));
            netlink.replaceRoute(divert.source(null).build());
            netlink.deleteRoute(last);
            assertThat(netlink.routes(family, TABLE)).singleElement().satisfies(r -> assertThat(r.source())
                    .isEmpty());
        }
    }

    @Test
    void rulesAreReadAsTheyWereWritten() {
        for (Family family : Family.values()) {
            String here = family == Family.IPV4 ? "10.1.0.0" : "fd01::";
            String there = family == Family.IPV4 ? "10.2.0.0" : "fd02::";
            int bits = family.bits() / 2;
            List<Rule> rules = List.of(
                    Rule.builder(family, 100)
                            .mark(0x53a10000, 0xffff0000)
                            .goTo(199)
                            .protocol(83)
                            .build(),
                    Rule.builder(family, 101)
                            .source(prefix(here, bits))
                            .destination(prefix(there, bits))
                            .ipProtocol(6)
                            .sourcePorts(new Rule.Ports(1024, 65534))
                            .destinationPorts(new Rule.Ports(80, 80))
                            .lookup(TABLE)
                            .protocol(83)
                            .build(),
                    Rule.builder(family, 102)
                            .mark(1, 3)
                            .inverted(true)
                            .inputInterface("lo")
                            .outputInterface("v0")
                            .lookup(TABLE)
                            .build(),
                    Rule.builder(family, 103)
                            .action(RuleAction.PROHIBIT)
                            .destination(prefix(there, bits))
                            .build(),
                    Rule.builder(family, 199).action(RuleAction.NOP).build());
            rules.forEach(netlink::addRule);
            assertThat(netlink.rules(family)).containsAll(rules);
            assertThat(namespace.ip("-" + (family == Family.IPV4 ? "4" : "6") + " rule show"))
                    .contains("fwmark 0x53a10000/0xffff0000 goto 199")
                    .contains("ipproto tcp sport 1024-65534 dport 80 lookup " + TABLE)
                    .contains("not from all fwmark 0x1/0x3 iif lo oif v0 lookup " + TABLE)
                    .contains("prohibit")
                    .doesNotContain("unresolved");
            rules.forEach(netlink::deleteRule);
            assertThat(netlink.rules(family)).doesNotContainAnyElementsOf(rules);
        }
    }

    @Test
    void theRoutingNamesTheSourceOfAnUnboundSocket() {
        int link = upWithAddresses();
        netlink.addRoute(Route.builder(prefix("0.0.0.0", 0))
                .gateway(address("10.1.0.2"))
                .linkIndex(link)
                .build());
        RouteAnswer far = netlink.lookup(
                        RouteQuery.to(address("192.0.2.9")).transport(6, 0, 80).build())
                .orElseThrow();
        assertThat(far.source()).contains(address("10.1.0.1"));
        assertThat(far.gateway()).contains(address("10.1.0.2"));
        assertThat(far.linkIndex()).isEqualTo(link);
        assertThat(far.table()).isEqualTo(254);
        RouteAnswer near =
                netlink.lookup(RouteQuery.to(address("fd01::5")).build()).orElseThrow();
        assertThat(near.source()).contains(address("fd01::1"));
        assertThat(near.gateway()).isEmpty();
        assertThat(netlink.lookup(RouteQuery.to(address("10.1.0.1")).build())
                        .orElseThrow()
                        .type())
                .isEqualTo(RouteType.LOCAL);
        assertThat(netlink.lookup(RouteQuery.to(address("fd77::1")).build())).isEmpty();
    }

    @Test
    void theMarkOfASocketDecidesItsRoute() {
        int link = upWithAddresses();
        netlink.addRule(Rule.builder(Family.IPV4, 100).mark(7, 7).lookup(TABLE).build());
        netlink.addRoute(Route.builder(prefix("0.0.0.0", 0))
                .table(TABLE)
                .type(RouteType.UNREACHABLE)
                .build());
        InetAddress near = address("10.1.0.9");
        assertThat(netlink.lookup(RouteQuery.to(near).build()))
                .hasValueSatisfying(a -> assertThat(a.linkIndex()).isEqualTo(link));
        assertThat(netlink.lookup(RouteQuery.to(near).mark(15).build())).isEqualTo(Optional.empty());
    }

    @Test
    void refusalsCarryTheKernelsWords() {
        assertThatThrownBy(() -> netlink.addRoute(Route.builder(prefix("10.9.0.0", 16))
                        .gateway(address("10.77.0.1"))
                        .build()))
                .isInstanceOf(LinuxException.class)
                .hasMessageContaining("add route 10.9.0.0/16 via 10.77.0.1")
                .hasMessageContaining("Nexthop has invalid gateway");
    }

    @Test
    void changesAreToldAtOnce() {
        List<RoutingChange> heard = new CopyOnWriteArrayList<>();
        RoutingMonitor monitor = namespace.in(() -> RoutingMonitor.open(Set.of(Topic.values()), heard::addAll));
        try (monitor) {
            int link = upWithAddresses();
            await(() -> heard.contains(new RoutingChange(Topic.ADDRESS, false, 0, link)));
            namespace.ip("rule add pref 150 to 10.2.0.0/24 lookup " + TABLE);
            namespace.ip("route add unreachable default table " + TABLE);
            namespace.ip("-6 rule add pref 150 to fd02::/64 lookup 254");
            await(() -> heard.contains(new RoutingChange(Topic.RULE, false, TABLE, 0))
                    && heard.contains(new RoutingChange(Topic.RULE, false, 254, 0))
                    && heard.contains(new RoutingChange(Topic.ROUTE, false, TABLE, 0)));
            namespace.ip("rule del pref 150");
            namespace.ip("route flush table " + TABLE);
            namespace.ip("link del v0");
            await(() -> heard.contains(new RoutingChange(Topic.RULE, true, TABLE, 0))
                    && heard.contains(new RoutingChange(Topic.ROUTE, true, TABLE, 0))
                    && heard.contains(new RoutingChange(Topic.LINK, true, 0, link)));
        }
    }

    private static void await(BooleanSupplier condition) {
        long end = System.nanoTime() + 5_000_000_000L;
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("nothing heard within 5 s").isLessThan(end);
            Thread.onSpinWait();
        }
    }
}
