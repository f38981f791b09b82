package org.sallyport.connections.internal;

import java.util.Optional;
import org.sallyport.api.admin.ConnectionState;
import org.sallyport.api.negotiation.Start;
import org.sallyport.api.reason.Reason;

/**
 * How it stands with a connection, and why. Immutable.
 *
 * @param state in one word
 * @param reason in more
 */
record Standing(ConnectionState state, String reason) {
    /**
     * What a standing is judged by.
     *
     * @param start when its SAs are negotiated
     * @param takenDown by whom it was taken down, until it is brought up again
     * @param ikeSas how many stand
     * @param policies how many lead to the peer
     * @param standing under how many of them a pair stands
     * @param trouble what failed and has not succeeded since
     * @param lastEnd why the last IKE SA ended
     * @param lastRefusal why whoever came since then as this peer was refused
     */
    record Facts(
            Start start,
            Optional<String> takenDown,
            int ikeSas,
            int policies,
            int standing,
            Optional<Reason> trouble,
            Optional<Reason> lastEnd,
            Optional<Reason> lastRefusal) {}

    static Standing of(Facts facts) {
        return facts.ikeSas() > 0 || facts.standing() > 0 ? present(facts) : absent(facts);
    }

    private static Standing present(Facts facts) {
        String part = facts.standing() + " of " + facts.policies() + " policies have an SA";
        if (facts.trouble().isPresent()) {
            return new Standing(ConnectionState.DEGRADED, facts.trouble().get().text());
        }
        if (facts.ikeSas() == 0) {
            return new Standing(ConnectionState.DEGRADED, part + ", but no IKE SA stands that could renew it");
        }
        if (facts.start() == Start.AT_START && facts.standing() < facts.policies()) {
            return new Standing(ConnectionState.DEGRADED, part);
        }
        return facts.standing() == 0
                ? new Standing(ConnectionState.CONFIGURED, "its IKE SA stands; nothing needs an SA now")
                : new Standing(ConnectionState.UP, part);
    }

    private static Standing absent(Facts facts) {
        if (facts.takenDown().isPresent()) {
            return new Standing(
                    ConnectionState.CONFIGURED,
                    "taken down by " + facts.takenDown().get());
        }
        if (facts.trouble().isPresent()) {
            return new Standing(ConnectionState.DOWN, facts.trouble().get().text());
        }
        String before = facts.lastRefusal()
                .map(r -> "; who came last was refused: " + r.text())
                .or(() -> facts.lastEnd().map(r -> "; it ended last: " + r.text()))
                .orElse("");
        return switch (facts.start()) {
            case AT_START -> new Standing(ConnectionState.DOWN, "it is not negotiated yet" + before);
            case ON_DEMAND -> new Standing(ConnectionState.CONFIGURED, "waits for a flow that needs it" + before);
            case BY_HAND -> new Standing(ConnectionState.CONFIGURED, "waits for an administrator" + before);
        };
    }
}
