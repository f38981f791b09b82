package org.sallyport.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What a process used, as the kernel counts it. */
public final class ProcessCpu {
    private static final double TICKS_PER_SECOND = 100;
    private static final int USER = 11;

    private ProcessCpu() {}

    /** Seconds on a processor, of all threads, in user space and in the kernel. */
    public static double seconds(long pid) {
        return seconds(Path.of("/proc", Long.toString(pid), "stat"));
    }

    /** Seconds on a processor of those threads that are called so; the kernel knows 15 characters of a name. */
    public static double secondsOfThreads(long pid, Pattern names) {
        try (Stream<Path> threads = Files.list(Path.of("/proc", Long.toString(pid), "task"))) {
            return threads.filter(thread -> names.matcher(name(thread)).matches())
                    .mapToDouble(thread -> seconds(thread.resolve("stat")))
                    .sum();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Of a thread that has ended meanwhile, none. */
    private static String name(Path thread) {
        try {
            return Files.readString(thread.resolve("comm")).strip();
        } catch (IOException ended) {
            return "";
        }
    }

    private static double seconds(Path file) {
        try {
            String stat = Files.readString(file);
            // behind the name, which may hold anything; utime and stime are the 14th and 15th field of all
            List<String> fields =
                    List.of(stat.substring(stat.lastIndexOf(')') + 2).split(" "));
            return (Long.parseLong(fields.get(USER)) + Long.parseLong(fields.get(USER + 1))) / TICKS_PER_SECOND;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Octets of memory that are resident. */
    public static long residentBytes(long pid) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(pid), "status"))
                            .lines()
                            .filter(line -> line.startsWith("VmRSS:"))
                            .map(line -> line.replaceAll("[^0-9]", ""))
                            .mapToLong(Long::parseLong)
                            .sum()
                    * 1024;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
