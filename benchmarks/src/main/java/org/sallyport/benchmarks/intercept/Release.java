package org.sallyport.benchmarks.intercept;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongPredicate;
import org.sallyport.lab.appliance.EventLog;
import org.sallyport.lab.appliance.JournalEvent;
import org.sallyport.lab.process.CommandFailedException;
import org.sallyport.lab.process.Wait;
import org.sallyport.lab.relay.Impairment;
import org.sallyport.lab.relay.Relay;
import org.sallyport.lab.session.Lab;

/**
 * Many blocking connections that one slow negotiation holds, and that its end lets go: the relay lets nothing of IKE through
 * until all are held, however long that takes, and is slow then.
 */
final class Release {
    private static final int PROGRAMS = 20;
    private static final Duration PATIENCE = Duration.ofSeconds(50);
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(2);
    /** Sooner no SA is there: it takes four messages. */
    private static final Duration EARLIEST = Duration.ofMillis(300);
    /** Files that the appliance may still close when the last call is answered: those that are for something else. */
    private static final int OTHERS = 64;
    /** When no more are closed, those that are left are kept: listeners and processes. */
    private static final Duration SETTLED = Duration.ofSeconds(1);

    private static final Duration ONE_WAY = Duration.ofMillis(100);
    private static final Path PROCESSES = Path.of("/proc");

    /**
     * One round. Times are in milliseconds after the SA was up, as the journal says it.
     *
     * @param answeredMs until the appliance had answered the last call
     * @param lastMs until connect() had returned to the last caller, TCP's handshake through both appliances included
     * @param halvesMs until it had returned to half of every program's callers
     * @param heldForMs for how long all of them had been held by then
     */
    record Result(
            @JsonProperty("answered_ms") double answeredMs,
            @JsonProperty("last_ms") double lastMs,
            @JsonProperty("halves_ms") double halvesMs,
            @JsonProperty("all_held_for_ms") double heldForMs) {
        /**
         * Judges what was seen.
         *
         * @param crowd what each program says
         * @param heldMicros when all calls were held
         * @param answeredMicros when all were answered
         * @param ups the SAs that came up
         */
        static Result of(List<Answer> crowd, long heldMicros, long answeredMicros, List<JournalEvent> ups) {
            if (crowd.stream().anyMatch(program -> program.value("failed") != 0)) {
                throw new CommandFailedException("connections failed: " + crowd);
            }
            if (ups.size() != 1) {
                throw new CommandFailedException("one negotiation was to serve all connections: " + ups);
            }
            long up = ups.getFirst().micros();
            if (heldMicros > up) {
                throw new CommandFailedException("the SA was up before all calls were held");
            }
            return new Result(
                    (answeredMicros - up) / 1000.0,
                    (latest(crowd, "last_returned_us") - up) / 1000.0,
                    (latest(crowd, "median_returned_us") - up) / 1000.0,
                    (up - heldMicros) / 1000.0);
        }

        private static long latest(List<Answer> crowd, String key) {
            return crowd.stream().mapToLong(program -> program.value(key)).max().orElseThrow();
        }
    }

    private final Lab lab;
    private final Relay relay;
    private final int connections;

    /**
     * Prepares it.
     *
     * @param relay through which IKE goes
     */
    Release(Lab lab, Relay relay, int connections) {
        this.lab = lab;
        this.relay = relay;
        this.connections = connections;
    }

    /** Holds all connections and waits until the last is answered. No SA may stand before, and one does afterwards. */
    Result round() {
        relay.both(Impairment.NONE.withLoss(1));
        try (FarSide _ = FarSide.open(lab.network().server());
                Crowd crowd = Crowd.gather(lab, PROGRAMS, connections / PROGRAMS)) {
            long files = filesOfTheAppliance();
            long began = EventLog.now();
            crowd.go();
            awaitFiles("%d calls that are held".formatted(connections), open -> open - files >= connections);
            long held = EventLog.now();
            // Now the next retransmission of IKE_SA_INIT arrives.
            relay.both(Impairment.NONE.withIkeDelay(ONE_WAY));
            Wait.pause(EARLIEST);
            long answered = lastFall(files);
            List<Answer> answers = crowd.answers();
            return Result.of(answers, held, answered, lab.host().journal().since(began, "child-sa-up"));
        }
    }

    /** A call has a duplicate of its socket in the appliance until it is answered. */
    private void awaitFiles(String what, LongPredicate wanted) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!wanted.test(filesOfTheAppliance())) {
            if (System.nanoTime() - end >= 0) {
                throw new CommandFailedException("waited %s in vain for %s".formatted(PATIENCE, what));
            }
            Wait.pause(BETWEEN_LOOKS);
        }
    }

    /** Returns when the appliance had all but closed the duplicates: when as few files were open as stay open. */
    private long lastFall(long before) {
        record Look(long at, long open) {}
        List<Look> looks = new ArrayList<>();
        awaitFiles("%d calls that are answered".formatted(connections), open -> {
            long now = EventLog.now();
            if (looks.isEmpty() || looks.getLast().open() > open) {
                looks.add(new Look(now, open));
            }
            return open - before < connections / 2
                    && now - looks.getLast().at() >= TimeUnit.NANOSECONDS.toMicros(SETTLED.toNanos());
        });
        long left = looks.getLast().open();
        return looks.stream()
                .filter(look -> look.open() <= left + OTHERS)
                .findFirst()
                .orElseThrow()
                .at();
    }

    /** How many it has open: the directory's size, since Linux 6.2. To list them all would cost more than a call does. */
    private long filesOfTheAppliance() {
        try {
            return Files.size(PROCESSES.resolve(Long.toString(lab.host().pid())).resolve("fd"));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
