package org.sallyport.api.sa;

import org.sallyport.api.flow.Flow;

/**
 * What carries packets. The SAD calls it; one that appears is given every living SA first. Two may stand side by side
 * while one replaces the other: the bearer of the port leases moves packets. Calls return once every worker acts on them,
 * within a second. Thread safe.
 */
public interface DataPlane {
    /**
     * An inbound SPI was reserved. Who is told of it may send by it before its SA is installed: what comes until then may
     * be kept, within bounds and for a short time, and be received once the SA is there. The reservation ends when the SA
     * is installed, or with {@link #release}.
     */
    default void reserve(SpiKey inbound) {}

    /** An inbound SPI is reserved no longer, and there is no SA for it. What is not reserved is passed over. */
    default void release(SpiKey inbound) {}

    /**
     * Starts to accept packets for an inbound SA.
     *
     * @throws SaRefusedException when it cannot carry this SA (an algorithm that no provider has, a bound)
     */
    void installInbound(InstalledSa sa) throws SaRefusedException;

    /**
     * Starts to send by an outbound SA, in preference to older ones of the same lineage.
     *
     * @throws SaRefusedException when it cannot carry this SA
     */
    SaPairHandle activateOutbound(InstalledSa inbound, InstalledSa outbound) throws SaRefusedException;

    /** Stops to send by an outbound SA. */
    void retire(InstalledSa outbound);

    /** Forgets an SA; when it returns no worker refers to the slot any more, and it may be wiped and freed. */
    void remove(InstalledSa sa);

    /** Sends exactly this flow by this lineage, whatever the selectors of others say. */
    void bind(Flow flow, ChildSaId lineage);

    /** Takes a binding back. */
    void unbind(Flow flow);

    /**
     * Every SA and binding that lived when this data plane appeared was given: the moment to take the port leases from
     * another one without losing a packet. Called once.
     */
    default void caughtUp() {}

    /** Tells whether packets are carried by now: a data plane that has just appeared may have to get ready first. */
    default boolean carries() {
        return true;
    }

    /**
     * Returns how many workers share the inbound SAs: the one that gets an SA's packets follows from the remainder of its
     * SPI, as an unsigned number, by their number.
     */
    default int workers() {
        return 1;
    }

    /**
     * Tells whether packets of this host's own sockets that come before their SA wait here, are sent in order when it
     * stands, and are answered when it cannot be. Only then may a call that does not wait go on without an SA.
     */
    default boolean parks() {
        return false;
    }
}
