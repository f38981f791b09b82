package org.sallyport.classifier.internal.worker;

import java.util.concurrent.atomic.AtomicLong;

/** Lets one through a minute: packets must not fill the log. Thread safe. */
final class OnceAMinute {
    private static final long PAUSE = 60_000_000_000L;

    private final AtomicLong next;

    /** @param nanos a time from which on one is let through */
    OnceAMinute(long nanos) {
        next = new AtomicLong(nanos);
    }

    /** Tells, once, that one may go. */
    boolean take(long nanos) {
        long due = next.get();
        return nanos - due >= 0 && next.compareAndSet(due, nanos + PAUSE);
    }
}
