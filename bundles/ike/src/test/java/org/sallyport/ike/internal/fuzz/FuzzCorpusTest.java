package org.sallyport.ike.internal.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The short run: everything that a fuzzer found and that was recorded, whole and damaged, from the same seed each time. The
 * long one is {@code ./sallyport bench fuzz}.
 */
class FuzzCorpusTest {
    private static final Path ROOT = Path.of("../..");
    private static final long SEED = 20261129;
    /** A state machine costs a thousand times what a decoder does. */
    private static final int DECODERS = 10_000;

    private static final int CERTIFICATES = 500;
    private static final int STATE_MACHINES = 100;

    @ParameterizedTest
    @EnumSource
    void whateverTheOctets(FuzzTarget target) throws Exception {
        List<byte[]> corpus = FuzzCorpus.read(ROOT, target);
        assertThat(corpus).isNotEmpty();
        corpus.forEach(octets -> attempt(target, octets));
        Mutations mutations = new Mutations(SEED, corpus);
        for (int i = runs(target); i > 0; i--) {
            attempt(target, mutations.next());
        }
    }

    private static int runs(FuzzTarget target) {
        return switch (target) {
            case MESSAGE, PAYLOADS, SEALED, EAP, CHECKPOINT -> DECODERS;
            case PROOF, KEY_FILE -> CERTIFICATES;
            case STRANGER, UNPROVEN, PEER -> STATE_MACHINES;
        };
    }

    private static void attempt(FuzzTarget target, byte[] octets) {
        try {
            target.accept(octets);
        } catch (RuntimeException | AssertionError e) {
            throw new AssertionError(target.label() + " " + HexFormat.of().formatHex(octets) + ": " + e, e);
        }
    }
}
