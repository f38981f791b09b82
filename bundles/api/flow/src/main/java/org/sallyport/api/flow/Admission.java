package org.sallyport.api.flow;

import java.util.Optional;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.sa.Lease;

/** The gate's answer: a closed set. */
public sealed interface Admission {
    /**
     * The call may go on: under the lease, or in clear when policy bypasses.
     *
     * @param lease present when the flow is protected
     */
    record Proceed(Optional<Lease> lease) implements Admission {}

    /**
     * The call waits.
     *
     * @param hold ends in {@link Proceed} or {@link Refuse}
     */
    record Held(Hold hold) implements Admission {}

    /**
     * The call may go on though no SA stands: a data plane parks its packets, and asks the {@link PacketGate} for their SA. Only
     * for {@link FlowGate#admitAtOnce}.
     */
    record Parked() implements Admission {}

    /**
     * The call fails.
     *
     * @param errno what the application sees
     * @param reason what people read
     */
    record Refuse(Errno errno, Reason reason) implements Admission {}
}
