package org.sallyport.classifier.internal.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sallyport.api.policy.Action;
import org.sallyport.api.sa.InstalledSa;
import org.sallyport.api.sa.IpsecProtocol;
import org.sallyport.api.sa.SaDirection;
import org.sallyport.api.sa.SaSlotLayout;
import org.sallyport.api.sa.SpiKey;
import org.sallyport.classifier.internal.FixedPolicies;
import org.sallyport.classifier.internal.Slots;
import org.sallyport.classifier.internal.ah.AhFormat;
import org.sallyport.classifier.internal.ah.AhIcv;
import org.sallyport.classifier.internal.ah.AhSigner;
import org.sallyport.classifier.internal.esp.EspFormat;
import org.sallyport.classifier.internal.flow.DropReason;
import org.sallyport.classifier.internal.flow.InboundSa;
import org.sallyport.classifier.internal.flow.OutboundSa;
import org.sallyport.crypto.CryptoRegistry;
import org.sallyport.crypto.Integrity;
import org.sallyport.crypto.StandardProviders;
import org.sallyport.crypto.TransformId;
import org.sallyport.linux.memory.RawMemory;
import org.sallyport.linux.netlink.Family;
import org.sallyport.linux.raw.RawProtocol;

/** AH on its way through a worker: what is made, what is taken, and what each mistake is counted as. */
@SuppressWarnings("NullAway.Init") // SAs come before each test
class AhTest {
    private static final int SPI = 4302;
    private static final byte[] PACKET = Packets.ip(true, 0xb8, 17, Bench.hex("303900500010000000112233aabbccdd"));
    private static final byte[] KEY = Bench.hex("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");

    private final Bench out = new Bench(FixedPolicies.of(Action.PROTECT));
    private final Bench in = new Bench(FixedPolicies.of(Action.PROTECT));
    private final FakeSocket leaving = new FakeSocket();
    private final FakeSocket arriving = new FakeSocket();
    private InstalledSa sent;
    private InstalledSa received;

    @BeforeEach
    void install() throws Exception {
        Integrity sha256 = CryptoRegistry.of(StandardProviders.all()).integrity(TransformId.AUTH_HMAC_SHA2_256_128);
        sent = ah(out, Slots.Sa.of(SPI, SaDirection.OUTBOUND));
        AhSigner signer = new AhSigner(new AhIcv(sha256, sent.slot().address()), SPI, new byte[70_000]);
        out.outbound.add(new OutboundSa(sent, new SpiKey(IpsecProtocol.AH, SPI + 1), 0, signer, sa -> {}));
        received = ah(in, Slots.Sa.of(SPI, SaDirection.INBOUND));
        in.inbound.put(new InboundSa(received, new AhIcv(sha256, received.slot().address())));
        out.egress.carryRaw(RawProtocol.AH, Family.IPV4, leaving);
        in.ingress.carryRaw(RawProtocol.AH, Family.IPV4, arriving);
    }

    private static InstalledSa ah(Bench bench, Slots.Sa sa) {
        return Slots.ah(
                Slots.fill(sa, bench.slot()), TransformId.AUTH_HMAC_SHA2_256_128, KEY, "192.0.2.1", "192.0.2.2");
    }

    @AfterEach
    void close() {
        out.close();
        in.close();
    }

    private byte[] signed() {
        out.send(PACKET);
        assertThat(out.socket.sent).isEmpty();
        return leaving.sent.getLast();
    }

    private void receive(byte[]... packets) {
        for (byte[] packet : packets) {
            arriving.incoming.add(new FakeSocket.Message(packet, packet.length, 0xb8));
        }
        while (!arriving.incoming.isEmpty()) {
            in.ingress.runBatch();
        }
    }

    @Test
    void aPacketLeavesWithItsHeaderAndArrives() {
        byte[] packet = signed();
        assertThat(packet).hasSize(20 + 28 + PACKET.length);
        assertThat(packet[1]).isEqualTo((byte) 0xb8);
        assertThat(packet[9]).isEqualTo((byte) AhFormat.PROTOCOL);
        receive(packet);
        assertThat(in.delivered(0)).isEqualTo(PACKET);
        assertThat(in.dropped()).isZero();
        assertThat(Bench.counter(received, SaSlotLayout.PACKETS)).isEqualTo(1);
        assertThat(Bench.counter(sent, SaSlotLayout.SEQUENCE)).isEqualTo(1);
    }

    /** What routers change on the way. */
    @Test
    void aPacketArrivesWithAnotherTtlAndMarked() {
        byte[] packet = signed();
        packet[1] = (byte) 0xba;
        packet[8] = 3;
        packet[10] = 0x55;
        receive(packet);
        assertThat(in.delivered(0)).isEqualTo(PACKET);
    }

