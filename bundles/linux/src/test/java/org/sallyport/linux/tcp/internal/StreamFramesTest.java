package org.sallyport.linux.tcp.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where frames end, by the octets of RFC 9329. */
class StreamFramesTest {
    /** Section 3.1: length, non-ESP marker, and a header of 28 octets. */
    private static final String IKE =
            "0022" + "00000000" + "1122334455667788" + "0000000000000000" + "21202208" + "00000000" + "0000001c";

    private static int next(String hex) {
        try (Arena arena = Arena.ofConfined()) {
            byte[] octets = HexFormat.of().parseHex(hex);
            MemorySegment memory = arena.allocate(Math.max(1, octets.length));
            MemorySegment.copy(octets, 0, memory, java.lang.foreign.ValueLayout.JAVA_BYTE, 0, octets.length);
            return StreamFrames.next(memory.address(), memory.address() + octets.length);
        }
    }

    @Test
    void thePrefixIsSixOctetsOfAscii() {
        assertThat(StreamFrames.prefix()).isEqualTo(HexFormat.of().parseHex("494b45544350"));
        assertThat(new String(StreamFrames.prefix(), StandardCharsets.US_ASCII)).isEqualTo("IKETCP");
    }

    @Test
    void aFrameIsItsLengthWhichCountsItself() {
        assertThat(next(IKE)).isEqualTo(34);
        assertThat(next(IKE + "0003ff")).isEqualTo(34);
        assertThat(next("0006" + "01020304")).isEqualTo(6);
    }

    @Test
    void oneThatHasNotComeWholeIsWaitedFor() {
        for (int octets = 0; octets < IKE.length() / 2; octets++) {
            assertThat(next(IKE.substring(0, 2 * octets)))
                    .as(octets + " octets")
                    .isEqualTo(StreamFrames.INCOMPLETE);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "0000, a length of nothing",
        "0001, one that does not count itself",
        "0002, nothing inside",
        "000300, one octet that is no keep-alive",
        "0004ffff, too short for an SPI",
        "000500ff00, too short for an SPI",
        "000600000000, a marker alone",
        "0021000000000000000000000000000000000000000000000000000000000000000000, less than an IKE header"
    })
    void whatNothingCanFollowIsTold(String hex, String why) {
        assertThat(next(hex)).as(why).isEqualTo(StreamFrames.SENSELESS);
    }

    @Test
    void aKeepAliveIsOneOctet() {
        assertThat(next("0003ff")).isEqualTo(3);
    }
}
