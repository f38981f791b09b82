package org.sallyport.classifier.internal.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sallyport.api.flow.Addresses;
import org.sallyport.api.flow.HostPair;
import org.sallyport.api.flow.PortRange;
import org.sallyport.api.flow.Selectors;
import org.sallyport.api.policy.Action;
import org.sallyport.api.sa.InstalledSa;
import org.sallyport.api.sa.SaDirection;
import org.sallyport.api.sa.SaSlotLayout;
import org.sallyport.classifier.internal.FixedPolicies;
import org.sallyport.classifier.internal.ListedPolicies;
import org.sallyport.classifier.internal.Slots;
import org.sallyport.classifier.internal.flow.DropReason;
import org.sallyport.linux.memory.RawMemory;

/** ESP in transport mode: packets of another implementation (src/test/scripts/transport_vectors.py), and what it refuses. */
class TransportModeTest {
    private static final HostPair HOSTS = hosts("192.0.2.1", "192.0.2.2");
    private static final HostPair HOSTS6 = hosts("2001:db8::1", "2001:db8::2");

    private final List<Bench> benches = new ArrayList<>();

    record Vector(
            String kind,
            String key,
            String salt,
            int spi,
            boolean extended,
            long sequence,
            HostPair hosts,
            HostPair original,
            String packet,
            String esp) {
        static Vector parse(String line) {
            String[] f = line.split(",", -1);
            return new Vector(
                    f[0],
                    f[1],
                    f[2],
                    Integer.parseUnsignedInt(f[3], 16),
                    f[4].equals("1"),
                    Long.parseLong(f[5], 16),
                    TransportModeTest.hosts(f[6], f[7]),
                    TransportModeTest.hosts(f[8], f[9]),
                    f[10],
                    f[11]);
        }

        Slots.Sa sa(SaDirection direction, HostPair between) {
            return Slots.Sa.of(spi, direction)
                    .keyed(key, salt)
                    .sequence(extended, 1024, Long.MAX_VALUE)
                    .transporting(between);
        }

        @Override
        public String toString() {
            return kind + " " + original + " as " + hosts + " " + packet.length() / 2;
        }
    }

