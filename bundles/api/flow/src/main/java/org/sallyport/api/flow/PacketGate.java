package org.sallyport.api.flow;

import org.sallyport.api.sa.ChildSaId;

/**
 * The gate for packets that no front end asked for before they came (the second journey): forwarded ones, and those of
 * sockets that no launcher started. Flows are named with our side local, whichever way the packet went. Called by the data
 * plane, never on the way of a packet. Thread safe; never blocks.
 */
public interface PacketGate {
    /**
     * A packet of this flow is parked because no SA stands for it. One answer serves every packet of the flow.
     * {@link Admission.Held} ends within the policy's hold time; {@link Hold#abandon} tells that nothing is parked any more.
     */
    Admission admit(Flow flow);

    /** An SA of this lineage has carried a packet of a flow that the data plane did not know, in either direction. */
    void begun(Flow flow, ChildSaId lineage);

    /** The data plane has forgotten the flow: it was idle for long, or both sides have closed it. */
    void ended(Flow flow);
}
