package org.sallyport.classifier.internal.worker;

/** Lets so many through each second, and a burst of as many as it has saved. Belongs to one thread. */
final class TokenBucket {
    private final long nanosPerToken;
    private final long most;
    private long saved;
    private long last;

    TokenBucket(int perSecond, int burst) {
        this.nanosPerToken = 1_000_000_000L / perSecond;
        this.most = burst * nanosPerToken;
        this.saved = most;
    }

    boolean take(long now) {
        saved = Math.min(most, saved + Math.max(0, now - last));
        last = now;
        if (saved < nanosPerToken) {
            return false;
        }
        saved -= nanosPerToken;
        return true;
    }
}
