package org.sallyport.classifier.internal.packet;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.Arena;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.sallyport.linux.memory.RawMemory;

class TcpOpeningTest {
    private static final int SYN = 0x02;
    private static final int SYN_ACK = 0x12;
    private static final int TCP = 6;

    /** What Linux 6.1 sends to open a connection from 10.1.0.1 to 10.2.0.1. */
    private static final String LINUX = "4500003c1c4640004006095f0a0100010a020001" + "a7d01b5890d2b8e500000000a002faf0"
            + "00000000" + "020405b40402080a0a7d1c1e0000000001030307";

    @Property(tries = 2000)
    void whatIsMoreIsLoweredAndNothingElseChanges(
            @ForAll boolean ipv4, @ForAll long seed, @ForAll @IntRange(min = 1, max = 0x10000) int most) {
        Random random = new Random(seed);
        byte[] before = opening(ipv4, options(random, 0xffff), random);
        byte[] expected = opening(ipv4, options(new Random(seed), most), same(seed));
        assertThat(lowered(before, most, true)).isEqualTo(expected);
    }

    private static Random same(long seed) {
        Random random = new Random(seed);
        options(random, 0xffff);
        return random;
    }

    @Property(tries = 500)
    void aChecksumThatIsBegunIsLeftToWhoEndsIt(@ForAll boolean ipv4, @ForAll long seed) {
        Random random = new Random(seed);
        byte[] before = opening(ipv4, options(random, 0xffff), random);
        byte[] expected = opening(ipv4, options(new Random(seed), 1000), same(seed));
        int checksum = (ipv4 ? 20 : 40) + 16;
        System.arraycopy(before, checksum, expected, checksum, 2);
        assertThat(lowered(before, 1000, false)).isEqualTo(expected);
    }

    @Property(tries = 500)
    void aChecksumThatIsWrongStaysWrong(
            @ForAll boolean ipv4, @ForAll long seed, @ForAll @IntRange(min = 1, max = 0xfffe) int wrong) {
        Random random = new Random(seed);
        byte[] before = opening(ipv4, options(random, 0xffff), random);
        int checksum = (ipv4 ? 20 : 40) + 16;
        int sum = ((before[checksum] & 0xff) << 8 | (before[checksum + 1] & 0xff)) + wrong;
        put(before, checksum, (sum & 0xffff) + (sum >> 16));
        assertThat(total(lowered(before, 700, true), ipv4))
                .isEqualTo(total(before, ipv4))
                .isNotEqualTo(0xffff);
    }

    /** Whatever stands there, it is read whole, or left alone whole. */
    @Property(tries = 5000)
    void optionsThatCannotBeReadAreLeftAlone(
            @ForAll boolean ipv4, @ForAll long seed, @ForAll @IntRange(min = 0, max = 10) int words) {
        Random random = new Random(seed);
        byte[] options = new byte[4 * words];
        for (int i = 0; i < options.length; i++) {
            options[i] = (byte) (random.nextInt(3) == 0 ? random.nextInt(256) : random.nextInt(6));
        }
        byte[] before = opening(ipv4, options, random);
        byte[] after = lowered(before, 400, true);
        byte[] readable = readable(options, 400);
        int at = (ipv4 ? 20 : 40) + 20;
        assertThat(Arrays.copyOfRange(after, at, at + options.length)).isEqualTo(readable);
        assertThat(total(after, ipv4)).isEqualTo(0xffff);
        if (Arrays.equals(readable, options)) {
            assertThat(after).isEqualTo(before);
        }
    }

    /** The options as they have to come out: as they were, unless every one of them can be read. */
    private static byte[] readable(byte[] options, int most) {
        byte[] result = options.clone();
        int at = 0;
        while (at < options.length && options[at] != 0) {
            if (options[at] == 1) {
                at++;
                continue;
            }
            int length = at + 1 < options.length ? options[at + 1] & 0xff : 0;
            if (length < 2 || at + length > options.length || (options[at] == 2 && length != 4)) {
                return options;
            }
            if (options[at] == 2) {
                put(result, at + 2, Math.min(most, (options[at + 2] & 0xff) << 8 | (options[at + 3] & 0xff)));
            }
            at += length;
        }
        return result;
    }

    @Property(tries = 500)
    void aHeaderThatIsLongerThanItsPacketOrTooShortIsLeftAlone(
            @ForAll @IntRange(max = 15) int words, @ForAll @IntRange(min = 14, max = 60) int left) {
        byte[] packet = Arrays.copyOf(HexFormat.of().parseHex(LINUX), 20 + left);
        put(packet, 2, packet.length);
        packet[32] = (byte) (words << 4);
        byte[] expected = packet.clone();
        boolean sound = words * 4 >= 24 && words * 4 <= left;
        byte[] after = lowered(packet, 1000, false);
        if (sound
                && Arrays.equals(
                        readable(Arrays.copyOfRange(packet, 40, 20 + words * 4), 1000), 0, 4, packet, 40, 44)) {
            assertThat(after).isEqualTo(expected);
        } else if (!sound) {
            assertThat(after).isEqualTo(expected);
        } else {
            put(expected, 42, 1000);
            assertThat(after).isEqualTo(expected);
        }
    }

    @Example
    void whatLinuxSendsIsUnderstood() {
        byte[] linux = HexFormat.of().parseHex(LINUX);
        sum(linux, true);
        byte[] expected = HexFormat.of().parseHex(LINUX.replace("020405b4", "0204054c"));
        sum(expected, true);
        assertThat(lowered(linux, 1356, true)).isEqualTo(expected);
        assertThat(lowered(linux, 1460, true)).isEqualTo(linux);
        assertThat(lowered(linux, 1461, true)).isEqualTo(linux);
    }

