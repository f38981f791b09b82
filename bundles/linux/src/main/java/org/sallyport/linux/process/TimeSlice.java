package org.sallyport.linux.process;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import org.sallyport.linux.internal.Scratch;
import org.sallyport.linux.internal.SystemCalls;

/**
 * For how long a thread keeps a processor that others want. Whoever has a shorter one than the thread that runs takes the
 * processor from it upon waking, where it would wait until that one's is over otherwise (sched_setattr(2), sched_runtime of
 * SCHED_OTHER, since Linux 6.12).
 */
public final class TimeSlice {
    /** The kernel's own is some milliseconds. */
    private static final Duration SHORT = Duration.ofNanos(500_000);

    /** {@code sizeof(struct sched_attr)} in its first version. */
    private static final int ATTRIBUTES_BYTES = 48;

    private static final int RUNTIME_OFFSET = 24;
    private static final int SELF = 0;

    private TimeSlice() {}

    /**
     * Gives the calling thread a short one. Its priority, and for how long it may run in all, stay as they are.
     *
     * @return false when the kernel cannot, which is older than Linux 6.12 then
     */
    public static boolean shorten() {
        return switch (System.getProperty("os.arch", "")) {
            case "amd64" -> shorten(314, 315);
            case "aarch64" -> shorten(274, 275);
            default -> false;
        };
    }

    private static boolean shorten(int setAttributes, int getAttributes) {
        try (Scratch scratch = Scratch.open()) {
            MemorySegment attributes = scratch.allocate(ATTRIBUTES_BYTES, Long.BYTES);
            if (SystemCalls.syscall(getAttributes, SELF, attributes.address(), ATTRIBUTES_BYTES, 0) < 0) {
                return false;
            }
            attributes.set(JAVA_LONG, RUNTIME_OFFSET, SHORT.toNanos());
            return SystemCalls.syscall(setAttributes, SELF, attributes.address(), 0, 0) >= 0
                    && SystemCalls.syscall(getAttributes, SELF, attributes.address(), ATTRIBUTES_BYTES, 0) >= 0
                    && attributes.get(JAVA_LONG, RUNTIME_OFFSET) == SHORT.toNanos();
        }
    }
}
