package org.sallyport.example.toy;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What strangers may cost us: HELLOs are looked at so many in a second, and each that somebody who knows the secret made is
 * answered by a new conversation once, however often it comes. Used by one thread.
 */
final class Door {
    /** HELLOs whose secret is looked up in a second. */
    static final int HELLOS_PER_SECOND = 50;
    /** Conversations that wait for whoever said HELLO. */
    static final int MOST_ANSWERED = 64;

    private static final int MOST_REMEMBERED = 4096;
    private static final long SECOND = 1_000_000_000L;

    private final Map<String, Long> answered = new LinkedHashMap<>();
    private double tokens = HELLOS_PER_SECOND;
    private long filledAt;
    private boolean filled;

    /** Tells whether one more HELLO is looked at now. */
    boolean admits(long now) {
        double gained = filled ? (double) (now - filledAt) * HELLOS_PER_SECOND / SECOND : 0;
        tokens = Math.min(HELLOS_PER_SECOND, tokens + gained);
        filledAt = now;
        filled = true;
        if (tokens < 1) {
            return false;
        }
        tokens--;
        return true;
    }

    /** Returns the session that answered this HELLO before; 0 when it is new. */
    long answered(byte[] mac) {
        return answered.getOrDefault(name(mac), 0L);
    }

    /** Remembers which session answered a HELLO. */
    void remember(byte[] mac, long session) {
        answered.put(name(mac), session);
        if (answered.size() > MOST_REMEMBERED) {
            answered.remove(answered.keySet().iterator().next());
        }
    }

    private static String name(byte[] mac) {
        return java.util.HexFormat.of().formatHex(mac);
    }
}
