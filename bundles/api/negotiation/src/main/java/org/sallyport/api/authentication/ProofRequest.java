package org.sallyport.api.authentication;

import org.sallyport.api.negotiation.PadEntry;

/**
 * A proof that we are wanted to give. Immutable.
 *
 * @param peer who wants it; its local identity is the one to prove
 * @param octets what is signed
 * @param announced what the peer says it accepts
 */
public record ProofRequest(PadEntry peer, SignedOctets octets, Announcement announced) {}
