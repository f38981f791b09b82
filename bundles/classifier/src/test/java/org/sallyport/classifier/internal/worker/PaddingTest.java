package org.sallyport.classifier.internal.worker;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sallyport.api.flow.Addresses;
import org.sallyport.api.flow.HostPair;
import org.sallyport.api.policy.Action;
import org.sallyport.api.sa.InstalledSa;
import org.sallyport.api.sa.IpsecProtocol;
import org.sallyport.api.sa.SaDirection;
import org.sallyport.api.sa.SaSlotLayout;
import org.sallyport.api.sa.SpiKey;
import org.sallyport.classifier.internal.FixedPolicies;
import org.sallyport.classifier.internal.OpenCipher;
import org.sallyport.classifier.internal.Slots;
import org.sallyport.classifier.internal.flow.DropReason;
import org.sallyport.classifier.internal.flow.OutboundSa;
import org.sallyport.linux.tun.VirtioHeader;

/** Traffic flow confidentiality padding (RFC 4303 section 2.7): what it hides, and that it comes off again. */
class PaddingTest {
    private static final int SPI = 2707;
    /** SPI and sequence number, IV, trailer and ICV of AES-GCM. */
    private static final int ESP = 8 + 8 + 2 + 16;

    private static Bench bench() {
        return new Bench(FixedPolicies.of(Action.PROTECT));
    }

    private static InstalledSa sending(Bench bench, int padded) {
        InstalledSa sa = bench.sendBy(Slots.Sa.of(SPI, SaDirection.OUTBOUND));
        sa.slot().set(JAVA_INT, SaSlotLayout.TFC_PADDING, padded);
        return sa;
    }

    private static byte[] udp(boolean ipv4, int payload) {
        byte[] data = new byte[8 + payload];
        Arrays.fill(data, (byte) 0x5a);
        Packets.put(data, 0, 4000);
        Packets.put(data, 2, 53);
        Packets.put(data, 4, data.length);
        Packets.put(data, 6, 0);
        return Packets.ip(ipv4, 0, 17, data);
    }

    private static List<Integer> lengths(Bench bench) {
        return bench.socket.sent.stream().map(datagram -> datagram.length).toList();
    }

    /** The device has 1400; a path of 1280 has room for 1218 octets that end on 4 less 2. */
    @ParameterizedTest
    @CsvSource({"true, 1500, 1400", "false, 1500, 1400", "true, 1280, 1218", "false, 1280, 1218", "true, 0, 1400"})
    void toWhatFitsEveryLengthLooksAlikeAndArrivesAsItWas(boolean ipv4, int path, int longest) {
        try (Bench out = bench();
                Bench in = bench()) {
            sending(out, SaSlotLayout.TFC_FITTING).slot().set(JAVA_INT, SaSlotLayout.PATH_MTU, path);
            in.receiveBy(Slots.Sa.of(SPI, SaDirection.INBOUND));
            int header = ipv4 ? 28 : 48;
            for (int payload = 0; payload <= longest - header; payload++) {
                out.send(udp(ipv4, payload));
                in.receive(out.socket.sent.getLast());
                assertThat(in.delivered(payload)).isEqualTo(udp(ipv4, payload));
            }
            assertThat(lengths(out)).containsOnly((longest + 2 + 3) / 4 * 4 - 2 + ESP);
            assertThat(in.dropped()).isZero();
        }
    }

    @Property(tries = 500)
    void toANumberOnlyWhatIsShorterIsPadded(
            @ForAll boolean ipv4,
            @ForAll @IntRange(max = 1340) int payload,
            @ForAll @IntRange(min = 64, max = 65_534) int padded) {
        try (Bench out = bench();
                Bench in = bench()) {
            sending(out, padded);
            in.receiveBy(Slots.Sa.of(SPI, SaDirection.INBOUND));
            byte[] packet = udp(ipv4, payload);
            out.send(packet);
            in.receive(out.socket.sent.getFirst());
            assertThat(in.delivered(0)).isEqualTo(packet);
            int inner = Math.max(packet.length, Math.min(padded, 1400));
            assertThat(lengths(out)).containsExactly((inner + 2 + 3) / 4 * 4 - 2 + ESP);
        }
    }

