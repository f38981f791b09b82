package org.sallyport.classifier.internal.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.sallyport.api.flow.Addresses;
import org.sallyport.api.flow.Flow;
import org.sallyport.api.flow.PortRange;
import org.sallyport.api.flow.Selectors;
import org.sallyport.api.policy.Action;
import org.sallyport.api.sa.SaDirection;
import org.sallyport.classifier.internal.FixedPolicies;
import org.sallyport.classifier.internal.ListedPolicies;
import org.sallyport.classifier.internal.Slots;
import org.sallyport.classifier.internal.flow.DropReason;

/** RFC 4301 sections 5.2, 6.2 and 7: what is judged by something else than its own header. */
class ExactnessTest {
    private static final String LOCAL = "10.1.0.0/24";
    private static final String REMOTE = "10.2.0.0/24";
    private static final Selectors WEB = ListedPolicies.between(LOCAL, REMOTE, 6, PortRange.of(80));
    private static final ListedPolicies PROTECT_WEB =
            new ListedPolicies(1, List.of(ListedPolicies.protecting("protect", WEB)));
    private static final Slots.Sa OUT = Slots.Sa.of(700, SaDirection.OUTBOUND);
    private static final Slots.Sa IN = Slots.Sa.of(700, SaDirection.INBOUND);

    private final Bench bench = new Bench(PROTECT_WEB);
    private final Bench peer = new Bench(FixedPolicies.of(Action.PROTECT));

    ExactnessTest() {
        bench.sendBy(OUT.selecting(WEB));
        bench.receiveBy(IN.selecting(WEB));
        peer.sendBy(OUT);
    }

    @AfterEach
    void close() {
        bench.close();
        peer.close();
    }

    @Test
    void anErrorLeavesByTheSaOfWhatItIsAbout() {
        byte[] about = tcp("10.2.0.5", "10.1.0.5", 80, 1000);
        for (int type : new int[] {3, 4, 11, 12}) {
            bench.send(icmp(type, "10.9.9.9", "10.2.0.5", about));
        }
        assertThat(bench.socket.sent).hasSize(4);
        assertThat(bench.reported).isEmpty();
    }

    @Test
    void whatIsNoErrorOrIsNotAboutItsReceiverDoesNotLeave() {
        byte[] about = tcp("10.2.0.5", "10.1.0.5", 80, 1000);
        bench.send(icmp(5, "10.9.9.9", "10.2.0.5", about));
        bench.send(icmp(8, "10.9.9.9", "10.2.0.5", about));
        bench.send(icmp(3, "10.9.9.9", "10.2.0.6", about));
        bench.send(icmp(3, "10.9.9.9", "10.2.0.5", tcp("10.2.0.5", "10.1.0.5", 81, 1000)));
        bench.send(icmp(3, "10.9.9.9", "10.2.0.5", tcp("10.2.0.5", "10.3.0.5", 80, 1000)));
        bench.send(icmp(3, "10.9.9.9", "10.2.0.5", icmp(3, "10.2.0.5", "10.1.0.5", about)));
        bench.send(icmp(3, "10.9.9.9", "10.2.0.5", new byte[8]));
        assertThat(bench.socket.sent).isEmpty();
        assertThat(bench.dropped(DropReason.UNCOVERED)).isEqualTo(7);
    }

    @Test
    void anErrorArrivesIfItIsAboutWhatTheSaIsFor() {
        byte[] about = tcp("10.1.0.5", "10.2.0.5", 1000, 80);
        arrive(icmp(3, "10.9.9.9", "10.1.0.5", about));
        assertThat(bench.tun.written).hasSize(1);
        arrive(icmp(3, "10.9.9.9", "10.1.0.6", about));
        arrive(icmp(5, "10.9.9.9", "10.1.0.5", about));
        arrive(icmp(3, "10.9.9.9", "10.1.0.5", tcp("10.1.0.5", "10.2.0.5", 1000, 81)));
        assertThat(bench.tun.written).hasSize(1);
        assertThat(bench.dropped(DropReason.SELECTORS)).isEqualTo(3);
    }

    @Test
    void anIpv6ErrorIsJudgedLikewise() {
        Selectors web = ListedPolicies.between("fd01::/64", "fd02::/64", 6, PortRange.of(80));
        bench.policies = new ListedPolicies(2, List.of(ListedPolicies.protecting("protect", web)));
        bench.sendBy(Slots.Sa.of(800, SaDirection.OUTBOUND).selecting(web));
        byte[] about = ipv6(6, "fd02::5", "fd01::5", new byte[20]);
        about[41] = 80;
        for (int type = 1; type <= 5; type++) {
            byte[] body = new byte[8 + about.length];
            body[0] = (byte) type;
            System.arraycopy(about, 0, body, 8, about.length);
            bench.send(ipv6(58, "fd09::9", "fd02::5", body));
        }
        assertThat(bench.socket.sent).hasSize(4);
        assertThat(bench.dropped(DropReason.UNCOVERED)).isEqualTo(1);
    }

