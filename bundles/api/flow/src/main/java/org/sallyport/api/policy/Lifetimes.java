package org.sallyport.api.policy;

import java.time.Duration;

/**
 * When an SA is rekeyed (soft) and when it ends (hard) (RFC 4301 section 4.4.2.1). Immutable.
 *
 * @param softTime age at which a successor is negotiated; positive, below {@code hardTime}
 * @param hardTime age at which it ends
 * @param softOctets octets, 0 = no limit
 * @param hardOctets octets, 0 = no limit
 * @param softPackets packets, 0 = no limit
 * @param hardPackets packets, 0 = no limit
 */
public record Lifetimes(
        Duration softTime, Duration hardTime, long softOctets, long hardOctets, long softPackets, long hardPackets) {
    /** An hour, a successor six minutes before; no other limit. */
    public static final Lifetimes DEFAULT = new Lifetimes(Duration.ofMinutes(54), Duration.ofHours(1), 0, 0, 0, 0);

    public Lifetimes {
        if (softTime.isNegative() || softTime.isZero() || softTime.compareTo(hardTime) >= 0) {
            throw new IllegalArgumentException("the soft lifetime is positive and below the hard one");
        }
        if (softOctets < 0 || hardOctets < 0 || softPackets < 0 || hardPackets < 0) {
            throw new IllegalArgumentException("a lifetime is not negative");
        }
    }
}
