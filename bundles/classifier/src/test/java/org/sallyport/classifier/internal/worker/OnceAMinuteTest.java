package org.sallyport.classifier.internal.worker;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OnceAMinuteTest {
    private static final long SECOND = 1_000_000_000L;

    @ParameterizedTest
    @ValueSource(longs = {0, -5 * SECOND, Long.MAX_VALUE - SECOND})
    void oneGoesAMinute(long begin) {
        OnceAMinute once = new OnceAMinute(begin);
        assertThat(once.take(begin - 1)).isFalse();
        int gone = 0;
        for (int second = 0; second < 600; second++) {
            gone += once.take(begin + second * SECOND) ? 1 : 0;
        }
        assertThat(gone).isEqualTo(10);
    }
}
