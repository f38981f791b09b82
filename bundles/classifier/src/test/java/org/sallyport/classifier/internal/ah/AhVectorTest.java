package org.sallyport.classifier.internal.ah;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** AH as another implementation makes it: the same packets are genuine, any other is not, and the same are made. */
class AhVectorTest {
    /** DSCP and ECN, flags and fragment offset, TTL, checksum (RFC 4302 section 3.3.3.1.1.1). */
    private static final Set<Integer> MUTABLE_OF_IPV4 = Set.of(1, 6, 7, 8, 10, 11);

    private final Arena arena = Arena.ofConfined();
    private final MemorySegment memory = arena.allocate(4096, 64);
    private final AhVerifier verifier = new AhVerifier();

    @AfterEach
    void close() {
        arena.close();
    }

    static Stream<RecordedPacket> all() {
        return RecordedPacket.all();
    }

    static Stream<RecordedPacket> tunnels() {
        return RecordedPacket.all().filter(p -> p.name().startsWith("tunnel"));
    }

    private boolean isGenuine(RecordedPacket packet, AhIcv icv, byte[] octets, long sequence) {
        MemorySegment.copy(octets, 0, memory, JAVA_BYTE, 0, octets.length);
        long at = memory.address();
        int header = packet.header();
        int left = octets.length - header;
        int length = verifier.headerLength(icv, at + header, left, packet.ipv4());
        if (length == 0) {
            return false;
        }
        return packet.ipv4()
                ? verifier.isGenuineIpv4(icv, at, header, octets.length, sequence)
                : verifier.isGenuineIpv6(icv, new ArrivedPacket(at, octets, header), 0, sequence);
    }

    @ParameterizedTest
    @MethodSource("all")
    void whatIsGenuineIsTaken(RecordedPacket packet) {
        AhIcv icv = packet.icv();
        byte[] work = Arrays.copyOf(packet.octets(), packet.octets().length + AhIcv.ROOM);
        assertThat(mute(packet, work)).isTrue();
        assertThat(icv.verify(work, packet.octets().length, packet.header() + AhFormat.FIXED, packet.sequence()))
                .isTrue();
        assertThat(isGenuine(packet, icv, packet.octets(), packet.sequence())).isTrue();
    }

    private static boolean mute(RecordedPacket packet, byte[] work) {
        return packet.ipv4()
                ? MutableFields.muteIpv4(work, packet.header())
                : MutableFields.muteIpv6(work, packet.header());
    }

    @ParameterizedTest
    @MethodSource("all")
    void whateverRoutersDoNotChangeIsCovered(RecordedPacket packet) {
        AhIcv icv = packet.icv();
        byte[] octets = packet.octets().clone();
        for (int i = 0; i < octets.length; i++) {
            octets[i] ^= (byte) 0x10;
            byte[] work = Arrays.copyOf(octets, octets.length + AhIcv.ROOM);
            boolean genuine = mute(packet, work)
                    && icv.verify(work, octets.length, packet.header() + AhFormat.FIXED, packet.sequence());
            assertThat(genuine).as("octet %d of %s", i, packet).isEqualTo(isMutable(packet, i));
            octets[i] ^= (byte) 0x10;
        }
        assertThat(isGenuine(packet, icv, octets, packet.sequence() + (1L << 32)))
                .isEqualTo(packet.high() == 0);
    }

    private static boolean isMutable(RecordedPacket packet, int octet) {
        if (packet.ipv4()) {
            // of a recorded route all but its length, without which nobody knows where the next option begins
            boolean route = packet.name().equals("options4") && (octet == 24 || (octet >= 26 && octet < 35));
            return MUTABLE_OF_IPV4.contains(octet) || route;
        }
        // version and class share octets: the bit that is changed here is of the class, or of the flow label
        boolean option = packet.name().equals("options6") && octet >= 44 && octet < 54;
        return octet == 1 || octet == 2 || octet == 3 || octet == 7 || option;
    }

    @ParameterizedTest
    @MethodSource("tunnels")
    void theSamePacketIsMade(RecordedPacket packet) throws Exception {
        byte[] octets = packet.octets();
        AhSigner signer = new AhSigner(packet.icv(), packet.number(packet.header() + AhFormat.SPI), new byte[4096]);
        int from = packet.ipv4() ? 12 : 8;
        int size = packet.ipv4() ? 4 : 16;
        signer.path(address(octets, from, size), address(octets, from + size, size));
        int start = packet.ipv4() ? 0 : packet.header();
        int text = octets.length - start - signer.textOffset();
        memory.fill((byte) 0x55);
        MemorySegment.copy(octets, octets.length - text, memory, JAVA_BYTE, signer.textOffset(), text);
        int next = octets[packet.header()];
        int length = signer.sign(memory.address(), text, next, packet.sequence(), 0, 0xb9, false);
        byte[] expected = Arrays.copyOfRange(octets, start, octets.length);
        if (packet.ipv4()) {
            expected[10] = 0; // the kernel's to fill in
            expected[11] = 0;
        }
        assertThat(HexFormat.of().formatHex(memory.asSlice(0, length).toArray(JAVA_BYTE)))
                .isEqualTo(HexFormat.of().formatHex(expected));
    }

    private static InetAddress address(byte[] octets, int from, int size) throws Exception {
        return InetAddress.getByAddress(Arrays.copyOfRange(octets, from, from + size));
    }

    /** RFC 4302 section 2.2: 12 octets and the ICV, up to a multiple of 4, of 8 over IPv6. */
    @ParameterizedTest
    @CsvSource({"12, 24, 24", "16, 28, 32", "24, 36, 40", "32, 44, 48"})
    void headersAreAligned(int icv, int ipv4, int ipv6) {
        assertThat(AhFormat.headerLength(icv, true)).isEqualTo(ipv4);
        assertThat(AhFormat.headerLength(icv, false)).isEqualTo(ipv6);
        assertThat(AhFormat.fits(ipv4, icv, true)).isTrue();
        assertThat(AhFormat.fits(ipv4 + 8, icv, true)).isFalse();
        assertThat(AhFormat.fits(ipv6, icv, false)).isTrue();
        assertThat(AhFormat.fits(ipv6 - 4, icv, false)).isFalse();
        assertThat(AhFormat.lengthOf(AhFormat.field(ipv6))).isEqualTo(ipv6);
    }

    @Test
    void optionsThatDoNotLieWithinTheirHeaderMakeNone() {
        for (String options : new String[] {"94", "9400", "9401", "9405", "018304"}) {
            byte[] packet = Arrays.copyOf(new byte[] {0x46}, 60);
            byte[] octets = HexFormat.of().parseHex(options.replace(" ", ""));
            System.arraycopy(octets, 0, packet, 24 - octets.length, octets.length);
            Arrays.fill(packet, 20, 24 - octets.length, (byte) 1);
            assertThat(MutableFields.muteIpv4(packet, 24)).as(options).isFalse();
        }
        byte[] ipv6 = new byte[80];
        ipv6[6] = 0;
        ipv6[40] = AhFormat.PROTOCOL;
        ipv6[42] = 5;
        ipv6[43] = 5;
        assertThat(MutableFields.muteIpv6(ipv6, 48)).isFalse();
        ipv6[43] = 4;
        assertThat(MutableFields.muteIpv6(ipv6, 48)).isTrue();
        assertThat(MutableFields.muteIpv6(ipv6, 44)).isFalse();
        ipv6[6] = 44;
        assertThat(MutableFields.muteIpv6(ipv6, 48)).isFalse();
    }
}
