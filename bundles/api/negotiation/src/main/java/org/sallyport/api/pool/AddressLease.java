package org.sallyport.api.pool;

import org.sallyport.api.negotiation.Identity;
import org.sallyport.api.sa.IkeSaId;

/**
 * What one pool gave to one peer, for as long as one IKE SA stands. Immutable.
 *
 * @param pool the pool's name
 * @param ikeSa for how long
 * @param identity whose
 * @param configuration what it was given
 */
public record AddressLease(String pool, IkeSaId ikeSa, Identity identity, HostConfiguration configuration) {}
