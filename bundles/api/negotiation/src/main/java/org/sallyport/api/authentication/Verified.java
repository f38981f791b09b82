package org.sallyport.api.authentication;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * A claim that was found true. Immutable.
 *
 * @param remaining how long the proof stays good, such as until a certificate expires: the IKE SA ends by then
 * @param words how it was proven, for people, such as "ECDSA with SHA-256, certificate CN=gw"
 */
public record Verified(Optional<Duration> remaining, String words) {
    public Verified {
        Objects.requireNonNull(remaining, "remaining");
        Objects.requireNonNull(words, "words");
    }
}
