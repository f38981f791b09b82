package org.sallyport.api.admin;

import java.util.Map;
import java.util.Optional;
import org.sallyport.api.event.Feed;

/** The state of the configuration for people. Thread safe. */
public interface ConfigurationInspection {
    /** Returns the feed of mistakes that stand now, keyed by file and key; it is empty when all is well. */
    Feed<String, ConfigurationProblem> problems();

    /** Returns the feed of what is allowed and perhaps not meant in the configuration in force, keyed by policy. */
    Feed<String, ConfigurationWarning> warnings();

    /** Returns the change that is in force until somebody confirms it or it is rolled back; never blocks. */
    Optional<Provisional> provisional();

    /**
     * Returns what the kernel's guard counted for each policy, by its name, since the start: what a bypass policy let
     * pass, and what a discard or protect policy dropped in clear. Policies that stay keep their counts over generations.
     * Asks the kernel, so it may take a moment; empty when the kernel cannot be asked.
     */
    Map<String, ChildSaView.Traffic> clearTraffic();
}
