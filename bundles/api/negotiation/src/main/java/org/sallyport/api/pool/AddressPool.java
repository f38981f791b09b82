package org.sallyport.api.pool;

import java.util.List;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Gives addresses to peers that ask for them in IKE_AUTH (RFC 7296 section 2.19). Registered as a service with the
 * property {@link #NAME}; a peer's {@code pool} names it. Thread safe; every call may block for some seconds.
 *
 * <p>The traffic selectors of such a peer are narrowed to the addresses that it was given. A pool gives no address to two
 * identities at once. One identity that asks by a second IKE SA, as it does when it authenticates itself anew, is best
 * given the same address again: until the older IKE SA has ended it holds two leases of it.
 */
@ConsumerType
public interface AddressPool {
    /** Service property: the name that peers are configured with. */
    String NAME = "address-pool";

    /**
     * Gives a peer addresses, until {@link #release}.
     *
     * @return at most one address of each family that was asked for, and what else the peer is to know. A family that the
     *     pool does not have is left out: perhaps the peer's next pool has it
     * @throws AddressUnavailableException when the pool has the family and no address is left, or this peer gets none
     */
    HostConfiguration lease(AddressRequest request) throws AddressUnavailableException;

    /** Takes a lease back: its IKE SA has ended, or nobody waited for the answer any more. One that is not known is passed over. */
    void release(AddressLease lease);

    /**
     * Hears which of its leases stand, before it is asked for others: when the pool comes while IKE SAs stand, and when the
     * negotiator starts anew and goes on with IKE SAs. Every other lease has ended.
     */
    default void standing(List<AddressLease> leases) {}
}
