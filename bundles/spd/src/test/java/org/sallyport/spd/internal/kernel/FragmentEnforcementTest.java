package org.sallyport.spd.internal.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.sallyport.api.flow.Addresses;
import org.sallyport.spd.Samples;
import org.sallyport.spd.TestNamespace;
import org.sallyport.spd.internal.config.Configuration;

/** Fragments through a gateway with TCP to port 443 protected: what hides whether it is such TCP does not pass. */
@Timeout(60)
class FragmentEnforcementTest {
    private static final String CLIENT = "fd01::5";
    private static final String SERVER = "fd02::1";

    private TestNamespace client;
    private TestNamespace gateway;
    private TestNamespace far;
    private Kernel kernel;
    private PacketTap near;
    private PacketTap beyond;
    private String hardware;

    @BeforeEach
    void connect() {
        client = new TestNamespace();
        gateway = new TestNamespace();
        far = new TestNamespace();
        client.connect("c0", gateway, "in0");
        gateway.connect("out0", far, "f0");
        gateway.ip("-6 addr add fd01::1/64 dev in0 nodad");
        gateway.ip("-6 addr add fd09::1/64 dev out0 nodad");
        gateway.ip("addr add 192.0.2.1/24 dev out0");
        far.ip("-6 addr add fd09::2/64 dev f0 nodad");
        far.ip("addr add 192.0.2.2/24 dev f0");
        gateway.ip("-6 route add default via fd09::2");
        gateway.ip("route add default via 192.0.2.2");
        gateway.exec("sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1 net.ipv4.conf.all.rp_filter=0"
                + " net.ipv4.conf.in0.rp_filter=0");
        hardware = gateway.ip("-o link show dev in0").replaceAll("(?s).*link/ether (\\S+).*", "$1");
        near = new PacketTap(client, "c0");
        beyond = new PacketTap(far, "f0");
        kernel = gateway.in(Kernel::open);
        Configuration configuration = Samples.sound(
                Samples.policy(
                        "web",
                        "local = 10.1.0.0/24, fd01::/64",
                        "remote = 10.2.0.0/24, fd02::/64",
                        "protocol = tcp",
                        "remote-port = 443"),
                Samples.policy(
                        "plain",
                        "order = 10",
                        "action = bypass",
                        "local = fd01::/64",
                        "remote = fd02::/64",
                        "protocol = tcp",
                        "remote-port = 80"),
                Samples.peer("west", "remote-address = 192.0.2.2"),
                Samples.enforcement("forwarded-default = bypass"));
        gateway.in(() -> {
            Enforcer enforcer = new Enforcer(kernel);
            enforcer.tighten(configuration.policies(), configuration.peers(), configuration.enforcement());
            enforcer.settle();
            return true;
        });
    }

    @AfterEach
    void disconnect() {
        if (kernel != null) {
            near.close();
            beyond.close();
            kernel.close();
            client.close();
            gateway.close();
            far.close();
        }
    }

    private static final String TO_443 = "c000" + "01bb" + "00000007" + "00000000" + "50020000" + "00000000";
    private static final String TO_80 = "c000" + "0050" + "00000007" + "00000000" + "50020000" + "00000000";
    private static final String MORE = "0001" + "00000042";
    private static final String BEHIND = "0040" + "00000042";

    @Test
    void whatHidesNothingPasses() {
        assertThat(passes(ipv6(SERVER, 6, TO_80))).isTrue();
        assertThat(passes(ipv6(SERVER, 6, TO_443))).isFalse();
        assertThat(passes(ipv6(SERVER, 44, "0600" + MORE + TO_80)))
                .as("a first fragment")
                .isTrue();
        assertThat(passes(ipv6(SERVER, 60, "0600010400000000" + TO_80)))
                .as("behind destination options")
                .isTrue();
        assertThat(passes(ipv6(SERVER, 60, "0600010400000000" + TO_443))).isFalse();
        assertThat(passes(ipv6("fd03::1", 44, "3c00" + BEHIND + TO_443)))
                .as("to where nothing is protected")
                .isTrue();
    }

