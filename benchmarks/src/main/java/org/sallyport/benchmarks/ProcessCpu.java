package org.sallyport.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What a process used, as the kernel counts it. */
public final class ProcessCpu {
    private static final double TICKS_PER_SECOND = 100;
    private static final int USER = 11;

    private ProcessCpu() {}

    /** Seconds on a processor, of all threads, in user space and in the kernel. */
    public static double seconds(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
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
