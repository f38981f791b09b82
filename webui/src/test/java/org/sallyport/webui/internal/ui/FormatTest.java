package org.sallyport.webui.internal.ui;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FormatTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0 B",
        "999, 999 B",
        "1000, 1.00 kB",
        "1234, 1.23 kB",
        "45600000, 45.6 MB",
        "999999, 1000 kB",
        "9223372036854775807, 9223 PB"
    })
    void octets(long octets, String text) {
        assertThat(Format.octets(octets)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({
        "PT-1S, 0 s",
        "PT0S, 0 ms",
        "PT0.85S, 850 ms",
        "PT59.9S, 59 s",
        "PT1M, 1 min",
        "PT3M5S, 3 min 5 s",
        "PT2H10M59S, 2 h 10 min",
        "P4DT3H, 4 d 3 h"
    })
    void duration(Duration duration, String text) {
        assertThat(Format.duration(duration)).isEqualTo(text);
    }
}
