package org.sallyport.webui.internal.ui;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ReplayWindowTest {
    @Test
    void theNewestPacketIsOnTheRight() {
        assertThat(ReplayWindow.path("8")).isEqualTo("M63 0h1v12h-1z");
        assertThat(ReplayWindow.path("0000000000000001")).isEqualTo("M0 0h1v12h-1z");
    }

    @Test
    void nothingIsDrawnOfNothingAndNoMoreThanFits() {
        assertThat(ReplayWindow.path("")).isEmpty();
        assertThat(ReplayWindow.path("zz")).isEmpty();
        assertThat(ReplayWindow.path("f".repeat(100))
                        .chars()
                        .filter(c -> c == 'M')
                        .count())
                .isEqualTo(64);
    }
}
