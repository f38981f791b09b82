package org.sallyport.classifier.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.sallyport.classifier.internal.worker.Rehearsal;
import org.sallyport.crypto.CryptoRegistry;
import org.sallyport.crypto.StandardProviders;

class RehearsalTest {
    private static Stream<CryptoRegistry> registries() {
        return Stream.of(CryptoRegistry.of(StandardProviders.all()), CryptoRegistry.of(List.of()));
    }

    @ParameterizedTest
    @MethodSource("registries")
    void what_is_sent_arrives(CryptoRegistry registry) {
        Rehearsal.Outcome outcome = rehearsal(registry).play(() -> false);
        assertThat(outcome.dropped()).isZero();
        assertThat(outcome.delivered()).isGreaterThan(outcome.sent() / 2);
    }

    @Test
    void it_ends_when_it_is_told() {
        AtomicInteger asked = new AtomicInteger();
        assertThat(rehearsal(CryptoRegistry.of(List.of()))
                        .play(() -> asked.incrementAndGet() > 3)
                        .sent())
                .isEqualTo(3 * Rehearsal.BATCH);
    }

    private static Rehearsal rehearsal(CryptoRegistry registry) {
        return new Rehearsal(new SaFactory(1, () -> registry, nobody -> {}));
    }
}
