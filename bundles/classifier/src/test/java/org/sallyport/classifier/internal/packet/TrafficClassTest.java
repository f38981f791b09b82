package org.sallyport.classifier.internal.packet;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.sallyport.linux.memory.RawMemory;

class TrafficClassTest {
    @Property(tries = 2000)
    void nothingButTheFieldChangesAndTheChecksumFollows(
            @ForAll boolean ipv4, @ForAll long seed, @ForAll @IntRange(max = 3) int ecn) {
        byte[] header = new byte[40];
        new Random(seed).nextBytes(header);
        header[0] = (byte) (ipv4 ? 0x45 : 0x60 | (header[0] & 0xf));
        if (ipv4) {
            sum(header);
        }
        byte[] changed = changed(header, ipv4, ecn);

        byte[] expected = header.clone();
        if (ipv4) {
            expected[1] = (byte) ((header[1] & 0xfc) | ecn);
            sum(expected);
        } else {
            expected[1] = (byte) ((header[1] & 0xcf) | ecn << 4);
        }
        assertThat(changed).isEqualTo(expected);
    }

    @Property(tries = 500)
    void aChecksumThatIsWrongStaysWrong(
            @ForAll long seed, @ForAll @IntRange(max = 3) int ecn, @ForAll @IntRange(min = 1, max = 0xfffe) int wrong) {
        byte[] header = new byte[20];
        new Random(seed).nextBytes(header);
        header[0] = 0x45;
        sum(header);
        int by = ((header[10] & 0xff) << 8 | (header[11] & 0xff)) + wrong;
        header[10] = (byte) (((by & 0xffff) + (by >> 16)) >> 8);
        header[11] = (byte) ((by & 0xffff) + (by >> 16));
        byte[] changed = changed(header, true, ecn);
        assertThat(total(changed)).isEqualTo(total(header)).isNotEqualTo(0xffff);
    }

    @Property
    void everyOctetIsRead(@ForAll boolean ipv4, @ForAll @IntRange(max = 255) int octet) {
        byte[] header = new byte[40];
        if (ipv4) {
            header[0] = 0x45;
            header[1] = (byte) octet;
        } else {
            header[0] = (byte) (0x60 | octet >> 4);
            header[1] = (byte) (octet << 4 | 0xf);
        }
        try (Arena arena = Arena.ofConfined()) {
            long ip = arena.allocate(40).address();
            RawMemory.copyIn(header, 0, ip, 40);
            assertThat(TrafficClass.of(ip, ipv4)).isEqualTo(octet);
            assertThat(TrafficClass.ecn(octet)).isEqualTo(octet % 4);
        }
    }

    private static byte[] changed(byte[] header, boolean ipv4, int ecn) {
        try (Arena arena = Arena.ofConfined()) {
            long ip = arena.allocate(header.length).address();
            RawMemory.copyIn(header, 0, ip, header.length);
            TrafficClass.setEcn(ip, ipv4, ecn);
            byte[] changed = new byte[header.length];
            RawMemory.copyOut(ip, changed, 0, changed.length);
            return changed;
        }
    }

    /** Writes the checksum as RFC 791 has it computed. */
    private static void sum(byte[] header) {
        header[10] = 0;
        header[11] = 0;
        int sum = ~total(header) & 0xffff;
        header[10] = (byte) (sum >> 8);
        header[11] = (byte) sum;
    }

    private static int total(byte[] header) {
        int sum = 0;
        for (int i = 0; i < 20; i += 2) {
            sum += (header[i] & 0xff) << 8 | (header[i + 1] & 0xff);
        }
        sum = (sum & 0xffff) + (sum >> 16);
        return (sum & 0xffff) + (sum >> 16);
    }
}
