package org.sallyport.classifier.internal.worker;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sallyport.api.flow.Addresses;
import org.sallyport.api.flow.HostPair;
import org.sallyport.api.policy.Action;
import org.sallyport.api.sa.InstalledSa;
import org.sallyport.api.sa.SaDirection;
import org.sallyport.api.sa.SaSlotLayout;
import org.sallyport.classifier.internal.FixedPolicies;
import org.sallyport.classifier.internal.Slots;
import org.sallyport.linux.tun.VirtioHeader;

/** TCP's maximum segment size is lowered on both ways of a worker, to what fits device and path. */
class SegmentSizeTest {
    private static final int SPI = 9293;
    private static final int SYN = 0x02;
    private static final int SYN_ACK = 0x12;
    private static final int ACK = 0x10;

    private final Bench out = new Bench(FixedPolicies.of(Action.PROTECT));
    private final Bench in = new Bench(FixedPolicies.of(Action.PROTECT));
    private final InstalledSa sending = out.sendBy(Slots.Sa.of(SPI, SaDirection.OUTBOUND));
    private final InstalledSa receiving = in.receiveBy(Slots.Sa.of(SPI, SaDirection.INBOUND));

    @AfterEach
    void close() {
        out.close();
        in.close();
    }

    /** A path of 1280 has room for 1280 - 20 - 8 - 8 - 8 - 16 - 2 = 1218 octets, which end on 4 less 2. */
    @ParameterizedTest
    @CsvSource({
        "true, 2, 1500, 1460, 1360",
        "true, 18, 1500, 1460, 1360",
        "false, 2, 1500, 1440, 1340",
        "false, 18, 1500, 1440, 1340",
        "true, 2, 1280, 1460, 1178",
        "false, 2, 1280, 1440, 1158",
        "true, 2, 1500, 1360, 1360",
        "true, 2, 1500, 1359, 1359",
        "true, 2, 1500, 536, 536",
        "true, 2, 1500, 65535, 1360",
        "true, 16, 1500, 1460, 1460"
    })
    void isLoweredOnBothWays(boolean ipv4, int flags, int path, int announced, int lowered) {
        for (InstalledSa sa : new InstalledSa[] {sending, receiving}) {
            sa.slot().set(JAVA_INT, SaSlotLayout.PATH_MTU, path);
        }
        sending.slot().set(JAVA_INT, SaSlotLayout.TCP_MSS, SaSlotLayout.TCP_MSS_FITTING);
        out.send(tcp(ipv4, flags, announced));
        in.receive(out.socket.sent.getLast());
        assertThat(in.delivered(0)).as("lowered by who sends").isEqualTo(tcp(ipv4, flags, lowered));

        sending.slot().set(JAVA_INT, SaSlotLayout.TCP_MSS, SaSlotLayout.TCP_MSS_KEPT);
        out.send(tcp(ipv4, flags, announced));
        in.receive(out.socket.sent.getLast());
        assertThat(in.delivered(1)).as("kept").isEqualTo(tcp(ipv4, flags, announced));

        receiving.slot().set(JAVA_INT, SaSlotLayout.TCP_MSS, SaSlotLayout.TCP_MSS_FITTING);
        out.send(tcp(ipv4, flags, announced));
        in.receive(out.socket.sent.getLast());
        assertThat(in.delivered(2)).as("lowered by who receives").isEqualTo(tcp(ipv4, flags, lowered));
    }

    /** What this host itself sends has its checksum begun only. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aChecksumThatIsBegunIsFinishedOverTheLoweredSize(boolean ipv4) {
        sending.slot().set(JAVA_INT, SaSlotLayout.TCP_MSS, 1000);
        byte[] packet = tcp(ipv4, SYN, 1460);
        int transport = ipv4 ? 20 : 40;
        Packets.put(
                packet, transport + 16, Packets.sum(packet, ipv4 ? 12 : 8, transport, 6 + packet.length - transport));
        byte[] header = new byte[VirtioHeader.SIZE];
        header[VirtioHeader.FLAGS] = VirtioHeader.NEEDS_CHECKSUM;
        header[VirtioHeader.CHECKSUM_START] = (byte) transport;
        header[VirtioHeader.CHECKSUM_OFFSET] = 16;
        out.sendWithHeader(Bench.concat(header, packet));
        in.receive(out.socket.sent.getLast());
        assertThat(in.delivered(0)).isEqualTo(tcp(ipv4, SYN, 1000));
    }

    @Test
    void transportModeLowersNothing() {
        HostPair hosts = new HostPair(Addresses.parse("10.1.0.1"), Addresses.parse("10.2.0.1"));
        try (Bench sender = new Bench(FixedPolicies.of(Action.PROTECT));
                Bench receiver = new Bench(FixedPolicies.of(Action.PROTECT))) {
            InstalledSa there =
                    sender.sendBy(Slots.Sa.of(SPI, SaDirection.OUTBOUND).transporting(hosts));
            InstalledSa here =
                    receiver.receiveBy(Slots.Sa.of(SPI, SaDirection.INBOUND).transporting(hosts.reversed()));
            there.slot().set(JAVA_INT, SaSlotLayout.TCP_MSS, 1000);
            here.slot().set(JAVA_INT, SaSlotLayout.TCP_MSS, 1000);
            sender.send(tcp(true, SYN_ACK, 1460));
            receiver.receive(sender.socket.sent.getLast());
            byte[] delivered = receiver.delivered(0);
            assertThat(java.util.Arrays.copyOfRange(delivered, 20, delivered.length))
                    .isEqualTo(java.util.Arrays.copyOfRange(tcp(true, SYN_ACK, 1460), 20, delivered.length));
        }
    }

    @Test
    void whatOnlyLooksLikeOneIsLeftAlone() {
        sending.slot().set(JAVA_INT, SaSlotLayout.TCP_MSS, 1000);
        for (int flags : new int[] {0, ACK, 0x18, 0x11, 0x04, 0xc0}) {
            out.send(tcp(true, flags, 1460));
            in.receive(out.socket.sent.getLast());
            assertThat(in.delivered(in.tun.written.size() - 1)).isEqualTo(tcp(true, flags, 1460));
        }
    }

    /** TCP with the options of Linux, and a checksum that is right. */
    private static byte[] tcp(boolean ipv4, int flags, int size) {
        byte[] tcp = Bench.hex("a7d01b5890d2b8e500000000a002faf000000000020405b40402080a0a7d1c1e0000000001030307");
        tcp[13] = (byte) flags;
        Packets.put(tcp, 22, size);
        byte[] packet = Packets.ip(ipv4, 0, 6, tcp);
        int transport = ipv4 ? 20 : 40;
        int sum = Packets.sum(packet, ipv4 ? 12 : 8, packet.length, 6 + tcp.length);
        Packets.put(packet, transport + 16, ~sum);
        return packet;
    }
}
