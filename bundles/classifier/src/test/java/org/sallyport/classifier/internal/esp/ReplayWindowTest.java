package org.sallyport.classifier.internal.esp;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.math.BigInteger;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.sallyport.api.sa.SaSlotLayout;
import org.sallyport.linux.memory.RawMemory;

/** The window in the slot against a set of every number ever seen. */
class ReplayWindowTest {
    private static final BigInteger SUBSPACE = BigInteger.ONE.shiftLeft(32);

    private final MemorySegment memory = Arena.ofAuto().allocate(SaSlotLayout.SIZE, 64);
    private final long slot = memory.address();

    /** The plain model: remembers everything. */
    private static final class Model {
        private final int window;
        private final Set<Long> seen = new HashSet<>();
        private long top;

        Model(int window, long top) {
            this.window = window;
            this.top = top;
        }

        boolean fresh(long sequence) {
            return sequence > 0 && (sequence > top || (top - sequence < window && !seen.contains(sequence)));
        }

        void accept(long sequence) {
            seen.add(sequence);
            top = Math.max(top, sequence);
        }
    }

    /** A window, where it begins, and steps relative to the highest number so far. */
    record Run(int window, long start, List<Long> steps) {}

    @Provide
    Arbitrary<Run> runs() {
        Arbitrary<Integer> windows = Arbitraries.of(64, 128, 1024, 4096, 8128, 8192);
        Arbitrary<Long> starts = Arbitraries.oneOf(
                Arbitraries.just(0L),
                Arbitraries.longs().between(0, 1L << 62),
                Arbitraries.longs().between(0xffff_f000L, 0x1_0000_1000L));
        Arbitrary<Long> steps = Arbitraries.frequencyOf(
                net.jqwik.api.Tuple.of(6, Arbitraries.longs().between(-70, 70)),
                net.jqwik.api.Tuple.of(3, Arbitraries.longs().between(-9000, 9000)),
                net.jqwik.api.Tuple.of(1, Arbitraries.longs().between(8000, 100_000)));
        return Combinators.combine(windows, starts, steps.list().ofMaxSize(400)).as(Run::new);
    }

    @Property(tries = 1500)
    void acceptsWhatThePlainModelAccepts(@ForAll("runs") Run run) {
        reset(run);
        Model model = new Model(run.window(), run.start());
        for (long step : run.steps()) {
            long sequence = Math.max(0, model.top + step);
            boolean fresh = model.fresh(sequence);
            assertThat(ReplayWindow.isFresh(slot, sequence)).isEqualTo(fresh);
            if (fresh) {
                model.accept(sequence);
                ReplayWindow.accept(slot, sequence);
                assertThat(ReplayWindow.isFresh(slot, sequence)).isFalse();
            }
            assertThat(RawMemory.getLong(slot + SaSlotLayout.SEQUENCE)).isEqualTo(model.top);
        }
    }

    @Property(tries = 1500)
    void infersTheUpperHalfOfEveryNumberNearTheWindow(@ForAll("runs") Run run) {
        reset(run);
        long top = run.start();
        for (long step : run.steps()) {
            long sequence = top + Math.max(step, 1L - run.window());
            if (sequence > 0) {
                assertThat(ReplayWindow.infer(slot, (int) sequence, true)).isEqualTo(sequence);
                assertThat(ReplayWindow.infer(slot, (int) sequence, false)).isEqualTo(sequence & 0xffff_ffffL);
            }
        }
    }

    /** A window, where it begins, and what arrives: each time the 32 bits that the wire shows, genuine or forged. */
    record Wire(int window, boolean extended, long start, List<Arrival> arrivals) {}

    /** The sender's number relative to the highest one that has arrived, and whether it is genuine. */
    record Arrival(long step, boolean genuine) {}

