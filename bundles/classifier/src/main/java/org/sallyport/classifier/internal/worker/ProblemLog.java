package org.sallyport.classifier.internal.worker;

import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells of a packet that met a mistake of ours, at most once a minute: packets must not fill the log. Thread safe. */
final class ProblemLog {
    private static final Logger LOG = LoggerFactory.getLogger(ProblemLog.class);
    private static final long PAUSE = 60_000_000_000L;

    private final AtomicLong next = new AtomicLong(System.nanoTime());

    void report(String doing, RuntimeException problem) {
        long now = System.nanoTime();
        long due = next.get();
        if (now - due >= 0 && next.compareAndSet(due, now + PAUSE)) {
            LOG.error(
                    "a packet was dropped while {} failed; further ones are counted as internal errors",
                    doing,
                    problem);
        }
    }
}
