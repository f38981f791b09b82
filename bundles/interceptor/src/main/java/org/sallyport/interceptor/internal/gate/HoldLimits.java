package org.sallyport.interceptor.internal.gate;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.sallyport.api.flow.FlowRequest;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.reason.ReasonCode;
import org.sallyport.api.sa.LeaseHolder;

/** Bounds how much is held, in all and for each party: a user, or an address that sends. Thread safe. */
final class HoldLimits {
    private final int total;
    private final int perParty;
    private final Map<Object, Integer> parties = new HashMap<>();
    private int held;

    /**
     * Sets the bounds.
     *
     * @param total requests held at once, at least 1
     * @param perParty requests of one party held at once, at least 1
     */
    HoldLimits(int total, int perParty) {
        this.total = total;
        this.perParty = perParty;
    }

    /** Returns who answers for a request: the user whose socket it is, or the address that sends. */
    static Object party(FlowRequest request) {
        return switch (request.holder()) {
            case LeaseHolder.Socket socket -> "user " + request.requester().userId();
            case LeaseHolder.Packets packets -> request.flow().local().getHostAddress();
        };
    }

    /** Takes a place; returns why there is none. */
    synchronized Optional<Reason> enter(Object party) {
        if (held >= total) {
            return Optional.of(Reason.of(ReasonCode.HOLD_LIMIT_REACHED, "the number of held requests", total));
        }
        if (parties.getOrDefault(party, 0) >= perParty) {
            return Optional.of(
                    Reason.of(ReasonCode.HOLD_LIMIT_REACHED, "the number of held requests of " + party, perParty));
        }
        held++;
        parties.merge(party, 1, Integer::sum);
        return Optional.empty();
    }

    /** Gives a place back. */
    synchronized void leave(Object party) {
        held--;
        parties.computeIfPresent(party, (p, count) -> count == 1 ? null : count - 1);
    }
}
