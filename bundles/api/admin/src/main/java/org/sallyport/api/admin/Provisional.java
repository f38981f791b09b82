package org.sallyport.api.admin;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.sallyport.api.flow.Flow;

/**
 * A change that is in force until somebody confirms it or it is rolled back by itself. Immutable.
 *
 * @param generation which it is
 * @param cause why it is provisional
 * @param since when it came into force
 * @param until when it is rolled back
 * @param files whose change it is
 * @param cutOff connections of administrators that it cuts off
 */
public record Provisional(
        long generation, Cause cause, Instant since, Instant until, List<String> files, List<Flow> cutOff) {
    public Provisional {
        files = List.copyOf(files);
        cutOff = List.copyOf(cutOff);
    }

    /** Why a change is provisional. */
    public enum Cause {
        /** It was applied by {@link ConfigurationChanges#apply}. */
        APPLIED,
        /** It cuts an administrator off. */
        CUTS_ADMINISTRATOR_OFF
    }

    /** Returns how much time is left. */
    public Duration left() {
        Duration left = Duration.between(Instant.now(), until);
        return left.isNegative() ? Duration.ZERO : left;
    }

    /** Returns what people have to know and to do. */
    public String text() {
        String why = cutOff.isEmpty() ? "" : " It cuts off " + cutOff.getFirst() + more() + ".";
        return "Generation " + generation + " is provisional." + why + " Run sallyport:policy-confirm within "
                + left().toSeconds() + "s, or it is rolled back; sallyport:policy-rollback does so at once.";
    }

    private String more() {
        return cutOff.size() == 1 ? "" : " and " + (cutOff.size() - 1) + " more";
    }
}
