package org.sallyport.spd.internal.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.DatagramSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.sallyport.linux.internal.SystemCalls;
import org.sallyport.spd.Samples;
import org.sallyport.spd.TestNamespace;
import org.sallyport.spd.internal.config.Configuration;
import org.sallyport.spd.internal.config.ConfigurationFile;

/** A host with an application whose flows to 10.2.0.0/24 and fd02::/64 are protected; the far side would answer. */
@Timeout(120)
class HostEnforcementTest {
    private static final ConfigurationFile PEER = Samples.peer("west", "remote-address = 192.0.2.2");
    private static final ConfigurationFile WEB =
            Samples.policy("web", "local = 10.1.0.0/24, fd01::/64", "remote = 10.2.0.0/24, fd02::/64", "order = 50");

    private GuardedHost guarded;
    private TestNamespace host;
    private TestNamespace far;
    private Kernel kernel;
    private Enforcer enforcer;

    @BeforeEach
    void connect() {
        guarded = new GuardedHost();
        host = guarded.host;
        far = guarded.far;
        kernel = guarded.kernel;
        enforcer = guarded.enforcer;
    }

    @AfterEach
    void disconnect() {
        if (guarded != null) {
            guarded.close();
        }
    }

    private void enforce(ConfigurationFile... files) {
        guarded.enforce(files);
    }

    private void removeDivert() {
        guarded.removeDivert();
    }

    @Test
    void withoutAGuardAFlowLeavesAndEntersInClear() {
        assertThat(Udp.arrives(host, "10.1.0.1", far, "10.2.0.1")).isTrue();
        assertThat(Udp.arrives(far, "10.2.0.1", host, "10.1.0.1")).isTrue();
        assertThat(Udp.arrives(host, "fd01::1", far, "fd02::1")).isTrue();
        assertThat(Udp.arrives(far, "fd02::1", host, "fd01::1")).isTrue();
    }

    @Test
    void withTheGuardSwitchedOffAFlowLeavesInClearOnceTheDivertIsGone() {
        enforce(WEB, PEER, Samples.enforcement("guard = off"));
        removeDivert();
        assertThat(Udp.arrives(host, "10.1.0.1", far, "10.2.0.1")).isTrue();
        assertThat(Udp.arrives(host, "fd01::1", far, "fd02::1")).isTrue();
    }

    @Test
    void theGuardAloneDropsWhatLeavesInClear() {
        enforce(WEB, PEER);
        removeDivert();
        assertThat(Udp.arrives(host, "10.1.0.1", far, "10.2.0.1")).isFalse();
        assertThat(Udp.arrives(host, "fd01::1", far, "fd02::1")).isFalse();
        assertThat(Udp.arrives(host, "10.1.0.1", far, "10.3.0.1")).isTrue();
        assertThat(Udp.arrives(host, "192.0.2.1", far, "10.2.0.1")).isTrue();
        assertThat(Udp.arrives(host, "fd09::1", far, "fd02::1")).isTrue();
    }

    @Test
    void theGuardDropsWhatEntersInClear() {
        enforce(WEB, PEER);
        removeDivert();
        assertThat(Udp.arrives(far, "10.2.0.1", host, "10.1.0.1")).isFalse();
        assertThat(Udp.arrives(far, "fd02::1", host, "fd01::1")).isFalse();
        assertThat(Udp.arrives(far, "10.3.0.1", host, "10.1.0.1")).isTrue();
        assertThat(Udp.arrives(far, "10.2.0.1", host, "192.0.2.1")).isTrue();
    }

    @Test
    void protectedFlowsAreDivertedAndNothingElse() {
        enforce(WEB, PEER);
        assertThat(host.ip("route get 10.2.0.9 from 10.1.0.1")).contains("dev sallyport0");
        assertThat(host.ip("route get 10.3.0.9 from 10.1.0.1")).contains("dev v0");
        assertThat(host.ip("route get 10.2.0.9 from 192.0.2.1")).contains("dev v0");
        assertThat(host.ip("route get 10.2.0.9 mark 0x53a10001")).contains("dev v0");
        assertThat(host.ip("-6 route get fd02::9 from fd01::1")).contains("dev sallyport0");
        assertThat(host.ip("-6 route get fd02::9 from fd09::1")).contains("dev v0");
    }

