package org.sallyport.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class KernelBaselineTest {
    @Test
    @Timeout(30)
    void theKernelLetsTheProgramWaitForARetransmission() throws InterruptedException {
        Assumptions.assumeTrue("root".equals(System.getProperty("user.name")), "needs root for network namespaces");
        try (KernelBaseline kernel = KernelBaseline.open()) {
            assertThat(kernel.connect(Duration.ofMillis(15))).isBetween(900.0, 1300.0);
        }
    }

    @Test
    void quantilesAreMeasuredValues() {
        assertThat(Quantiles.median(List.of(3.0, 1.0, 2.0))).isEqualTo(2.0);
        assertThat(Quantiles.quantile(List.of(4.0, 1.0, 3.0, 2.0), 0.99)).isEqualTo(4.0);
    }
}
