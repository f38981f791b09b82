package org.sallyport.lab.process;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;

/** Waiting for something that is seen from outside, bounded in time. */
public final class Wait {
    private static final Duration PAUSE = Duration.ofMillis(20);

    private Wait() {}

    /** Waits until the condition holds; when it does not within the limit, the error says what was waited for. */
    public static void until(String what, Duration limit, Callable<Boolean> condition) {
        if (!holds(limit, condition)) {
            throw new CommandFailedException("waited %d ms in vain for %s".formatted(limit.toMillis(), what));
        }
    }

    /** Waits until the condition holds; false when it does not within the limit. */
    public static boolean holds(Duration limit, Callable<Boolean> condition) {
        long end = System.nanoTime() + limit.toNanos();
        while (true) {
            if (evaluate(condition)) {
                return true;
            }
            if (System.nanoTime() - end >= 0 || Thread.currentThread().isInterrupted()) {
                return false;
            }
            LockSupport.parkNanos(PAUSE.toNanos());
        }
    }

    /** Waits for a fixed time. */
    public static void pause(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new CommandFailedException("interrupted", interrupted);
        }
    }

    private static boolean evaluate(Callable<Boolean> condition) {
        try {
            return condition.call();
        } catch (RuntimeException failure) {
            throw failure;
        } catch (Exception failure) {
            throw new CommandFailedException("the condition could not be evaluated: " + failure.getMessage(), failure);
        }
    }
}
