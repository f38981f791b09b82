package org.sallyport.classifier.internal.packet;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.sallyport.linux.memory.RawMemory;

class Ipv4FragmenterTest {
    private final Arena arena = Arena.ofAuto();
    private final Ipv4Fragmenter fragmenter = new Ipv4Fragmenter(arena);

    private List<byte[]> fragments(byte[] packet, int most) {
        RawMemory.copyIn(packet, 0, fragmenter.packet(), packet.length);
        fragmenter.begin(packet.length, most);
        List<byte[]> all = new ArrayList<>();
        long to = arena.allocate(2000, 8).address();
        while (fragmenter.hasNext()) {
            byte[] fragment = new byte[fragmenter.nextLength()];
            fragmenter.write(to);
            RawMemory.copyOut(to, fragment, 0, fragment.length);
            all.add(fragment);
        }
        return all;
    }

    private static byte[] packet(String header, int payload) {
        byte[] begin = HexFormat.ofDelimiter(" ").parseHex(header);
        byte[] packet = java.util.Arrays.copyOf(begin, begin.length + payload);
        for (int i = begin.length; i < packet.length; i++) {
            packet[i] = (byte) (i - begin.length);
        }
        return packet;
    }

    /** RFC 791 section 3.1: a router alert (148) is copied, a recorded route (7) stays with the first. */
    @Test
    void optionsOfTheFirstAloneStayThere() {
        byte[] packet = packet(
                "48 00 00 00 12 34 00 00 40 11 00 00 0a 01 00 01 0a 02 00 01 07 07 04 00 00 00 00 01 94 04 00 00", 40);
        RawMemory.copyIn(packet, 0, fragmenter.packet(), packet.length);
        List<byte[]> fragments = fragments(packet, 68);
        assertThat(fragments).hasSize(2);
        assertThat(hex(fragments.getFirst(), 0, 10)).isEqualTo("48 00 00 40 12 34 20 00 40 11");
        assertThat(hex(fragments.getFirst(), 20, 32)).isEqualTo("07 07 04 00 00 00 00 01 94 04 00 00");
        assertThat(hex(fragments.getFirst(), 32, 64)).startsWith("00 01 02").endsWith("1e 1f");
        assertThat(hex(fragments.getLast(), 0, 10)).isEqualTo("46 00 00 20 12 34 00 04 40 11");
        assertThat(hex(fragments.getLast(), 20, 32)).isEqualTo("94 04 00 00 20 21 22 23 24 25 26 27");
        for (byte[] fragment : fragments) {
            assertThat(headerSum(fragment)).isEqualTo(0xffff);
        }
    }

    /** Options that lie about their length end the list: what is behind them is copied nowhere. */
    @Test
    void optionsThatCannotBeReadAreLeftOut() {
        for (String options : List.of("94 00 00 00", "94 01 00 00", "94 05 00 00", "01 01 01 94", "00 94 04 00")) {
            byte[] packet = packet("46 00 00 00 12 34 00 00 40 11 00 00 0a 01 00 01 0a 02 00 01 " + options, 100);
            List<byte[]> fragments = fragments(packet, 68);
            assertThat(fragments.get(1)[0]).as(options).isEqualTo((byte) 0x45);
            assertThat(fragments.stream()
                            .mapToInt(f -> f.length - (f[0] & 0xf) * 4)
                            .sum())
                    .isEqualTo(100);
        }
    }

    @Test
    void theLastFragmentOfAFragmentSaysThatMoreFollow() {
        byte[] packet = packet("45 00 00 00 12 34 20 64 40 11 00 00 0a 01 00 01 0a 02 00 01", 96);
        List<byte[]> fragments = fragments(packet, 68);
        assertThat(fragments.stream().map(f -> hex(f, 6, 8))).containsExactly("20 64", "20 6a");
        assertThat(fragments).allMatch(f -> f.length == 68);
    }

    private static int headerSum(byte[] packet) {
        int sum = 0;
        for (int i = 0; i < (packet[0] & 0xf) * 4; i += 2) {
            sum += ((packet[i] & 0xff) << 8) + (packet[i + 1] & 0xff);
        }
        return (sum & 0xffff) + (sum >> 16);
    }

    private static String hex(byte[] octets, int from, int to) {
        return HexFormat.ofDelimiter(" ").formatHex(octets, from, to);
    }
}
