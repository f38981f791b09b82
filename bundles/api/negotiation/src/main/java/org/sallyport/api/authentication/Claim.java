package org.sallyport.api.authentication;

import org.sallyport.api.negotiation.Identity;
import org.sallyport.api.negotiation.PadEntry;

/**
 * What a peer says about itself, to be judged. Immutable; nothing of it is to be trusted but the entry.
 *
 * @param peer its entry; its remote identity may be a pattern
 * @param identity who it says it is, which the entry's identity matches
 * @param octets what it should have signed
 * @param announced what it said that it accepts, which tells what it knows
 * @param proof its AUTH and CERT payloads
 */
public record Claim(PadEntry peer, Identity identity, SignedOctets octets, Announcement announced, AuthProof proof) {}
