package org.sallyport.ike.internal.runtime;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Nanoseconds since boot, suspend included: lifetimes go on while the machine sleeps. The JVM's own clock stops in suspend,
 * so it is compared with the kernel's uptime now and then. Thread safe.
 */
final class BootClock {
    private static final Logger LOG = LoggerFactory.getLogger(BootClock.class);
    private static final Path UPTIME = Path.of("/proc/uptime");
    private static final double NANOS = 1e9;
    /** The uptime has two decimals; what is below this is rounding. */
    private static final long TOLERANCE = 100_000_000L;

    private volatile long offset;

    BootClock() {
        try {
            offset = uptime() - System.nanoTime();
        } catch (IOException e) {
            LOG.warn("/proc/uptime cannot be read ({}): lifetimes stand still while the machine sleeps", e.toString());
        }
    }

    long now() {
        return System.nanoTime() + offset;
    }

    /** Takes in how long the machine slept since the last call. */
    void resynchronise() {
        try {
            long now = uptime() - System.nanoTime();
            if (Math.abs(now - offset) > TOLERANCE) {
                offset = now;
            }
        } catch (IOException e) {
            LOG.debug("/proc/uptime cannot be read", e);
        }
    }

    private static long uptime() throws IOException {
        String text = Files.readString(UPTIME);
        return (long) (Double.parseDouble(text.substring(0, text.indexOf(' '))) * NANOS);
    }
}
