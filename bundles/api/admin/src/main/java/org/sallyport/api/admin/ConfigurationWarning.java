package org.sallyport.api.admin;

import java.util.List;

/**
 * Something in the configuration that is allowed, and perhaps not meant. Immutable.
 *
 * @param kind what it is
 * @param policy which policy it is about
 * @param file where that comes from
 * @param earlier policies that are asked before it, some of them at least
 * @param earlierFiles where those come from, in the same order
 * @param andMore whether there are more of them
 */
public record ConfigurationWarning(
        Kind kind, String policy, String file, List<String> earlier, List<String> earlierFiles, boolean andMore) {
    /** What there is to be warned of. */
    public enum Kind {
        /** Policies that are asked before it take all that it is for, so that it never decides. */
        SHADOWED,
        /** Policies that are asked before it take a part of what it is for, and do something else with it. */
        OVERLAPPING
    }

    public ConfigurationWarning {
        earlier = List.copyOf(earlier);
        earlierFiles = List.copyOf(earlierFiles);
    }

    /** Returns the whole message. */
    public String text() {
        String others = String.join(", ", earlierFiles) + (andMore ? " and others" : "");
        return file + ": "
                + switch (kind) {
                    case SHADOWED ->
                        "policy \"" + policy + "\" never decides, because what is asked before it takes all"
                                + " that it is for: " + others;
                    case OVERLAPPING ->
                        "policy \"" + policy + "\" decides in part only; what is asked before it does"
                                + " something else with the rest: " + others;
                };
    }
}
