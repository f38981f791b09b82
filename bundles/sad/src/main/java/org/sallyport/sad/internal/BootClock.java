package org.sallyport.sad.internal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.LongSupplier;

/**
 * Nanoseconds since boot, suspend included: an SA grows old while the machine sleeps. The JVM's own clock stops in
 * suspend, so it is compared with the kernel's uptime now and then. Thread safe.
 */
final class BootClock implements LongSupplier {
    private static final Path UPTIME = Path.of("/proc/uptime");
    private static final long NANOS_PER_SECOND = 1_000_000_000L;
    /** The uptime has two decimals; what is below this is rounding. */
    private static final long TOLERANCE = 100_000_000L;

    private volatile long offset = uptime() - System.nanoTime();

    @Override
    public long getAsLong() {
        return System.nanoTime() + offset;
    }

    /** Takes in how long the machine slept since the last call. */
    void resynchronise() {
        long now = uptime() - System.nanoTime();
        if (Math.abs(now - offset) > TOLERANCE) {
            offset = now;
        }
    }

    private static long uptime() {
        try {
            String text = Files.readString(UPTIME);
            return (long) (Double.parseDouble(text.substring(0, text.indexOf(' '))) * NANOS_PER_SECOND);
        } catch (IOException e) {
            throw new UncheckedIOException("/proc/uptime cannot be read: is /proc mounted?", e);
        }
    }
}