    /** All but the last are equal by themselves; what is left over is what the padding hides. */
    @Test
    void everyPieceOfALargePacketIsPadded() {
        try (Bench out = bench();
                Bench in = bench()) {
            sending(out, SaSlotLayout.TFC_FITTING);
            in.receiveBy(Slots.Sa.of(SPI, SaDirection.INBOUND));
            byte[] header = new byte[VirtioHeader.SIZE];
            header[VirtioHeader.FLAGS] = VirtioHeader.NEEDS_CHECKSUM;
            header[VirtioHeader.GSO_TYPE] = VirtioHeader.GSO_UDP;
            little(header, VirtioHeader.GSO_SIZE, 1000);
            little(header, VirtioHeader.CHECKSUM_START, 20);
            little(header, VirtioHeader.CHECKSUM_OFFSET, 6);
            out.sendWithHeader(Bench.concat(header, udp(true, 5003)));
            assertThat(lengths(out)).hasSize(6).containsOnly(1404 + ESP - 2);
            out.socket.sent.forEach(in::receive);
            int payload = IntStream.range(0, in.tun.written.size())
                    .map(i -> in.delivered(i).length - 28)
                    .sum();
            assertThat(payload).isEqualTo(5003);
            assertThat(in.dropped()).isZero();
        }
    }

    private static void little(byte[] header, int at, int value) {
        header[at] = (byte) value;
        header[at + 1] = (byte) (value >> 8);
    }

    /** Where it goes, packets lay that somebody else sent. */
    @Test
    void isMadeOfZeros() {
        try (Bench out = bench()) {
            InstalledSa sa = Slots.fill(Slots.Sa.of(SPI, SaDirection.OUTBOUND), out.slot());
            out.outbound.add(new OutboundSa(sa, new SpiKey(IpsecProtocol.ESP, SPI), 0, new OpenCipher(), wish -> {}));
            out.send(udp(true, 1300));
            sa.slot().set(JAVA_INT, SaSlotLayout.TFC_PADDING, SaSlotLayout.TFC_FITTING);
            byte[] packet = udp(true, 10);
            out.send(packet);
            byte[] sent = out.socket.sent.getLast();
            assertThat(Arrays.copyOfRange(sent, 16, 16 + packet.length)).isEqualTo(packet);
            assertThat(Arrays.copyOfRange(sent, 16 + packet.length, 16 + 1400)).containsOnly(0);
            assertThat(Bench.counter(sa, SaSlotLayout.OCTETS)).isEqualTo(1328 + packet.length);
        }
    }

    @Test
    void thereIsNoneInTransportMode() {
        HostPair hosts = new HostPair(Addresses.parse("10.1.0.1"), Addresses.parse("10.2.0.1"));
        try (Bench out = bench()) {
            InstalledSa sa = out.sendBy(Slots.Sa.of(SPI, SaDirection.OUTBOUND).transporting(hosts));
            sa.slot().set(JAVA_INT, SaSlotLayout.TFC_PADDING, SaSlotLayout.TFC_FITTING);
            out.send(udp(true, 10));
            assertThat(lengths(out)).containsExactly(18 + ESP);
        }
    }

    /** Whatever lies behind the packet: the length in its own header counts. */
    @Property(tries = 200)
    void whatAPeerPadsComesOff(@ForAll boolean ipv4, @ForAll @IntRange(max = 1000) int padding, @ForAll byte filling) {
        try (Bench in = bench();
                Bench peer = bench()) {
            in.receiveBy(Slots.Sa.of(SPI, SaDirection.INBOUND));
            RawSealer sealer = new RawSealer(peer.sendBy(Slots.Sa.of(SPI, SaDirection.OUTBOUND)));
            byte[] packet = udp(ipv4, 33);
            byte[] filled = new byte[padding];
            Arrays.fill(filled, filling);
            byte[] text = Bench.concat(packet, filled);
            int esp = -(text.length + 2) & 3;
            byte[] trailer = new byte[esp + 2];
            IntStream.range(0, esp).forEach(i -> trailer[i] = (byte) (i + 1));
            trailer[esp] = (byte) esp;
            trailer[esp + 1] = (byte) (ipv4 ? 4 : 41);
            in.receive(sealer.seal(Bench.concat(text, trailer)));
            assertThat(in.delivered(0)).isEqualTo(packet);
            assertThat(in.dropped(DropReason.INNER_NOT_IP)).isZero();
        }
    }
}
