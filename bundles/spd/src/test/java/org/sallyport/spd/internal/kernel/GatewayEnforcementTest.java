package org.sallyport.spd.internal.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.DatagramSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.sallyport.spd.Samples;
import org.sallyport.spd.TestNamespace;
import org.sallyport.spd.internal.config.Configuration;
import org.sallyport.spd.internal.config.ConfigurationFile;

/** A gateway between a client (10.1.0.5, behind it) and the outside, where 10.2.0.1 would be the other end. */
@Timeout(60)
class GatewayEnforcementTest {
    private static final ConfigurationFile PEER = Samples.peer("west", "remote-address = 192.0.2.2");
    private static final ConfigurationFile NETWORK =
            Samples.policy("network", "local = 10.1.0.0/24, fd01::/64", "remote = 10.2.0.0/24, fd02::/64");

    private TestNamespace client;
    private TestNamespace gateway;
    private TestNamespace far;
    private Kernel kernel;

    @BeforeEach
    void connect() {
        client = new TestNamespace();
        gateway = new TestNamespace();
        far = new TestNamespace();
        client.connect("c0", gateway, "in0");
        gateway.connect("out0", far, "f0");
        client.ip("addr add 10.1.0.5/24 dev c0");
        client.ip("-6 addr add fd01::5/64 dev c0 nodad");
        gateway.ip("addr add 10.1.0.1/24 dev in0");
        gateway.ip("-6 addr add fd01::1/64 dev in0 nodad");
        gateway.ip("addr add 192.0.2.1/24 dev out0");
        gateway.ip("-6 addr add fd09::1/64 dev out0 nodad");
        far.ip("addr add 192.0.2.2/24 dev f0");
        far.ip("-6 addr add fd09::2/64 dev f0 nodad");
        for (String address : new String[] {"10.2.0.1/24", "10.3.0.1/24"}) {
            far.ip("addr add " + address + " dev f0");
        }
        far.ip("-6 addr add fd02::1/64 dev f0 nodad");
        client.ip("route add default via 10.1.0.1");
        client.ip("-6 route add default via fd01::1");
        gateway.ip("route add default via 192.0.2.2");
        gateway.ip("-6 route add default via fd09::2");
        far.ip("route add default via 192.0.2.1");
        far.ip("-6 route add default via fd09::1");
        gateway.exec("sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1 net.ipv4.conf.all.rp_filter=1");
        kernel = gateway.in(Kernel::open);
    }

    @AfterEach
    void disconnect() {
        if (kernel != null) {
            kernel.close();
            client.close();
            gateway.close();
            far.close();
        }
    }

    private void enforce(ConfigurationFile... files) {
        Configuration configuration = Samples.sound(files);
        gateway.in(() -> {
            Enforcer enforcer = new Enforcer(kernel);
            enforcer.tighten(configuration.policies(), configuration.peers(), configuration.enforcement());
            enforcer.settle();
            return true;
        });
    }

    private void removeDivert() {
        for (String family : new String[] {"-4", "-6"}) {
            gateway.ip(family + " rule show")
                    .lines()
                    .filter(l -> l.contains("proto 83"))
                    .forEach(l -> gateway.ip(family + " rule del pref " + l.substring(0, l.indexOf(':'))));
        }
    }

    @Test
    void withoutAGuardFlowsPassInClear() {
        assertThat(Udp.arrives(client, "10.1.0.5", far, "10.2.0.1")).isTrue();
        assertThat(Udp.arrives(far, "10.2.0.1", client, "10.1.0.5")).isTrue();
        assertThat(Udp.arrives(client, "fd01::5", far, "fd02::1")).isTrue();
        assertThat(Udp.arrives(far, "fd02::1", client, "fd01::5")).isTrue();
    }

    @Test
    void theGuardDropsForwardedFlowsEitherWay() {
        enforce(NETWORK, PEER, Samples.enforcement("forwarded-default = bypass"));
        removeDivert();
        assertThat(Udp.arrives(client, "10.1.0.5", far, "10.2.0.1")).isFalse();
        assertThat(Udp.arrives(far, "10.2.0.1", client, "10.1.0.5")).isFalse();
        assertThat(Udp.arrives(client, "fd01::5", far, "fd02::1")).isFalse();
        assertThat(Udp.arrives(far, "fd02::1", client, "fd01::5")).isFalse();
        assertThat(Udp.arrives(client, "10.1.0.5", far, "10.3.0.1")).isTrue();
        assertThat(Udp.arrives(far, "10.3.0.1", client, "10.1.0.5")).isTrue();
    }

