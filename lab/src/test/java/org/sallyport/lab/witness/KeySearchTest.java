package org.sallyport.lab.witness;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class KeySearchTest {
    private final byte[] key = random(32, 1);
    private final KeySearch search = KeySearch.of(Map.of("SK_d", key));

    private static byte[] random(int length, long seed) {
        byte[] octets = new byte[length];
        new Random(seed).nextBytes(octets);
        return octets;
    }

    private void finds(String text) {
        assertThat(search.in(("before " + text + " after").getBytes(StandardCharsets.ISO_8859_1)))
                .as(text)
                .singleElement()
                .asString()
                .startsWith("SK_d as ");
    }

    @Test
    void findsAKeyInEveryFormThatProgramsPrint() {
        finds(HexFormat.of().formatHex(key));
        finds(HexFormat.of().withUpperCase().formatHex(key));
        finds(HexFormat.ofDelimiter(":").withUpperCase().formatHex(key));
        finds(HexFormat.ofDelimiter(" ").formatHex(key));
        finds(Arrays.toString(key));
        finds(Base64.getEncoder().encodeToString(key));
        finds(new String(key, StandardCharsets.ISO_8859_1));
        finds(new String(Arrays.copyOf(key, 8), StandardCharsets.ISO_8859_1));
    }

    @Test
    void findsAKeyWithinALongerEncoding() {
        for (int before = 0; before < 3; before++) {
            byte[] whole = new byte[before + key.length];
            System.arraycopy(key, 0, whole, before, key.length);
            finds(Base64.getEncoder().encodeToString(whole));
        }
    }

    @Test
    void findsNothingWhereNothingIs() {
        assertThat(search.in(random(1 << 20, 2))).isEmpty();
    }
}
