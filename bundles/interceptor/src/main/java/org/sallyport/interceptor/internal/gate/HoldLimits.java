package org.sallyport.interceptor.internal.gate;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.reason.ReasonCode;

/** Bounds how many requests are held, in all and for each user. Thread safe. */
final class HoldLimits {
    private final int total;
    private final int perUser;
    private final Map<Integer, Integer> users = new HashMap<>();
    private int held;

    /**
     * Sets the bounds.
     *
     * @param total requests held at once, at least 1
     * @param perUser requests of one user held at once, at least 1
     */
    HoldLimits(int total, int perUser) {
        this.total = total;
        this.perUser = perUser;
    }

    /** Takes a place; returns why there is none. */
    synchronized Optional<Reason> enter(int user) {
        if (held >= total) {
            return Optional.of(Reason.of(ReasonCode.HOLD_LIMIT_REACHED, "the number of held requests", total));
        }
        if (users.getOrDefault(user, 0) >= perUser) {
            return Optional.of(Reason.of(
                    ReasonCode.HOLD_LIMIT_REACHED, "the number of user " + user + "'s held requests", perUser));
        }
        held++;
        users.merge(user, 1, Integer::sum);
        return Optional.empty();
    }

    /** Gives a place back. */
    synchronized void leave(int user) {
        held--;
        users.computeIfPresent(user, (u, count) -> count == 1 ? null : count - 1);
    }
}