    /** What leaves is looked at again on its way out, so it is what comes that this chain alone holds back. */
    @Test
    void withoutTheGuardOnTheWayThroughWhatComesInClearPasses() {
        enforce(NETWORK, PEER, Samples.enforcement("forwarded-default = bypass"));
        removeDivert();
        assertThat(Udp.arrives(far, "10.2.0.1", client, "10.1.0.5")).isFalse();
        gateway.exec("nft flush chain inet sallyport_guard forward");
        assertThat(Udp.arrives(far, "10.2.0.1", client, "10.1.0.5")).isTrue();
        assertThat(Udp.arrives(far, "fd02::1", client, "fd01::5")).isTrue();
    }

    @Test
    void forwardedTrafficWithoutAPolicyIsDiscarded() {
        enforce(NETWORK, PEER);
        assertThat(Udp.arrives(client, "10.1.0.5", far, "10.3.0.1")).isFalse();
        assertThat(Udp.arrives(gateway, "192.0.2.1", far, "10.3.0.1"))
                .as("the gateway's own")
                .isTrue();
        enforce(
                NETWORK,
                PEER,
                Samples.policy("rest", "order = 900", "action = bypass", "local = 10.1.0.0/24", "remote = 0.0.0.0/0"));
        assertThat(Udp.arrives(client, "10.1.0.5", far, "10.3.0.1")).isTrue();
        assertThat(Udp.arrives(far, "10.3.0.1", client, "10.1.0.5")).isTrue();
        assertThat(Udp.arrives(client, "10.1.0.5", far, "10.2.0.1")).isFalse();
    }

    @Test
    void forwardedFlowsGoToTheTunDeviceAndComeFromIt() {
        enforce(NETWORK, PEER);
        try (Inside inside = gateway.in(Inside::new);
                DatagramSocket application = Udp.bound(client, "10.1.0.5", 5000)) {
            assertThat(Udp.send(application, "10.2.0.1", 7777)).isEmpty();
            assertThat(inside.receivedUdpTo(7777)).isTrue();
            inside.send("10.2.0.1", 7777, "10.1.0.5", 5000);
            assertThat(Udp.received(application)).isTrue();
        }
    }

    @Test
    void anInterfaceLimitsAPolicyToWhatEntersByIt() {
        enforce(
                Samples.policy(
                        "inside",
                        "interface = in0",
                        "local = 0.0.0.0/0",
                        "remote = 10.2.0.0/24",
                        "other-family = default"),
                PEER,
                Samples.enforcement("forwarded-default = bypass"));
        assertThat(gateway.ip("route get 10.2.0.1 from 10.1.0.5 iif in0")).contains("dev sallyport0");
        assertThat(gateway.ip("route get 10.2.0.1")).contains("dev out0");
        removeDivert();
        assertThat(Udp.arrives(client, "10.1.0.5", far, "10.2.0.1")).isFalse();
        assertThat(Udp.arrives(far, "10.2.0.1", client, "10.1.0.5")).isFalse();
        assertThat(Udp.arrives(gateway, "192.0.2.1", far, "10.2.0.1")).isTrue();
    }

    @Test
    void aDecryptedFlowForAnotherTunnelDoesNotLeaveInClear() {
        enforce(
                Samples.policy("spoke", "local = 10.3.0.0/24", "remote = 10.2.0.0/24"),
                PEER,
                Samples.enforcement("forwarded-default = bypass"));
        removeDivert();
        try (Inside inside = gateway.in(Inside::new);
                DatagramSocket receiver = Udp.bound(far, "10.2.0.1", 7777)) {
            gateway.exec("sysctl -qw net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.sallyport0.rp_filter=0");
            inside.send("10.9.0.9", 5000, "10.2.0.1", 7777);
            assertThat(Udp.received(receiver))
                    .as("a flow that no policy protects")
                    .isTrue();
            inside.send("10.3.0.9", 5000, "10.2.0.1", 7777);
            assertThat(Udp.received(receiver))
                    .as("a flow that a policy protects")
                    .isFalse();
        }
    }
}
