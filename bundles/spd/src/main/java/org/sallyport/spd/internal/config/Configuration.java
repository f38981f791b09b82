package org.sallyport.spd.internal.config;

import java.util.List;
import org.sallyport.api.admin.ConfigurationProblem;
import org.sallyport.api.admin.ConfigurationWarning;
import org.sallyport.api.negotiation.PadEntry;
import org.sallyport.api.policy.Policy;
import org.sallyport.spd.internal.kernel.Enforcement;

/**
 * A whole configuration without a mistake. Immutable.
 *
 * @param policies in force, in the order in which they are asked
 * @param asleep policies for which others have to be logged in, in that order too
 * @param peers in the order of their names
 * @param enforcement how the kernel enforces it
 * @param administration what keeps an administrator from being cut off
 * @param warnings what is allowed, and perhaps not meant
 */
public record Configuration(
        List<Policy> policies,
        List<Policy> asleep,
        List<PadEntry> peers,
        Enforcement enforcement,
        Administration administration,
        List<ConfigurationWarning> warnings) {
    /** What there is before anything was read. */
    public static final Configuration EMPTY =
            new Configuration(List.of(), List.of(), List.of(), Enforcement.DEFAULT, Administration.DEFAULT, List.of());

    public Configuration {
        policies = List.copyOf(policies);
        asleep = List.copyOf(asleep);
        peers = List.copyOf(peers);
        warnings = List.copyOf(warnings);
    }

    /**
     * What became of reading.
     *
     * @param sound what could be read without a mistake; whole when there are no problems
     * @param problems every mistake
     */
    public record Outcome(Configuration sound, List<ConfigurationProblem> problems) {
        public Outcome {
            problems = List.copyOf(problems);
        }

        /** Tells whether it may come into force: it is taken whole or not at all. */
        public boolean accepted() {
            return problems.isEmpty();
        }
    }
}