    @Test
    void nothingElseMayChange() {
        byte[] packet = signed();
        int refused = 0;
        for (int octet : new int[] {2, 4, 12, 15, 16, 19, 20, 22, 23, 32, 47, 48, packet.length - 1}) {
            byte[] forged = packet.clone();
            forged[octet] ^= (byte) 1;
            receive(forged);
            assertThat(in.dropped(DropReason.INTEGRITY)).as("octet " + octet).isEqualTo(++refused);
        }
        assertThat(Bench.counter(received, SaSlotLayout.DROPPED_INTEGRITY)).isEqualTo(refused);
        receive(packet);
        assertThat(in.delivered(0)).isEqualTo(PACKET);
    }

    @Test
    void nothingIsTakenTwice() {
        byte[] first = signed();
        byte[] second = signed();
        receive(second, first, first, second);
        assertThat(in.tun.written).hasSizeLessThanOrEqualTo(2);
        assertThat(in.dropped(DropReason.REPLAY)).isEqualTo(2);
        assertThat(Bench.counter(received, SaSlotLayout.DROPPED_REPLAY)).isEqualTo(2);
    }

    /** RFC 4302 section 2.5.1: the upper half is not sent, and counts. */
    @Test
    void extendedNumbersGoOnBeyondTheirLowerHalf() {
        RawMemory.putLong(sent.slot().address() + SaSlotLayout.SEQUENCE, 0xffff_fffeL);
        RawMemory.putLong(received.slot().address() + SaSlotLayout.SEQUENCE, 0xffff_fffeL);
        receive(signed(), signed(), signed());
        assertThat(in.dropped()).isZero();
        assertThat(Bench.counter(received, SaSlotLayout.SEQUENCE)).isEqualTo(0x1_0000_0001L);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 1, 2, 3, 4, 200})
    void aHeaderOfAnotherLengthIsNone(int words) {
        byte[] packet = signed();
        packet[21] += (byte) words;
        receive(packet);
        // four octets of padding more are what Linux has, and authenticated like the rest
        DropReason reason = words == 1 ? DropReason.INTEGRITY : DropReason.MALFORMED_OUTER;
        assertThat(in.dropped(reason)).isEqualTo(1);
    }

    @Test
    void whatIsTooShortIsCounted() {
        byte[] packet = signed();
        receive(IntStream.range(1, 20 + AhFormat.SHORTEST)
                .mapToObj(length -> Arrays.copyOf(packet, length))
                .toArray(byte[][]::new));
        assertThat(in.dropped(DropReason.MALFORMED_OUTER)).isEqualTo(20 + AhFormat.SHORTEST - 1);
        assertThat(in.dropped()).isEqualTo(20 + AhFormat.SHORTEST - 1);
    }

    /** The SPI names an SA together with the protocol (RFC 4301 section 4.1). */
    @Test
    void neitherProtocolFindsTheOthersSa() {
        byte[] esp = new byte[64];
        byte[] number = {0, 0, (byte) (SPI >> 8), (byte) SPI};
        System.arraycopy(number, 0, esp, 0, 4);
        in.receive(esp);
        assertThat(in.dropped(DropReason.UNKNOWN_SPI)).isEqualTo(1);
        in.inbound.remove(SPI);
        in.receiveBy(Slots.Sa.of(SPI, SaDirection.INBOUND));
        receive(signed());
        assertThat(in.dropped(DropReason.UNKNOWN_SPI)).isEqualTo(2);
        assertThat(in.dropped()).isEqualTo(2);
    }

    @Test
    void whatIsTooLongForTheLinkIsCutAndTheOuterHeaderStays() {
        RawMemory.putInt(sent.slot().address() + SaSlotLayout.PATH_MTU, 600);
        byte[] fitsAnyLink = Packets.ip(false, 0, 17, Bench.concat(Bench.hex("3039005003f00000"), new byte[1000]));
        out.send(fitsAnyLink);
        assertThat(leaving.sent).hasSize(2);
        assertThat(leaving.sent).allSatisfy(piece -> assertThat(piece.length).isLessThanOrEqualTo(600));
        byte[] first = leaving.sent.getFirst();
        byte[] last = leaving.sent.getLast();
        assertThat(Arrays.copyOfRange(last, 4, 6)).isEqualTo(Arrays.copyOfRange(first, 4, 6));
        byte[] whole = Bench.concat(first, Arrays.copyOfRange(last, 20, last.length));
        whole[2] = (byte) (whole.length >> 8);
        whole[3] = (byte) whole.length;
        whole[6] = 0;
        receive(whole);
        assertThat(in.dropped()).isZero();
        assertThat(in.delivered(0)).isEqualTo(fitsAnyLink);
    }

    @Test
    void thereIsRoomForTheLongestHeader() {
        assertThat(AhFormat.OVERHEAD).isGreaterThanOrEqualTo(20 + 48);
        assertThat(AhFormat.OVERHEAD).isLessThanOrEqualTo(EspFormat.OVERHEAD);
    }
}
