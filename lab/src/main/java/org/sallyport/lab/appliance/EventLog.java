package org.sallyport.lab.appliance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.sallyport.lab.process.CommandFailedException;
import org.sallyport.lab.process.Wait;

/** An appliance's journal, read from its file each time; older, rolled files are left out. */
public final class EventLog {
    private final Path file;

    EventLog(Path file) {
        this.file = file;
    }

    /** Everything noted until now. */
    public List<JournalEvent> events() {
        if (!Files.exists(file)) {
            return List.of();
        }
        try (Stream<String> lines = Files.lines(file)) {
            return lines.map(JournalEvent::parse).flatMap(Optional::stream).toList();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Everything of one name noted at or after a time in microseconds. */
    public List<JournalEvent> since(long micros, String name) {
        return events().stream()
                .filter(event -> event.micros() >= micros && event.name().equals(name))
                .toList();
    }

    /** Waits for an event of the name, noted at or after the time, that is wanted. */
    public JournalEvent await(long micros, String name, Duration limit, Predicate<JournalEvent> wanted) {
        boolean seen = Wait.holds(limit, () -> since(micros, name).stream().anyMatch(wanted));
        return since(micros, name).stream()
                .filter(wanted)
                .findFirst()
                .orElseThrow(() -> new CommandFailedException(
                        "waited %d ms in vain for the event %s (seen: %s); noted since then: %s"
                                .formatted(
                                        limit.toMillis(),
                                        name,
                                        seen,
                                        events().stream()
                                                .filter(event -> event.micros() >= micros)
                                                .toList())));
    }

    /** Waits for any event of the name, noted at or after the time. */
    public JournalEvent await(long micros, String name, Duration limit) {
        return await(micros, name, limit, event -> true);
    }

    /** Now, in the journal's unit. */
    public static long now() {
        java.time.Instant instant = java.time.Instant.now();
        return instant.getEpochSecond() * 1_000_000 + instant.getNano() / 1000;
    }
}