    @Test
    void laterPiecesLeaveWithTheFirst() {
        byte[] later = piece(tcp("10.1.0.5", "10.2.0.5", 1000, 80), 7, 3);
        bench.send(later);
        assertThat(bench.dropped(DropReason.FRAGMENT)).isEqualTo(1);
        bench.send(piece(tcp("10.1.0.5", "10.2.0.5", 1000, 80), 7, 0));
        bench.send(later);
        assertThat(bench.socket.sent).hasSize(2);
        bench.send(piece(tcp("10.1.0.5", "10.2.0.5", 1000, 80), 8, 3));
        bench.send(piece(tcp("10.1.0.6", "10.2.0.5", 1000, 80), 7, 3));
        assertThat(bench.socket.sent).hasSize(2);
        bench.now += Duration.ofSeconds(31).toNanos();
        bench.send(later);
        assertThat(bench.dropped(DropReason.FRAGMENT)).isEqualTo(4);
    }

    @Test
    void laterPiecesOfWhatIsDiscardedAreDiscarded() {
        bench.send(piece(tcp("10.1.0.5", "10.2.0.5", 1000, 81), 7, 0));
        bench.send(piece(tcp("10.1.0.5", "10.2.0.5", 1000, 81), 7, 3));
        assertThat(bench.dropped(DropReason.UNCOVERED)).isEqualTo(2);
    }

    @Test
    void laterPiecesArriveWithTheFirst() {
        byte[] first = piece(tcp("10.2.0.5", "10.1.0.5", 80, 1000), 7, 0);
        byte[] later = piece(tcp("10.2.0.5", "10.1.0.5", 80, 1000), 7, 3);
        arrive(later);
        assertThat(bench.dropped(DropReason.FRAGMENT)).isEqualTo(1);
        arrive(first);
        arrive(later);
        assertThat(bench.tun.written).hasSize(2);
        arrive(piece(tcp("10.2.0.5", "10.1.0.5", 81, 1000), 9, 0));
        arrive(piece(tcp("10.2.0.5", "10.1.0.5", 81, 1000), 9, 3));
        assertThat(bench.tun.written).hasSize(2);
        assertThat(bench.dropped(DropReason.SELECTORS)).isEqualTo(1);
        assertThat(bench.dropped(DropReason.FRAGMENT)).isEqualTo(2);
    }

    @Test
    void anEditOfPolicyStopsWhatNoLongerLeadsToTheSa() {
        byte[] packet = tcp("10.2.0.5", "10.1.0.5", 80, 1000);
        arrive(packet);
        assertThat(bench.tun.written).hasSize(1);
        bench.policies = new ListedPolicies(2, List.of(ListedPolicies.protecting("another", WEB)));
        arrive(packet);
        assertThat(bench.tun.written).hasSize(1);
        assertThat(bench.dropped(DropReason.POLICY_INBOUND)).isEqualTo(1);
        bench.outbound.bind(
                new Flow(0, 6, Addresses.parse("10.1.0.5"), 1000, Addresses.parse("10.2.0.5"), 80), Slots.LINEAGE);
        arrive(packet);
        assertThat(bench.tun.written).hasSize(2);
        bench.policies = null;
        arrive(tcp("10.2.0.5", "10.1.0.6", 80, 1000));
        assertThat(bench.tun.written).hasSize(3);
    }

    private void arrive(byte[] packet) {
        peer.send(packet);
        bench.receive(peer.socket.sent.removeLast());
    }

    private static byte[] tcp(String from, String to, int sourcePort, int destinationPort) {
        byte[] packet = Arrays.copyOf(HostileInputTest.packet(40), 40);
        packet[9] = 6;
        address(packet, 12, from);
        address(packet, 16, to);
        packet[20] = (byte) (sourcePort >> 8);
        packet[21] = (byte) sourcePort;
        packet[22] = (byte) (destinationPort >> 8);
        packet[23] = (byte) destinationPort;
        packet[32] = 0x50;
        return packet;
    }

    private static byte[] icmp(int type, String from, String to, byte[] about) {
        byte[] packet = Bench.concat(tcp(from, to, 0, 0), new byte[Math.max(0, about.length - 12)]);
        packet[3] = (byte) packet.length;
        packet[9] = 1;
        Arrays.fill(packet, 20, packet.length, (byte) 0);
        packet[20] = (byte) type;
        System.arraycopy(about, 0, packet, 28, about.length);
        return packet;
    }

    private static byte[] ipv6(int next, String from, String to, byte[] payload) {
        byte[] packet = Bench.concat(new byte[40], payload);
        packet[0] = 0x60;
        packet[5] = (byte) payload.length;
        packet[6] = (byte) next;
        address(packet, 8, from);
        address(packet, 24, to);
        return packet;
    }

    private static byte[] piece(byte[] packet, int id, int offset) {
        byte[] piece = packet.clone();
        piece[5] = (byte) id;
        piece[6] = (byte) (offset == 0 ? 0x20 : 0);
        piece[7] = (byte) offset;
        return piece;
    }

    private static void address(byte[] packet, int at, String address) {
        byte[] octets = Addresses.parse(address).getAddress();
        System.arraycopy(octets, 0, packet, at, octets.length);
    }
}
