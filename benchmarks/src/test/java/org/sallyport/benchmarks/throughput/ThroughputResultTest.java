package org.sallyport.benchmarks.throughput;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class ThroughputResultTest {
    private static ThroughputResult seen(Map<String, Long> inClear) {
        return new ThroughputResult(Map.of(), Map.of(), inClear);
    }

    @Test
    void aPacketInClearOfEitherTunnelThatSealsSpoilsIt() {
        assertThat(seen(Map.of("jdk", 0L, "native", 0L, "none", 7L)).isSound()).isTrue();
        assertThat(seen(Map.of("jdk", 1L, "native", 0L, "none", 7L)).isSound()).isFalse();
        assertThat(seen(Map.of("jdk", 0L, "native", 1L, "none", 7L)).isSound()).isFalse();
        assertThat(seen(Map.of("jdk", 2L, "native", 1L, "none", 7L)).inClearPackets())
                .isEqualTo(3);
    }

    @Test
    void aWitnessThatDoesNotSeeWhatIsNotSealedIsNotBelieved() {
        assertThat(seen(Map.of("jdk", 0L, "native", 0L, "none", 0L)).isSound()).isFalse();
        assertThat(seen(Map.of()).isSound()).isFalse();
    }
}
