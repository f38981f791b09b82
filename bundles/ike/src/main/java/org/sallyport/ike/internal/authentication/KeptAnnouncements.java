package org.sallyport.ike.internal.authentication;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.sallyport.api.authentication.Announcement;
import org.sallyport.api.negotiation.PadEntry;

/**
 * What was announced to peers a moment ago: whoever sends many first requests, and has proven nothing yet, does not have
 * the authentication methods asked for each. Files that methods read are followed with that much delay. Thread safe.
 */
final class KeptAnnouncements {
    private static final long MOMENT = 1_000_000_000L;
    private static final int MOST = 1024;

    private final LongSupplier clock;
    private Map<List<PadEntry>, Announcement> kept = new HashMap<>();
    private long since;

    KeptAnnouncements() {
        this(System::nanoTime);
    }

    /** @param clock nanoseconds */
    KeptAnnouncements(LongSupplier clock) {
        this.clock = clock;
        this.since = clock.getAsLong();
    }

    /** Returns what was announced to these peers within the last moment. */
    synchronized Optional<Announcement> to(List<PadEntry> peers) {
        if (clock.getAsLong() - since > MOMENT) {
            forget();
        }
        @Nullable Announcement known = kept.get(peers);
        return Optional.ofNullable(known);
    }

    /** Keeps what is announced to these peers, and returns it. */
    synchronized Announcement keep(List<PadEntry> peers, Announcement announcement) {
        if (kept.size() < MOST) {
            kept.put(peers, announcement);
        }
        return announcement;
    }

    /** Somebody else may announce something else. */
    synchronized void forget() {
        kept = new HashMap<>();
        since = clock.getAsLong();
    }
}
