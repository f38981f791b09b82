package org.sallyport.ike.internal.core;

import java.security.SecureRandom;
import org.sallyport.api.negotiation.Pad;
import org.sallyport.api.policy.Spd;
import org.sallyport.crypto.CryptoRegistry;

/**
 * What every session is given: immutable snapshots to look things up in, algorithms, randomness. Immutable.
 *
 * @param pad the peers
 * @param spd the policies
 * @param crypto the algorithms
 * @param random where SPIs, nonces and keys come from
 * @param tuning bounds and waits
 */
public record CoreContext(Pad pad, Spd spd, CryptoRegistry crypto, SecureRandom random, Tuning tuning) {}
