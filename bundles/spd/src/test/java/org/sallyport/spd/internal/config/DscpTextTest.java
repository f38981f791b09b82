package org.sallyport.spd.internal.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DscpTextTest {
    /** IANA's registry "Differentiated Services Field Codepoints". */
    @ParameterizedTest
    @CsvSource({
        "CS0,000000",
        "CS1,001000",
        "CS2,010000",
        "CS3,011000",
        "CS4,100000",
        "CS5,101000",
        "CS6,110000",
        "CS7,111000",
        "AF11,001010",
        "AF12,001100",
        "AF13,001110",
        "AF21,010010",
        "AF22,010100",
        "AF23,010110",
        "AF31,011010",
        "AF32,011100",
        "AF33,011110",
        "AF41,100010",
        "AF42,100100",
        "AF43,100110",
        "EF,101110",
        "VOICE-ADMIT,101100",
        "LE,000001"
    })
    void namesAreTheRegistrys(String name, String bits) {
        assertThat(DscpText.parse(name)).hasValue(Integer.parseInt(bits, 2));
    }

    @Test
    void numbersAndCopyAreUnderstood() {
        for (int codePoint = 0; codePoint < 64; codePoint++) {
            assertThat(DscpText.parse(Integer.toString(codePoint))).hasValue(codePoint);
        }
        assertThat(DscpText.parse("copy")).isEmpty();
    }
}
