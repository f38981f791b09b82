package org.sallyport.lab.attack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class InitFloodTest {
    private static final int MANY = 5_000;

    @Test
    void theSameSeedGivesTheSameFlood() {
        assertThat(flood(7)).isEqualTo(flood(7)).isNotEqualTo(flood(8));
    }

    @Test
    void everyRequestHasItsOwnAddressSpiKeyAndNonce() {
        List<Datagram> flood = flood(1);
        assertThat(flood.stream().map(Datagram::source).distinct().count()).isGreaterThan(MANY * 99 / 100);
        assertThat(distinct(flood, 0, 8)).isEqualTo(MANY);
        assertThat(distinct(flood, Recorded.KE_OFFSET + 8, 32)).isEqualTo(MANY);
        assertThat(distinct(flood, Recorded.NONCE_OFFSET + 4, 32)).isEqualTo(MANY);
    }

    @Test
    void otherwiseItIsTheRecordedRequest() {
        ByteBuffer recorded = Recorded.init().payload();
        assertThat(flood(2)).allSatisfy(request -> {
            assertThat(request.destination()).isEqualTo(Recorded.DESTINATION);
            assertThat(request.source().getHostAddress()).startsWith("100.");
            assertThat(request.payload().slice(8, Recorded.KE_OFFSET)).isEqualTo(recorded.slice(8, Recorded.KE_OFFSET));
            assertThat(request.payload().remaining()).isEqualTo(Recorded.INIT_LENGTH);
        });
    }

    @Test
    void itStartsFromARequestAlone() {
        assertThatThrownBy(() -> new InitFlood(Recorded.encrypted(), 1)).isInstanceOf(IllegalArgumentException.class);
    }

    private static List<Datagram> flood(long seed) {
        InitFlood flood = new InitFlood(Recorded.init(), seed);
        return Stream.generate(flood::next).limit(MANY).collect(Collectors.toList());
    }

    private static long distinct(List<Datagram> flood, int from, int length) {
        return flood.stream()
                .map(request -> request.payload().slice(from, length))
                .distinct()
                .count();
    }
}
