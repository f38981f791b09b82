package org.sallyport.classifier.internal.worker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.LongSupplier;

/** Nanoseconds since boot: the machine's uptime when this was made, and the JVM's clock from there on. Thread safe. */
final class BootClock implements LongSupplier {
    private static final Path UPTIME = Path.of("/proc/uptime");

    private final long offset = uptime() - System.nanoTime();

    @Override
    public long getAsLong() {
        return System.nanoTime() + offset;
    }

    private static long uptime() {
        try {
            String text = Files.readString(UPTIME);
            return (long) (Double.parseDouble(text.substring(0, text.indexOf(' '))) * 1e9);
        } catch (IOException e) {
            throw new UncheckedIOException("/proc/uptime cannot be read: is /proc mounted?", e);
        }
    }
}