    @Test
    void anUnboundSocketGetsTheAddressThatThePolicyIsFor() {
        assertThat(Udp.sourceTowards(host, "10.2.0.9")).isEqualTo("192.0.2.1");
        enforce(WEB, PEER);
        assertThat(Udp.sourceTowards(host, "10.2.0.9")).isEqualTo("10.1.0.1");
        assertThat(Udp.sourceTowards(host, "fd02::9")).isEqualTo("fd01:0:0:0:0:0:0:1");
        assertThat(Udp.sourceTowards(host, "10.3.0.9")).isEqualTo("192.0.2.1");
    }

    @Test
    void aProtectedFlowGoesToTheTunDeviceAndAnAnswerComesInThroughIt() {
        enforce(WEB, PEER);
        try (Inside inside = host.in(Inside::new);
                DatagramSocket application = Udp.bound(host, "10.1.0.1", 5000)) {
            assertThat(Udp.send(application, "10.2.0.1", 7777)).isEmpty();
            assertThat(inside.receivedUdpTo(7777))
                    .as("a datagram reached the TUN device")
                    .isTrue();
            inside.send("10.2.0.1", 7777, "10.1.0.1", 5000);
            assertThat(Udp.received(application))
                    .as("strict reverse path filtering let it in")
                    .isTrue();
        }
    }

    @Test
    void withoutTheTunDeviceAFlowIsUnreachableAndNotClear() {
        enforce(WEB, PEER, Samples.enforcement("guard = off"));
        host.ip("link del sallyport0");
        assertThat(Udp.arrives(host, "10.1.0.1", far, "10.2.0.1")).isFalse();
        assertThat(Udp.arrives(host, "fd01::1", far, "fd02::1")).isFalse();
        try (DatagramSocket application = Udp.bound(host, "10.1.0.1", 5000)) {
            assertThat(Udp.send(application, "10.2.0.1", 7777))
                    .hasValueSatisfying(why -> assertThat(why).containsAnyOf("unreachable", "No route to host"));
        }
    }

    @Test
    void theAppliancesOwnPacketsPassByMarkAndPortAlsoWhereSelectorsCoverThePeer() {
        enforce(Samples.policy("all", "local = 0.0.0.0/0", "remote = 0.0.0.0/0", "other-family = discard"), PEER);
        assertThat(Udp.arrives(host, "192.0.2.1", far, "192.0.2.2", 4500, 4500)).isFalse();
        try (DatagramSocket receiver = Udp.bound(far, "192.0.2.2", 4500);
                MarkedSocket ike = host.in(() -> new MarkedSocket(0x53a10001, 4500));
                MarkedSocket other = host.in(() -> new MarkedSocket(0x53a10001, 4501))) {
            other.send("192.0.2.2", 4500);
            assertThat(Udp.received(receiver)).as("marked, from another port").isFalse();
            ike.send("192.0.2.2", 4500);
            assertThat(Udp.received(receiver)).as("marked, from port 4500").isTrue();
            try (DatagramSocket peer = Udp.bound(far, "192.0.2.2", 0)) {
                assertThat(Udp.send(peer, "192.0.2.1", 4500)).isEmpty();
                assertThat(ike.received())
                        .as("in, through strict reverse path filtering")
                        .isTrue();
            }
        }
    }

    @Test
    void portsOfAnyRangeAreDivertedExactly() {
        enforce(
                Samples.policy(
                        "high",
                        "local = 10.1.0.1",
                        "remote = 10.2.0.0/24",
                        "protocol = tcp",
                        "remote-port = 1024-65535"),
                PEER);
        String to = "route get 10.2.0.9 from 10.1.0.1 ipproto ";
        assertThat(host.ip(to + "tcp dport 1023")).contains("dev v0");
        assertThat(host.ip(to + "tcp dport 1024")).contains("dev sallyport0");
        assertThat(host.ip(to + "tcp dport 65535")).contains("dev sallyport0");
        assertThat(host.ip(to + "udp dport 1024")).contains("dev v0");
    }

