package org.sallyport.classifier.internal.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.sallyport.api.policy.Action;
import org.sallyport.api.sa.InstalledSa;
import org.sallyport.api.sa.SaDirection;
import org.sallyport.api.sa.SaSlotLayout;
import org.sallyport.classifier.internal.FixedPolicies;
import org.sallyport.classifier.internal.Slots;
import org.sallyport.classifier.internal.flow.DropReason;
import org.sallyport.linux.memory.RawMemory;

/** ESP packets that another implementation made; see src/test/scripts/esp_vectors.py. */
class EspVectorTest {
    record Vector(
            String kind,
            String key,
            String salt,
            int spi,
            boolean extended,
            long top,
            long sequence,
            String inner,
            String packet) {
        static Vector parse(String line) {
            String[] f = line.split(",", -1);
            return new Vector(
                    f[0],
                    f[1],
                    f[2],
                    Integer.parseUnsignedInt(f[3], 16),
                    f[4].equals("1"),
                    Long.parseUnsignedLong(f[5], 16),
                    Long.parseUnsignedLong(f[6], 16),
                    f[7],
                    f[8]);
        }

        Slots.Sa sa(SaDirection direction) {
            return Slots.Sa.of(spi, direction).keyed(key, salt).sequence(extended, 1024, Long.MAX_VALUE);
        }

        @Override
        public String toString() {
            return kind + " " + key.length() * 4 + (extended ? " esn " : " ") + Long.toHexString(sequence) + " "
                    + inner.length() / 2;
        }
    }

    static List<Vector> vectors() throws IOException {
        try (InputStream in = Objects.requireNonNull(EspVectorTest.class.getResourceAsStream("/esp-vectors.csv"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .map(Vector::parse)
                    .toList();
        }
    }

    static Stream<Vector> exact() throws IOException {
        return vectors().stream().filter(v -> v.kind().equals("exact"));
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void opensWhatOthersSealed(Vector vector) {
        try (Bench bench = new Bench(null)) {
            InstalledSa sa = bench.receiveBy(vector.sa(SaDirection.INBOUND));
            RawMemory.putLong(sa.slot().address() + SaSlotLayout.SEQUENCE, vector.top());
            bench.receive(Bench.hex(vector.packet()));
            assertThat(bench.dropped()).isZero();
            assertThat(bench.tun.written).hasSize(1);
            assertThat(bench.delivered(0)).isEqualTo(Bench.hex(vector.inner()));
            assertThat(Bench.counter(sa, SaSlotLayout.SEQUENCE)).isEqualTo(Math.max(vector.top(), vector.sequence()));

            bench.receive(Bench.hex(vector.packet()));
            assertThat(bench.dropped(DropReason.REPLAY)).isEqualTo(1);
            assertThat(bench.tun.written).hasSize(1);
        }
    }

    @ParameterizedTest
    @MethodSource("exact")
    void sealsAsOthersDo(Vector vector) {
        try (Bench bench = new Bench(FixedPolicies.of(Action.PROTECT))) {
            InstalledSa sa = bench.sendBy(vector.sa(SaDirection.OUTBOUND));
            RawMemory.putLong(sa.slot().address() + SaSlotLayout.SEQUENCE, vector.sequence() - 1);
            bench.send(Bench.hex(vector.inner()));
            assertThat(bench.socket.sent).hasSize(1);
            assertThat(bench.socket.sent.getFirst()).isEqualTo(Bench.hex(vector.packet()));
        }
    }

    @Test
    void theVectorsAreThere() throws IOException {
        assertThat(vectors()).hasSizeGreaterThan(150);
    }
}