    @Provide
    Arbitrary<Wire> wires() {
        Arbitrary<Integer> windows =
                Arbitraries.oneOf(Arbitraries.integers().between(64, 8192), Arbitraries.of(64, 65, 1024, 8191, 8192));
        Arbitrary<Long> starts = Arbitraries.oneOf(
                Arbitraries.longs().between(0, 9000),
                Arbitraries.longs().between(0xffff_c000L, 0x1_0000_4000L),
                Arbitraries.longs().between(0x7_ffff_c000L, 0x8_0000_4000L),
                Arbitraries.longs().between(-20_000, -1));
        Arbitrary<Long> steps = Arbitraries.frequencyOf(
                net.jqwik.api.Tuple.of(6, Arbitraries.longs().between(-70, 70)),
                net.jqwik.api.Tuple.of(3, Arbitraries.longs().between(-9000, 9000)),
                net.jqwik.api.Tuple.of(1, Arbitraries.longs().between(-(1L << 32), 1L << 32)));
        Arbitrary<Arrival> arrivals = Combinators.combine(steps, Arbitraries.of(true, true, true, false))
                .as(Arrival::new);
        return Combinators.combine(
                        windows,
                        Arbitraries.of(true, false),
                        starts,
                        arrivals.list().ofMaxSize(300))
                .as(Wire::new);
    }

    /**
     * RFC 4303 appendix A2.1: the number is the only one with the 32 bits shown that is no further below the highest than
     * the window reaches, nor a whole subspace above that. What is not genuine changes nothing.
     */
    @Property(tries = 1500)
    void takesFromTheWireWhatTheDefinitionTakes(@ForAll("wires") Wire wire) {
        long start = wire.extended() ? wire.start() : wire.start() & 0xffff_ffffL;
        reset(new Run(wire.window(), start, List.of()));
        BigInteger top = new BigInteger(Long.toUnsignedString(start));
        BigInteger window = BigInteger.valueOf(wire.window());
        Set<BigInteger> seen = new HashSet<>();
        for (Arrival arrival : wire.arrivals()) {
            BigInteger sent = top.add(BigInteger.valueOf(arrival.step())).max(BigInteger.ZERO);
            BigInteger shown = sent.mod(SUBSPACE);
            BigInteger meant =
                    wire.extended() ? meant(shown, top.subtract(window).add(BigInteger.ONE)) : shown;
            boolean fresh = meant.signum() > 0
                    && meant.bitLength() <= 64
                    && (meant.compareTo(top) > 0
                            || (top.subtract(meant).compareTo(window) < 0 && !seen.contains(meant)));
            long inferred = ReplayWindow.infer(slot, shown.intValue(), wire.extended());
            assertThat(ReplayWindow.isFresh(slot, inferred)).isEqualTo(fresh);
            if (fresh) {
                assertThat(inferred).isEqualTo(meant.longValue());
            }
            if (fresh && arrival.genuine() && meant.equals(sent)) {
                ReplayWindow.accept(slot, inferred);
                seen.add(meant);
                top = top.max(meant);
            }
            assertThat(RawMemory.getLong(slot + SaSlotLayout.SEQUENCE)).isEqualTo(top.longValue());
        }
    }

    private static BigInteger meant(BigInteger shown, BigInteger lowest) {
        return lowest.add(shown.subtract(lowest).mod(SUBSPACE));
    }

    @Example
    void aNumberFromBeforeTheBeginningCannotBe() {
        reset(new Run(1024, 5, List.of()));
        assertThat(ReplayWindow.infer(slot, -3, true)).isEqualTo(ReplayWindow.IMPOSSIBLE);
        assertThat(ReplayWindow.isFresh(slot, ReplayWindow.IMPOSSIBLE)).isFalse();
    }

    @Example
    void aJumpOfHalfTheNumbersKeepsTheWindowRight() {
        reset(new Run(1024, 0, List.of()));
        for (long sequence = 1; sequence < 9000; sequence++) {
            ReplayWindow.accept(slot, sequence);
        }
        long far = 0x7fff_0000L;
        assertThat(ReplayWindow.infer(slot, (int) far, true)).isEqualTo(far);
        ReplayWindow.accept(slot, far);
        assertThat(ReplayWindow.isFresh(slot, far - 1)).isTrue();
        assertThat(ReplayWindow.isFresh(slot, far - 1023)).isTrue();
        assertThat(ReplayWindow.isFresh(slot, far - 1024)).isFalse();
    }

    private void reset(Run run) {
        memory.fill((byte) 0);
        RawMemory.putInt(slot + SaSlotLayout.REPLAY_WINDOW, run.window());
        RawMemory.putLong(slot + SaSlotLayout.SEQUENCE, run.start());
    }
}