    @Example
    void onlyWhatOpensAConnectionIsOne() {
        byte[] packet = HexFormat.of().parseHex(LINUX);
        for (int flags = 0; flags < 256; flags++) {
            packet[33] = (byte) flags;
            assertThat(isOpening(packet)).isEqualTo((flags & SYN) != 0);
        }
        packet[33] = SYN_ACK;
        packet[9] = 17;
        assertThat(isOpening(packet)).isFalse();
        packet[9] = TCP;
        packet[7] = 1;
        assertThat(isOpening(packet))
                .as("what lies in a later piece is no header")
                .isFalse();
    }

    @Example
    void nothingIsAllocated() {
        try (Arena arena = Arena.ofConfined()) {
            byte[] packet = HexFormat.of().parseHex(LINUX);
            long ip = arena.allocate(packet.length).address();
            InnerPacket parsed = new InnerPacket();
            ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            long before = 0;
            for (int i = 0; i < 200_000; i++) {
                if (i == 100_000) {
                    before = threads.getCurrentThreadAllocatedBytes();
                }
                RawMemory.copyIn(packet, 0, ip, packet.length);
                parsed.parse(ip, packet.length);
                TcpOpening.lower(ip, parsed, 1000 + i % 300, true);
            }
            assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(10_000);
        }
    }

    private static boolean isOpening(byte[] packet) {
        try (Arena arena = Arena.ofConfined()) {
            long ip = arena.allocate(packet.length).address();
            RawMemory.copyIn(packet, 0, ip, packet.length);
            InnerPacket parsed = new InnerPacket();
            assertThat(parsed.parse(ip, packet.length)).isTrue();
            return TcpOpening.is(ip, parsed);
        }
    }

    private static byte[] lowered(byte[] packet, int most, boolean summed) {
        try (Arena arena = Arena.ofConfined()) {
            // what lies behind the packet looks like an option, and is none of it
            byte[] behind = HexFormat.of().parseHex("020405b4020405b4".repeat(6));
            long ip = arena.allocate(packet.length + behind.length).address();
            RawMemory.copyIn(packet, 0, ip, packet.length);
            RawMemory.copyIn(behind, 0, ip + packet.length, behind.length);
            InnerPacket parsed = new InnerPacket();
            assertThat(parsed.parse(ip, packet.length)).isTrue();
            TcpOpening.lower(ip, parsed, most, summed);
            byte[] result = new byte[packet.length];
            RawMemory.copyOut(ip, result, 0, result.length);
            byte[] untouched = new byte[behind.length];
            RawMemory.copyOut(ip + packet.length, untouched, 0, untouched.length);
            assertThat(untouched).isEqualTo(behind);
            return result;
        }
    }

    /** Options in any order, at even and odd places, with one size, several or none, and at last the end or nothing. */
    private static byte[] options(Random random, int most) {
        ByteArrayOutputStream made = new ByteArrayOutputStream();
        int wanted = random.nextInt(9);
        for (int i = 0; i < wanted; i++) {
            byte[] option = option(random, most);
            if (made.size() + option.length <= 40) {
                made.writeBytes(option);
            }
        }
        int padding = -made.size() & 3;
        int fill = random.nextInt(2);
        for (int i = 0; i < padding; i++) {
            made.write(fill);
        }
        return made.toByteArray();
    }

    private static byte[] option(Random random, int most) {
        return switch (random.nextInt(5)) {
            case 0, 1 -> {
                int size = Math.min(most, random.nextInt(0x10000));
                yield new byte[] {2, 4, (byte) (size >> 8), (byte) size};
            }
            case 2 -> new byte[] {1};
            case 3 -> new byte[] {3, 3, 7};
            default -> {
                byte[] other = new byte[2 + random.nextInt(9)];
                random.nextBytes(other);
                other[0] = 8;
                other[1] = (byte) other.length;
                yield other;
            }
        };
    }

    private static byte[] opening(boolean ipv4, byte[] options, Random random) {
        int transport = ipv4 ? 20 : 40;
        byte[] packet = new byte[transport + 20 + options.length + random.nextInt(4)];
        random.nextBytes(packet);
        packet[0] = (byte) (ipv4 ? 0x45 : 0x60);
        if (ipv4) {
            put(packet, 2, packet.length);
            put(packet, 6, 0x4000);
            packet[9] = TCP;
        } else {
            put(packet, 4, packet.length - 40);
            packet[6] = TCP;
        }
        packet[transport + 12] = (byte) (((20 + options.length) / 4) << 4);
        packet[transport + 13] = (byte) (random.nextBoolean() ? SYN : SYN_ACK);
        System.arraycopy(options, 0, packet, transport + 20, options.length);
        sum(packet, ipv4);
        return packet;
    }

    private static void sum(byte[] packet, boolean ipv4) {
        int checksum = (ipv4 ? 20 : 40) + 16;
        put(packet, checksum, 0);
        put(packet, checksum, ~total(packet, ipv4));
    }

    /** Adds up pseudo-header and segment as RFC 1071 has it: 0xffff over what has a right checksum. */
    private static int total(byte[] packet, boolean ipv4) {
        int transport = ipv4 ? 20 : 40;
        int sum = TCP + packet.length - transport;
        for (int i = ipv4 ? 12 : 8; i < packet.length; i++) {
            sum += (packet[i] & 0xff) << (i % 2 == 0 ? 8 : 0);
        }
        while (sum > 0xffff) {
            sum = (sum & 0xffff) + (sum >> 16);
        }
        return sum;
    }

    private static void put(byte[] packet, int at, int value) {
        packet[at] = (byte) (value >> 8);
        packet[at + 1] = (byte) value;
    }
}