    static Stream<Vector> vectors() throws IOException {
        try (InputStream in =
                Objects.requireNonNull(TransportModeTest.class.getResourceAsStream("/transport-vectors.csv"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().map(Vector::parse).toList().stream();
        }
    }

    static Stream<Vector> exact() throws IOException {
        return vectors().filter(v -> v.kind().equals("exact"));
    }

    private static HostPair hosts(String local, String remote) {
        return new HostPair(Addresses.parse(local), Addresses.parse(remote));
    }

    private Bench bench() {
        Bench bench = new Bench(FixedPolicies.of(Action.PROTECT));
        benches.add(bench);
        return bench;
    }

    @AfterEach
    void close() {
        benches.forEach(Bench::close);
    }

    @Test
    void theVectorsAreThere() throws IOException {
        assertThat(vectors()).hasSizeGreaterThan(280);
        assertThat(exact()).hasSizeGreaterThan(70);
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void deliversWhatOthersSealedWithChecksumsThatHold(Vector vector) {
        Bench bench = bench();
        InstalledSa sa =
                bench.receiveBy(vector.sa(SaDirection.INBOUND, vector.hosts()).seenAs(vector.original()));
        bench.receive(Bench.hex(vector.esp()));
        assertThat(bench.dropped()).isZero();
        assertThat(bench.tun.written).hasSize(1);
        assertThat(bench.delivered(0)).isEqualTo(Bench.hex(vector.packet()));
        assertThat(Bench.counter(sa, SaSlotLayout.OCTETS))
                .isEqualTo(vector.packet().length() / 2);

        bench.receive(Bench.hex(vector.esp()));
        assertThat(bench.dropped(DropReason.REPLAY)).isEqualTo(1);
    }

    @ParameterizedTest
    @MethodSource("exact")
    void sealsAsOthersDo(Vector vector) {
        Bench bench = bench();
        HostPair sender = vector.hosts().reversed();
        InstalledSa sa = bench.sendBy(vector.sa(SaDirection.OUTBOUND, sender));
        RawMemory.putLong(sa.slot().address() + SaSlotLayout.SEQUENCE, vector.sequence() - 1);
        bench.send(Bench.hex(vector.packet()));
        assertThat(bench.socket.sent).hasSize(1);
        assertThat(bench.socket.sent.getFirst()).isEqualTo(Bench.hex(vector.esp()));
        assertThat(Bench.counter(sa, SaSlotLayout.OCTETS))
                .isEqualTo(vector.packet().length() / 2);
    }

    @Test
    void aChecksumThatWasWrongStaysWrong() throws IOException {
        Vector nat = vectors()
                .filter(v -> v.kind().equals("nat") && v.packet().startsWith("06", 18))
                .findFirst()
                .orElseThrow();
        RawSealer sealer = new RawSealer(Slots.fill(
                nat.sa(SaDirection.OUTBOUND, nat.hosts()).sequence(false, 64, Long.MAX_VALUE),
                java.lang.foreign.Arena.ofAuto().allocate(SaSlotLayout.SIZE, 64)));
        Bench bench = bench();
        bench.receiveBy(nat.sa(SaDirection.INBOUND, nat.hosts())
                .sequence(false, 64, Long.MAX_VALUE)
                .seenAs(nat.original()));
        byte[] packet = Bench.hex(nat.packet());
        byte[] tcp = Arrays.copyOfRange(packet, 20, packet.length);
        bench.receive(sealer.seal(text(tcp, 6)));
        int repaired = checksum(bench.delivered(0));
        tcp[17] = (byte) (tcp[17] ^ 1);
        bench.receive(sealer.seal(text(tcp, 6)));
        assertThat(checksum(bench.delivered(1))).isNotEqualTo(repaired);
    }

    private static int checksum(byte[] packet) {
        return (packet[36] & 0xff) << 8 | (packet[37] & 0xff);
    }

    /** Pads what is to be sealed. */
    private static byte[] text(byte[] payload, int next) {
        int padding = -(payload.length + 2) & 3;
        byte[] text = Arrays.copyOf(payload, payload.length + padding + 2);
        text[text.length - 2] = (byte) padding;
        text[text.length - 1] = (byte) next;
        return text;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 43, 44})
    void whatBelongsInFrontOfEspIsNotAcceptedBehindIt(int next) {
        Bench bench = bench();
        RawSealer sealer = new RawSealer(bench.sendBy(sa(SaDirection.OUTBOUND, HOSTS6)));
        bench.receiveBy(sa(SaDirection.INBOUND, HOSTS6));
        byte[] header = new byte[16];
        header[0] = 17;
        bench.receive(sealer.seal(text(header, next)));
        header[0] = (byte) next;
        bench.receive(sealer.seal(text(Bench.concat(new byte[] {44, 0, 0, 0, 0, 0, 0, 0}, header), 60)));
        assertThat(bench.tun.written).isEmpty();
        assertThat(bench.dropped(DropReason.TRANSPORT)).isEqualTo(2);
    }

    @Test
    void destinationOptionsAreCarriedBehindEsp() {
        Bench out = bench();
        Bench in = bench();
        out.sendBy(sa(SaDirection.OUTBOUND, HOSTS6));
        in.receiveBy(sa(SaDirection.INBOUND, hosts("2001:db8::2", "2001:db8::1")));
        byte[] packet = ipv6(60, Bench.concat(new byte[] {17, 0, 1, 4, 0, 0, 0, 0}, udp(20)));
        out.send(packet);
        in.receive(out.socket.sent.getFirst());
        assertThat(in.delivered(0)).isEqualTo(packet);
    }

    @Test
    void whatCannotBeInsideIsNotSent() {
        Bench bench = bench();
        bench.sendBy(sa(SaDirection.OUTBOUND, HOSTS));
        bench.sendBy(Slots.Sa.of(800, SaDirection.OUTBOUND).transporting(HOSTS6));
        byte[] optioned = ipv4(0, Bench.concat(new byte[4], udp(20)));
        optioned[0] = 0x46;
        bench.send(optioned);
        for (int next : new int[] {0, 43}) {
            bench.send(ipv6(next, Bench.concat(new byte[] {17, 0, 0, 0, 0, 0, 0, 0}, udp(20))));
        }
        assertThat(bench.socket.sent).isEmpty();
        assertThat(bench.dropped(DropReason.TRANSPORT)).isEqualTo(3);
    }

    @Test
    void anErrorOfARouterHasNoPlaceInTransportMode() {
        Selectors web = ListedPolicies.between("192.0.2.1", "192.0.2.2", 17, PortRange.of(80));
        Bench bench = new Bench(new ListedPolicies(1, List.of(ListedPolicies.protecting("protect", web))));
        benches.add(bench);
        bench.sendBy(sa(SaDirection.OUTBOUND, HOSTS).selecting(web));
        byte[] quoted = ipv4(0, udp(0));
        swapAddresses(quoted);
        byte[] error = ipv4(0, Bench.concat(new byte[] {3, 1, 0, 0, 0, 0, 0, 0}, quoted));
        error[9] = 1;
        bench.send(error.clone());
        assertThat(bench.socket.sent).hasSize(1);
        error[15] = 99;
        bench.send(error);
        assertThat(bench.socket.sent).hasSize(1);
        assertThat(bench.dropped(DropReason.TRANSPORT)).isEqualTo(1);
    }

    private static void swapAddresses(byte[] packet) {
        byte[] source = Arrays.copyOfRange(packet, 12, 16);
        System.arraycopy(packet, 16, packet, 12, 4);
        System.arraycopy(source, 0, packet, 16, 4);
        // the answer comes from port 80
        packet[20] = 0;
        packet[21] = 80;
    }

    @Test
    void whatIsOutsideTheSelectorsIsNotDelivered() {
        Bench bench = bench();
        RawSealer sealer = new RawSealer(bench.sendBy(sa(SaDirection.OUTBOUND, HOSTS)));
        bench.receiveBy(sa(SaDirection.INBOUND, HOSTS)
                .selecting(ListedPolicies.between("192.0.2.1", "192.0.2.2", 6, PortRange.ANY)));
        bench.receive(sealer.seal(text(udp(3), 17)));
        assertThat(bench.tun.written).isEmpty();
        assertThat(bench.dropped(DropReason.SELECTORS)).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {3000, 9001, 65_507})
    void aPacketThatTheHostCutIsSealedWhole(int size) {
        for (HostPair hosts : List.of(HOSTS, HOSTS6)) {
            Bench out = bench();
            Bench in = bench();
            out.sendBy(sa(SaDirection.OUTBOUND, hosts));
            in.receiveBy(sa(SaDirection.INBOUND, hosts.reversed()));
            byte[] datagram = udp(size - (size == 65_507 ? 200 : 0));
            List<byte[]> pieces = pieces(hosts, datagram, 1376, 7);
            pieces.forEach(out::send);
            assertThat(out.dropped()).isZero();
            assertThat(out.socket.sent).hasSize(1);
            in.receive(out.socket.sent.getFirst());
            byte[] whole = in.delivered(0);
            assertThat(Arrays.copyOfRange(whole, whole.length - datagram.length, whole.length))
                    .isEqualTo(datagram);
        }
    }

    @Test
    void piecesThatDoNotComeTogetherAreCounted() {
        Bench bench = bench();
        bench.sendBy(sa(SaDirection.OUTBOUND, HOSTS));
        List<byte[]> first = pieces(HOSTS, udp(4000), 1376, 1);
        bench.send(first.get(0));
        bench.send(first.get(2));
        bench.send(first.get(1));
        assertThat(bench.dropped(DropReason.INCOMPLETE)).as("each piece").isEqualTo(3);

        List<byte[]> late = pieces(HOSTS, udp(2000), 1376, 2);
        bench.send(late.get(0));
        bench.now += 1_100_000_000L;
        bench.send(late.get(1));
        assertThat(bench.socket.sent).isEmpty();

        for (int id = 10; id < 40; id++) {
            bench.send(pieces(HOSTS, udp(2000), 1376, id).get(0));
        }
        for (int id = 10; id < 40; id++) {
            bench.send(pieces(HOSTS, udp(2000), 1376, id).get(1));
        }
        assertThat(bench.socket.sent).hasSize(8);
    }

    @Test
    void moreThanOneBatchFillsComesWholeAndInOrder() {
        Bench out = bench();
        Bench in = bench();
        out.sendBy(sa(SaDirection.OUTBOUND, HOSTS));
        in.receiveBy(sa(SaDirection.INBOUND, hosts("192.0.2.2", "192.0.2.1")));
        int packets = 600;
        for (int i = 0; i < packets; i++) {
            byte[] datagram = udp(1300);
            datagram[8] = (byte) i;
            datagram[9] = (byte) (i >> 8);
            out.send(ipv4(0, datagram));
        }
        int length = out.socket.sent.getFirst().length;
        for (int i = 0; i < packets; i += 48) {
            byte[][] joined =
                    out.socket.sent.subList(i, Math.min(packets, i + 48)).toArray(byte[][]::new);
            in.socket.incoming.add(new FakeSocket.Message(Bench.concat(joined), length));
        }
        in.ingress.runBatch();
        assertThat(in.dropped()).isZero();
        assertThat(in.tun.written).hasSize(packets);
        for (int i = 0; i < packets; i++) {
            byte[] packet = in.delivered(i);
            assertThat((packet[28] & 0xff) | (packet[29] & 0xff) << 8).isEqualTo(i);
        }
    }

    private static Slots.Sa sa(SaDirection direction, HostPair hosts) {
        return Slots.Sa.of(700, direction).sequence(false, 1024, Long.MAX_VALUE).transporting(hosts);
    }

    /** A UDP datagram without a checksum, with any payload. */
    private static byte[] udp(int size) {
        byte[] datagram = new byte[8 + size];
        new Random(size).nextBytes(datagram);
        datagram[0] = 0x12;
        datagram[2] = 0;
        datagram[3] = 80;
        datagram[4] = (byte) (datagram.length >> 8);
        datagram[5] = (byte) datagram.length;
        datagram[6] = 0;
        datagram[7] = 0;
        return datagram;
    }

    private static byte[] ipv4(int fragmentField, byte[] payload) {
        byte[] header = new byte[20];
        header[0] = 0x45;
        int length = 20 + payload.length;
        header[2] = (byte) (length >> 8);
        header[3] = (byte) length;
        header[6] = (byte) (fragmentField >> 8);
        header[7] = (byte) fragmentField;
        header[8] = 64;
        header[9] = 17;
        System.arraycopy(HOSTS.local().getAddress(), 0, header, 12, 4);
        System.arraycopy(HOSTS.remote().getAddress(), 0, header, 16, 4);
        return Bench.concat(header, payload);
    }

    private static byte[] ipv6(int next, byte[] payload) {
        byte[] header = new byte[40];
        header[0] = 0x60;
        header[4] = (byte) (payload.length >> 8);
        header[5] = (byte) payload.length;
        header[6] = (byte) next;
        header[7] = 64;
        System.arraycopy(HOSTS6.local().getAddress(), 0, header, 8, 16);
        System.arraycopy(HOSTS6.remote().getAddress(), 0, header, 24, 16);
        return Bench.concat(header, payload);
    }

    private static List<byte[]> pieces(HostPair hosts, byte[] payload, int size, int id) {
        List<byte[]> pieces = new ArrayList<>();
        for (int at = 0; at < payload.length; at += size) {
            byte[] part = Arrays.copyOfRange(payload, at, Math.min(payload.length, at + size));
            boolean more = at + size < payload.length;
            if (hosts.isIpv4()) {
                byte[] piece = ipv4(at / 8 | (more ? 0x2000 : 0), part);
                piece[5] = (byte) id;
                pieces.add(piece);
            } else {
                byte[] header = {17, 0, (byte) (at >> 8), (byte) (at | (more ? 1 : 0)), 0, 0, 0, (byte) id};
                pieces.add(ipv6(44, Bench.concat(header, part)));
            }
        }
        return pieces;
    }
}
