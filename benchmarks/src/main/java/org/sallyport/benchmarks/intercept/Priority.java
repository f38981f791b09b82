package org.sallyport.benchmarks.intercept;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.sallyport.lab.process.Command;

/** Whatever else runs on this machine waits while there is a measurement. */
final class Priority {
    /** Low enough that what the process itself has lower still is within the kernel's -20. */
    private static final int NICE = -15;
    /** Field 19 of proc(5), the third being the first after the name. */
    private static final int NICE_AFTER_NAME = 16;

    private static final Path PROCESSES = Path.of("/proc");

    private Priority() {}

    /** Answers the line that runs the given one before all others. */
    static List<String> line(List<String> arguments) {
        List<String> line = new ArrayList<>(List.of("nice", "-n", Integer.toString(NICE)));
        line.addAll(arguments);
        return line;
    }

    /**
     * Has a running process go before all others: each of its threads, and those that they will start. Among each other they
     * keep the order that the process gave them.
     */
    static void raise(long pid) {
        Path threads = PROCESSES.resolve(Long.toString(pid)).resolve("task");
        Map<Integer, List<String>> byNice = new TreeMap<>();
        try (Stream<Path> all = Files.list(threads)) {
            all.forEach(thread -> nice(thread).ifPresent(nice -> byNice.computeIfAbsent(nice, any -> new ArrayList<>())
                    .add(thread.getFileName().toString())));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        byNice.forEach((nice, ids) -> {
            List<String> line = new ArrayList<>(List.of("renice", "-n", Integer.toString(nice + NICE), "-p"));
            line.addAll(ids);
            // A thread may have ended meanwhile.
            Command.of(line).run();
        });
    }

    /** Empty when the thread has ended. */
    private static OptionalInt nice(Path thread) {
        try {
            String stat = Files.readString(thread.resolve("stat"));
            List<String> afterName =
                    List.of(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1));
            return OptionalInt.of(Integer.parseInt(afterName.get(NICE_AFTER_NAME)));
        } catch (IOException ended) {
            return OptionalInt.empty();
        }
    }
}
