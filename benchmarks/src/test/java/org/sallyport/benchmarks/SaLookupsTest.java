package org.sallyport.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** An SA is found as fast as its place in the way of a packet, or of a connect(), asks for. */
class SaLookupsTest {
    /** By SPI twice 1.4 / 2.2, 2.0 / 7.3 and 8.1 / 36.6; by policy and flow, which is more than a hash map does, twice it. */
    private static final Map<String, Double> MOST =
            Map.of("spi-1", 1.27, "spi-10k", 0.55, "spi-1m", 0.44, "flow-1", 2.0, "flow-10k", 2.0, "flow-1m", 2.0);

    /** Memory is slower for a test among others; the command {@code bench lookups} is where the bound itself is seen. */
    private static final double ROOM = 1.5;

    private static final int RUNS = 3;

    /** Measures in a Java of its own: what a compiler once made of either side stays for as long as its process. */
    static final class Run {
        private Run() {}

        public static void main(String[] arguments) {
            new SaLookups().measure().forEach((name, value) -> System.out.println(name + "=" + value));
        }
    }

    @Test
    void areFoundInLessThanAHashMapTakes() throws InterruptedException {
        // A machine that does other things besides gets more than one chance.
        Map<String, Double> best = new HashMap<>();
        for (int run = 0; run < RUNS && !fine(best); run++) {
            measured().forEach((name, value) -> best.merge(name, value, Math::min));
        }
        MOST.forEach((name, most) -> assertThat(best.get(name)).as(name).isLessThanOrEqualTo(most * ROOM));
    }

    private static boolean fine(Map<String, Double> best) {
        return MOST.entrySet().stream()
                .allMatch(most -> best.getOrDefault(most.getKey(), Double.MAX_VALUE) <= most.getValue() * ROOM);
    }

    private static Map<String, Double> measured() throws InterruptedException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        ProcessBuilder command = new ProcessBuilder(
                        java, "-cp", System.getProperty("java.class.path"), Run.class.getName())
                .redirectError(Redirect.INHERIT);
        Map<String, Double> values = new HashMap<>();
        try {
            Process process = command.start();
            try (var lines = process.inputReader()) {
                lines.lines()
                        .map(line -> line.split("="))
                        .forEach(pair -> values.put(pair[0], Double.valueOf(pair[1])));
            }
            assertThat(process.waitFor()).as("exit code of the measurement").isZero();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        return values;
    }
}
