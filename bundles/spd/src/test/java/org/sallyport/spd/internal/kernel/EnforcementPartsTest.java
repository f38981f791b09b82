package org.sallyport.spd.internal.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.DatagramSocket;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.sallyport.spd.Samples;
import org.sallyport.spd.TestNamespace;
import org.sallyport.spd.internal.config.ConfigurationFile;

/** Each part of what the kernel enforces is taken out alone: with it the promise is kept, without it, it is not. */
@Timeout(120)
class EnforcementPartsTest {
    private static final ConfigurationFile PEER = Samples.peer("west", "remote-address = 192.0.2.2");
    private static final ConfigurationFile WEB =
            Samples.policy("web", "local = 10.1.0.0/24, fd01::/64", "remote = 10.2.0.0/24, fd02::/64");
    private static final ConfigurationFile EVERYTHING =
            Samples.policy("all", "local = 0.0.0.0/0", "remote = 0.0.0.0/0", "other-family = discard");
    private static final ConfigurationFile UNGUARDED = Samples.enforcement("guard = off");
    private static final int MARK = 0x53a10001;

    private GuardedHost guarded;
    private TestNamespace host;
    private TestNamespace far;

    @BeforeEach
    void connect() {
        guarded = new GuardedHost();
        host = guarded.host;
        far = guarded.far;
    }

    @AfterEach
    void disconnect() {
        if (guarded != null) {
            guarded.close();
        }
    }

    private boolean leavesInClear() {
        boolean four = Udp.arrives(host, "10.1.0.1", far, "10.2.0.1");
        assertThat(Udp.arrives(host, "fd01::1", far, "fd02::1"))
                .as("IPv6 as IPv4")
                .isEqualTo(four);
        return four;
    }

    private boolean entersInClear() {
        boolean four = Udp.arrives(far, "10.2.0.1", host, "10.1.0.1");
        assertThat(Udp.arrives(far, "fd02::1", host, "fd01::1"))
                .as("IPv6 as IPv4")
                .isEqualTo(four);
        return four;
    }

    @Test
    void theGuardOnTheWayOut() {
        guarded.enforce(WEB, PEER);
        guarded.removeDivert();
        assertThat(leavesInClear()).isFalse();
        host.exec("nft flush chain inet sallyport_guard out");
        assertThat(leavesInClear()).isTrue();
        assertThat(entersInClear()).as("the way in has its own").isFalse();
    }

    @Test
    void theGuardOnTheWayIn() {
        guarded.enforce(WEB, PEER);
        guarded.removeDivert();
        assertThat(entersInClear()).isFalse();
        host.exec("nft flush chain inet sallyport_guard in");
        assertThat(entersInClear()).isTrue();
        assertThat(leavesInClear()).as("the way out has its own").isFalse();
    }

    @Test
    void theDivertRules() {
        guarded.enforce(WEB, PEER, UNGUARDED);
        assertThat(leavesInClear()).isFalse();
        guarded.removeRules("lookup 21409");
        assertThat(leavesInClear()).isTrue();
    }

    @Test
    void theUnreachableEndOfTheDivertTable() {
        guarded.enforce(WEB, PEER, UNGUARDED);
        host.ip("link del sallyport0");
        assertThat(leavesInClear()).isFalse();
        host.ip("route flush table 21409");
        host.ip("-6 route flush table 21409");
        assertThat(leavesInClear()).isTrue();
    }

    @Test
    void theKeeperThatRepairs() throws Exception {
        guarded.enforce(WEB, PEER);
        ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor(host.threads());
        try {
            GuardKeeper keeper = executor.submit(() -> GuardKeeper.start(guarded.enforcer, executor))
                    .get();
            takeEverythingAway();
            long end = System.nanoTime() + 2_000_000_000L;
            while (!stands() && System.nanoTime() < end) {
                Thread.onSpinWait();
            }
            assertThat(stands()).as("repaired").isTrue();
            assertThat(leavesInClear()).isFalse();

            keeper.close();
            takeEverythingAway();
            Thread.sleep(500);
            assertThat(leavesInClear()).as("nobody repairs").isTrue();
        } finally {
            executor.shutdownNow();
        }
    }

    private boolean stands() {
        return host.exec("nft list ruleset").contains("10.2.0.0")
                && host.ip("rule show").contains("lookup 21409")
                && host.ip("-6 rule show").contains("lookup 21409");
    }

    private void takeEverythingAway() {
        host.exec("nft flush ruleset");
        guarded.removeDivert();
    }

    /**
     * Where a policy covers the peer's own address, our IKE would be led into the tunnel that it is to make. A peer whose
     * address is configured is exempt as well, for what comes from it; here it is another.
     */
    @Test
    void theWayPastTheDivertForOurOwnPackets() {
        guarded.enforce(EVERYTHING, Samples.peer("west", "remote-address = 192.0.2.77"));
        assertThat(ikeGetsOut()).isTrue();
        guarded.removeRules("fwmark 0x53a1");
        assertThat(ikeGetsOut()).as("diverted like everything else").isFalse();
    }

    @Test
    void theWayThroughTheGuardForOurOwnPackets() {
        guarded.enforce(EVERYTHING, PEER);
        assertThat(ikeGetsOut()).isTrue();
        guarded.removeFilters("out", "udp sport { 500, 4500 }");
        assertThat(ikeGetsOut()).as("dropped like everything else").isFalse();
    }

    @Test
    void theWayThroughTheGuardForOurPeersPackets() {
        guarded.enforce(EVERYTHING, PEER);
        // We ask for the peer's link-layer address first: under strict reverse path filtering nobody is told ours while
        // the way back to whoever asks is a tunnel.
        assertThat(ikeGetsOut()).isTrue();
        assertThat(peersIkeGetsIn()).isTrue();
        guarded.removeFilters("in", "udp dport { 500, 4500 }");
        assertThat(peersIkeGetsIn()).isFalse();
    }

    private boolean ikeGetsOut() {
        try (DatagramSocket peer = Udp.bound(far, "192.0.2.2", 4500);
                MarkedSocket ike = host.in(() -> new MarkedSocket(MARK, 4500))) {
            ike.send("192.0.2.2", 4500);
            return Udp.received(peer);
        }
    }

    private boolean peersIkeGetsIn() {
        try (DatagramSocket peer = Udp.bound(far, "192.0.2.2", 0);
                MarkedSocket ike = host.in(() -> new MarkedSocket(MARK, 4500))) {
            assertThat(Udp.send(peer, "192.0.2.1", 4500)).isEmpty();
            return ike.received();
        }
    }

    /** The other address family of a policy for one only. */
    @Test
    void theVerdictForIpv6() {
        guarded.enforce(everythingInIpv4("discard"), PEER);
        assertThat(Udp.arrives(host, "fd01::1", far, "fd02::1")).isFalse();
        assertThat(Udp.arrives(far, "fd02::1", host, "fd01::1")).isFalse();
        guarded.enforce(everythingInIpv4("default"), PEER);
        assertThat(Udp.arrives(host, "fd01::1", far, "fd02::1")).isTrue();
        assertThat(Udp.arrives(far, "fd02::1", host, "fd01::1")).isTrue();
    }

    private static ConfigurationFile everythingInIpv4(String otherFamily) {
        return Samples.policy("four", "local = 10.1.0.0/24", "remote = 0.0.0.0/0", "other-family = " + otherFamily);
    }
}