    @Test
    void aBypassBeforeAProtectionGoesOutInClearAndADiscardedFlowDoesNot() {
        enforce(
                WEB,
                PEER,
                Samples.policy(
                        "monitoring",
                        "order = 10",
                        "action = bypass",
                        "local = 10.1.0.1",
                        "remote = 10.2.0.1",
                        "protocol = udp",
                        "remote-port = 7777"),
                Samples.policy("none", "order = 20", "action = discard", "local = any", "remote = 10.3.0.0/24"));
        assertThat(Udp.arrives(host, "10.1.0.1", far, "10.2.0.1")).isTrue();
        assertThat(Udp.arrives(far, "10.2.0.1", host, "10.1.0.1", 7777, 5555)).isTrue();
        assertThat(Udp.arrives(host, "10.1.0.1", far, "10.2.0.1", 0, 7778)).isFalse();
        assertThat(Udp.arrives(host, "10.1.0.1", far, "10.3.0.1")).isFalse();
        assertThat(Udp.arrives(far, "10.3.0.1", host, "10.1.0.1")).isFalse();
    }

    @Test
    void anIcmpTypeIsLedPastAProtection() {
        enforce(
                WEB,
                PEER,
                Samples.policy(
                        "ping",
                        "order = 10",
                        "action = bypass",
                        "local = 10.1.0.0/24",
                        "remote = 10.2.0.0/24",
                        "protocol = icmp",
                        "icmp-type = 8"),
                Samples.policy(
                        "pong",
                        "order = 10",
                        "action = bypass",
                        "local = 10.1.0.0/24",
                        "remote = 10.2.0.0/24",
                        "protocol = icmp",
                        "icmp-type = 0"));
        host.in(() -> {
            try (IcmpSocket icmp = new IcmpSocket("10.1.0.1")) {
                icmp.send("10.2.0.1", 8);
                assertThat(icmp.receivedType()).as("echo reply in clear").isZero();
                icmp.send("10.2.0.1", 13);
                assertThat(icmp.receivedType()).as("timestamp reply").isEqualTo(-1);
            }
            return true;
        });
        assertThat(Udp.arrives(host, "10.1.0.1", far, "10.2.0.1")).isFalse();
    }

    @Test
    void cleaningLeavesTheHostAsItWas() {
        String before = everything();
        enforce(WEB, PEER);
        assertThat(everything()).isNotEqualTo(before);
        host.in(() -> {
            kernel.clean();
            kernel.clean();
            return true;
        });
        assertThat(everything()).isEqualTo(before);
    }

    private String everything() {
        return host.ip("rule show")
                + host.ip("-6 rule show")
                + host.ip("route show table all")
                + host.ip("-6 route show table all")
                + host.ip("-o link show")
                + host.exec("nft list ruleset");
    }

    @Test
    void nothingLeavesInClearWhileOneGenerationFollowsAnother() {
        enforce(WEB, PEER);
        Configuration next =
                Samples.sound(Samples.policy("other", "local = 10.1.0.0/24", "remote = 10.3.0.0/24"), PEER);
        host.in(() -> {
            enforcer.tighten(next.policies(), next.peers(), next.enforcement());
            return true;
        });
        removeDivert();
        assertThat(Udp.arrives(host, "10.1.0.1", far, "10.2.0.1"))
                .as("old, before settling")
                .isFalse();
        assertThat(Udp.arrives(host, "10.1.0.1", far, "10.3.0.1"))
                .as("new, before settling")
                .isFalse();
        host.in(() -> {
            enforcer.settle();
            return true;
        });
        assertThat(Udp.arrives(host, "10.1.0.1", far, "10.2.0.1"))
                .as("old, after settling")
                .isTrue();
        assertThat(Udp.arrives(host, "10.1.0.1", far, "10.3.0.1"))
                .as("new, after settling")
                .isFalse();
    }

    @Test
    void descriptorsDoNotLeak() {
        enforce(WEB, PEER);
        int before = descriptors();
        for (int i = 0; i < 20; i++) {
            enforce(WEB, PEER);
        }
        assertThat(descriptors()).isLessThanOrEqualTo(before + 2);
    }

    private static int descriptors() {
        String[] names = new java.io.File("/proc/self/fd").list();
        return names == null ? 0 : names.length;
    }

    /** Keeps the constant next to the sockets that use it. */
    static int check(int result) {
        if (result < 0) {
            throw new IllegalStateException("error " + -result);
        }
        return result;
    }

    static void closeDescriptor(int descriptor) {
        SystemCalls.close(descriptor);
    }
}
