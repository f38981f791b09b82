package org.sallyport.capture.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.sallyport.capture.internal.Packets.esp;
import static org.sallyport.capture.internal.Packets.ipv4;
import static org.sallyport.capture.internal.Packets.ipv6;
import static org.sallyport.capture.internal.Packets.join;
import static org.sallyport.capture.internal.Packets.tcp;
import static org.sallyport.capture.internal.Packets.udp;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PacketParserTest {
    /** A SYN as Linux sent it through an Ethernet interface, recorded with tcpdump. */
    private static final byte[] RECORDED_SYN = Packets.hex("""
            02 42 ac 11 00 02 02 42 ac 11 00 01 08 00
            45 00 00 3c 1c 46 40 00 40 06 0a 67 0a 01 00 01 0a 02 00 0a
            9c 40 00 50 12 34 56 78 00 00 00 00 a0 02 fa f0 14 40 00 00
            02 04 05 b4 04 02 08 0a 00 9e 24 5f 00 00 00 00 01 03 03 07""");

    @Test
    void readsASynFromEthernet() {
        SeenPacket packet = PacketParser.parse(LinkType.ETHERNET, RECORDED_SYN).orElseThrow();
        assertThat(packet.flow()).hasToString("tcp 10.1.0.1:40000 > 10.2.0.10:80");
        assertThat(packet.synSequence()).isEqualTo(0x12345678L);
    }

    @Test
    void aSynWithAckIsNoRequest() {
        byte[] frame = ipv4(6, "10.2.0.10", "10.1.0.1", tcp(80, 40000, 7, 0x12));
        assertThat(PacketParser.parse(LinkType.RAW_IP, frame).orElseThrow().isSyn())
                .isFalse();
    }

    @Test
    void readsASynBehindIpv6ExtensionHeaders() {
        byte[] hopByHop = Packets.hex("06 00 01 04 00 00 00 00");
        byte[] frame = ipv6(0, "fd00:1::1", "fd00:2::10", join(hopByHop, tcp(40000, 80, -1, 2)));
        SeenPacket packet = PacketParser.parse(LinkType.RAW_IP, frame).orElseThrow();
        assertThat(packet.synSequence()).isEqualTo(0xffffffffL);
        assertThat(packet.flow().remotePort()).isEqualTo(80);
    }

    @Test
    void tellsEspInUdpFromIkeAndKeepAlive() {
        assertThat(encapsulated(esp(0xc0ffee01, 1, 120)).espSpi()).isEqualTo(0xc0ffee01);
        SeenPacket ike = encapsulated(join(new byte[4], new byte[28]));
        assertThat(ike.isEsp()).isFalse();
        assertThat(ike.ike()).isTrue();
        assertThat(encapsulated(new byte[] {(byte) 0xff}).isEsp()).isFalse();
    }

    @Test
    void splitsWhatSegmentationWillSplit() {
        byte[] four = join(
                esp(0xc0ffee01, 9, 1400),
                esp(0xc0ffee01, 10, 1400),
                esp(0xc0ffee01, 11, 1400),
                esp(0xc0ffee01, 12, 300));
        assertThat(encapsulated(four).espPackets()).isEqualTo(4);
    }

    @Test
    void countsSegmentsFromWhatTheSnapLengthLeft() {
        byte[] frame = ipv4(
                17, "192.0.2.1", "192.0.2.2", udp(4500, 4500, join(esp(7, 1, 900), esp(7, 2, 900), esp(7, 3, 900))));
        SeenPacket packet =
                PacketParser.parse(LinkType.RAW_IP, Arrays.copyOf(frame, 1000)).orElseThrow();
        assertThat(packet.espPackets()).isEqualTo(3);
    }

    @Test
    void aLaterFragmentHasNoPorts() {
        byte[] frame = ipv4(17, "10.1.0.1", "10.2.0.10", new byte[64]);
        frame[7] = 5;
        assertThat(PacketParser.parse(LinkType.RAW_IP, frame).orElseThrow().flow())
                .hasToString("udp 10.1.0.1 > 10.2.0.10");
    }

    @Test
    void survivesWhateverComes() {
        Random random = new Random(42);
        for (int i = 0; i < 200_000; i++) {
            byte[] frame = RECORDED_SYN.clone();
            for (int n = random.nextInt(6); n >= 0; n--) {
                frame[random.nextInt(frame.length)] = (byte) random.nextInt();
            }
            byte[] cut = Arrays.copyOf(frame, random.nextInt(frame.length + 1));
            assertThatCode(() -> PacketParser.parse(LinkType.ETHERNET, cut)).doesNotThrowAnyException();
        }
    }

    private static SeenPacket encapsulated(byte[] payload) {
        byte[] frame = ipv4(17, "192.0.2.1", "192.0.2.2", udp(4500, 4500, payload));
        return PacketParser.parse(LinkType.RAW_IP, frame).orElseThrow();
    }
}
