package org.sallyport.webui.internal.ui;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.sallyport.api.policy.Lifetimes;
import org.sallyport.webui.internal.Samples;

class LifetimeBarTest {
    private static final Lifetimes LIMITED =
            new Lifetimes(Duration.ofMinutes(50), Duration.ofMinutes(100), 6_000, 10_000, 0, 1_000);

    @Test
    void timeDrainsFromFreshOverRekeyToTheEnd() {
        assertThat(LifetimeBar.of(Samples.sa(1, Duration.ofMinutes(30))))
                .containsExactly(new LifetimeBar(50, "fresh", "30 min left, rekey in 24 min"));
        assertThat(LifetimeBar.of(Samples.sa(1, Duration.ofMinutes(54))))
                .containsExactly(new LifetimeBar(10, "rekey", "6 min left, rekey due"));
        assertThat(LifetimeBar.of(Samples.sa(1, Duration.ofMinutes(57))))
                .containsExactly(new LifetimeBar(5, "end", "3 min left, rekey due"));
        assertThat(LifetimeBar.of(Samples.sa(1, Duration.ofHours(2))))
                .extracting(LifetimeBar::percent)
                .containsExactly(0.0);
    }

    @Test
    void octetsAndPacketsHaveBarsOfTheirOwnWhereTheyAreLimited() {
        List<LifetimeBar> bars = LifetimeBar.of(Samples.sa(1, Duration.ZERO, LIMITED, 70));
        assertThat(bars)
                .containsExactly(
                        new LifetimeBar(100, "fresh", "1 h 40 min left, rekey in 50 min"),
                        new LifetimeBar(30, "rekey", "3.00 kB left"),
                        new LifetimeBar(93, "fresh", "930 packets left"));
    }
}
