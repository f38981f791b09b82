package org.sallyport.benchmarks.intercept;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.sallyport.lab.process.Command;

/** Whatever else runs on this machine waits while there is a measurement. */
final class Priority {
    private static final String NICE = "-15";
    private static final Path PROCESSES = Path.of("/proc");

    private Priority() {}

    /** Answers the line that runs the given one before all others. */
    static List<String> line(List<String> arguments) {
        List<String> line = new ArrayList<>(List.of("nice", "-n", NICE));
        line.addAll(arguments);
        return line;
    }

    /** Has a running process go before all others: each of its threads, and those that they will start. */
    static void raise(long pid) {
        List<String> line = new ArrayList<>(List.of("renice", "-n", NICE, "-p"));
        try (Stream<Path> threads =
                Files.list(PROCESSES.resolve(Long.toString(pid)).resolve("task"))) {
            threads.map(thread -> thread.getFileName().toString()).forEach(line::add);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        // A thread may have ended meanwhile.
        Command.of(line).run();
    }
}