    @Test
    void aLaterFragmentOfExtensionHeadersHidesItsProtocol() {
        for (String header : List.of("00", "2b", "2c", "33", "3c")) {
            assertThat(passes(ipv6(SERVER, 44, header + "00" + BEHIND + TO_80)))
                    .as("next header 0x" + header)
                    .isFalse();
        }
        assertThat(passes(ipv6(SERVER, 44, "1100" + BEHIND + TO_80)))
                .as("UDP, which nobody protects")
                .isTrue();
    }

    /** nftables takes the beginning of the IPv6 header for ports there: the flow label would be one. */
    @Test
    void aFlowLabelIsNoPort() {
        byte[] fragment = ipv6(SERVER, 44, "0600" + BEHIND + TO_443);
        fragment[3] = 80;
        assertThat(passes(fragment)).isFalse();
    }

    /** RFC 7112: the destination options claim 64 octets, and the fragment ends before. */
    @Test
    void aFirstFragmentWithoutTheWholeHeaderChainIsDropped() {
        assertThat(passes(ipv6(SERVER, 44, "3c00" + MORE + "0607013c00000000"))).isFalse();
        assertThat(passes(ipv6(SERVER, 44, "3c00" + MORE))).isFalse();
        assertThat(passes(ipv6(SERVER, 44, "0600" + MORE + "c000"))).isFalse();
        assertThat(passes(ipv6(SERVER, 60, ""))).isFalse();
    }

    @Test
    void aFragmentWithinAFragmentIsDropped() {
        assertThat(passes(ipv6(SERVER, 44, "2c00" + MORE + "0600" + BEHIND + TO_80)))
                .isFalse();
    }

    /** RFC 1858. */
    @Test
    void aTinyFragmentOfIpv4IsDropped() {
        assertThat(passes(ipv4(0x2000, TO_80))).as("ports seen").isTrue();
        assertThat(passes(ipv4(0x2000, "c000"))).isFalse();
        assertThat(passes(ipv4(0x2008, TO_80))).as("ports not seen").isFalse();
    }

    private boolean passes(byte[] packet) {
        beyond.seen();
        near.send(packet, hardware);
        long end = System.nanoTime() + 150_000_000L;
        while (System.nanoTime() < end) {
            if (beyond.seen().stream().anyMatch(seen -> isSame(seen, packet))) {
                return true;
            }
            Thread.onSpinWait();
        }
        return false;
    }

    private static boolean isSame(ByteBuffer seen, byte[] packet) {
        int version = seen.get(0) >> 4;
        int addresses = version == 4 ? 12 : 8;
        return version == packet[0] >> 4
                && seen.limit() == packet.length
                && seen.slice(addresses, packet.length - addresses)
                        .equals(ByteBuffer.wrap(packet, addresses, packet.length - addresses));
    }

    private static byte[] ipv6(String destination, int next, String hex) {
        byte[] payload = HexFormat.of().parseHex(hex);
        ByteBuffer ip = ByteBuffer.allocate(40 + payload.length);
        ip.putInt(0x6000_0000).putShort((short) payload.length).put((byte) next).put((byte) 64);
        ip.put(Addresses.parse(CLIENT).getAddress())
                .put(Addresses.parse(destination).getAddress());
        return ip.put(payload).array();
    }

    private static byte[] ipv4(int flagsAndOffset, String hex) {
        byte[] payload = HexFormat.of().parseHex(hex);
        ByteBuffer ip = ByteBuffer.allocate(20 + payload.length);
        ip.put((byte) 0x45).put((byte) 0).putShort((short) ip.capacity()).putShort((short) 7);
        ip.putShort((short) flagsAndOffset).put((byte) 64).put((byte) 6).putShort((short) 0);
        ip.put(Addresses.parse("10.1.0.5").getAddress())
                .put(Addresses.parse("10.2.0.1").getAddress())
                .put(payload);
        return ip.putShort(10, RawPackets.checksum(ip)).array();
    }
}
