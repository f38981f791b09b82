package org.sallyport.crypto.internal;

import java.security.GeneralSecurityException;
import java.security.Provider;
import java.util.concurrent.ArrayBlockingQueue;
import javax.crypto.Mac;
import org.jspecify.annotations.Nullable;

/**
 * MACs of one algorithm that nobody uses just now, without a key: to find one with its provider takes longer than a short
 * computation with it. So many as are used at once are kept, up to a bound. Thread safe.
 */
final class SpareMacs {
    private static final int MOST = 16;

    private final Provider provider;
    private final String algorithm;
    private final ArrayBlockingQueue<Mac> spare = new ArrayBlockingQueue<>(MOST);

    SpareMacs(Provider provider, String algorithm) {
        this.provider = provider;
        this.algorithm = algorithm;
    }

    /** Takes one, for a key of the caller's; it is given back when it is no longer used. */
    Mac take() {
        @Nullable Mac kept = spare.poll();
        try {
            return kept == null ? Mac.getInstance(algorithm, provider) : kept;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the JDK does not compute " + algorithm, e);
        }
    }

    /** Takes one back; its key is forgotten. */
    void giveBack(Mac mac) {
        Jce.forget(mac, algorithm);
        spare.offer(mac);
    }
}
