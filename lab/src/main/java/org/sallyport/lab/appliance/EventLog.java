package org.sallyport.lab.appliance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.sallyport.lab.process.CommandFailedException;
import org.sallyport.lab.process.Wait;

/** An appliance's journal, read from its files each time. */
public final class EventLog {
    private final Path directory;
    private final Path file;

    /** Reads the journal of this name in a directory. */
    EventLog(Path directory, String name) {
        this.directory = directory;
        this.file = directory.resolve(name);
    }

    /** Everything noted until now, what is in older, rolled files left out. */
    public List<JournalEvent> events() {
        return events(List.of(file));
    }

    /** Everything of one name noted at or after a time in microseconds, also if the file was rolled since then. */
    public List<JournalEvent> since(long micros, String name) {
        return events(writtenSince(micros)).stream()
                .filter(event -> event.micros() >= micros && event.name().equals(name))
                .toList();
    }

    private static List<JournalEvent> events(List<Path> files) {
        return files.stream()
                .flatMap(EventLog::lines)
                .map(JournalEvent::parse)
                .flatMap(Optional::stream)
                .toList();
    }

    private static Stream<String> lines(Path file) {
        try {
            return Files.readAllLines(file).stream();
        } catch (NoSuchFileException notYet) {
            return Stream.empty();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** The oldest first. */
    private List<Path> writtenSince(long micros) {
        record Rolled(Path path, long micros) {
            static Rolled of(Path path) {
                return new Rolled(
                        path, TimeUnit.MILLISECONDS.toMicros(path.toFile().lastModified() + 1));
            }
        }
        List<Path> files = new ArrayList<>();
        try (Stream<Path> all = Files.list(directory)) {
            all.filter(path -> path.getFileName().toString().startsWith(file.getFileName() + "."))
                    .map(Rolled::of)
                    .filter(rolled -> rolled.micros() >= micros)
                    .sorted(Comparator.comparingLong(Rolled::micros))
                    .forEach(rolled -> files.add(rolled.path()));
        } catch (NoSuchFileException notYet) {
            return List.of();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        files.add(file);
        return files;
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
