package org.sallyport.api.admin;

import java.time.Duration;
import java.util.Optional;

/**
 * Changes of the configuration: shown before, applied whole, and rolled back by themselves when nobody confirms them.
 * Thread safe; one call is served at a time, and each may take some seconds.
 */
public interface ConfigurationChanges {
    /** Says what a candidate would do; changes nothing. */
    ChangePreview preview(ConfigurationCandidate candidate);

    /**
     * Puts a candidate in force provisionally: its files replace those in the configuration folder, and unless
     * {@link #confirm} comes in time the files and policies before are restored.
     *
     * @param confirmWithin 10 seconds to an hour; empty for what is configured
     */
    ChangeOutcome apply(ConfigurationCandidate candidate, Optional<Duration> confirmWithin);

    /** Keeps the provisional change, and returns it; empty when there is none. */
    Optional<Provisional> confirm();

    /** Rolls the provisional change back at once, and returns it; empty when there is none. */
    Optional<Provisional> rollBack();
}
