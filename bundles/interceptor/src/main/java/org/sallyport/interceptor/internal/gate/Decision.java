package org.sallyport.interceptor.internal.gate;

import org.sallyport.api.flow.Errno;
import org.sallyport.api.policy.Policy;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.sa.Lease;

/** What is known of a request at one moment. */
sealed interface Decision {
    /** Tells whether policy depends on who asks. */
    default boolean byName() {
        return false;
    }

    /** The socket had leased an SA for this flow before. */
    record Leased(Lease lease) implements Decision {}

    /** An SA stands under the entry; the socket leases it now, and the flow is bound to it. */
    record Protected(Policy policy, boolean byName, Lease lease) implements Decision {}

    /** Nothing protects the flow, nor should it; the name is the entry's, or "default". */
    record Bypassed(String policy) implements Decision {}

    /** It may not be. */
    record Refused(String policy, Errno errno, Reason reason) implements Decision {}

    /** It is to be protected, and no SA stands yet; by name means that its packets wait until the flow is bound. */
    record Unprotected(Policy policy, boolean byName) implements Decision {}
}
