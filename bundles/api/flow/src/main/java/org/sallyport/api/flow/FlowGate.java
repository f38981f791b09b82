package org.sallyport.api.flow;

/**
 * Decides whether a socket's request may go on (the first journey): lease on a living lineage, policy, SA under the
 * matching entry, else hold and negotiate. One negotiation serves all requests that it covers. Thread safe; never blocks.
 */
public interface FlowGate {
    /** Answers at once: {@link Admission.Proceed}, {@link Admission.Held} or {@link Admission.Refuse}. */
    Admission admit(FlowRequest request);

    /**
     * Like {@link #admit}, for a caller that will not wait: what would be held is {@link Admission.Parked} where a data plane
     * stands to park its packets, and held all the same where none does.
     */
    Admission admitAtOnce(FlowRequest request);
}
