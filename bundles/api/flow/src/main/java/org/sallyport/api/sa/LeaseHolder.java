package org.sallyport.api.sa;

import org.sallyport.api.flow.Flow;

/** Who uses an SA: a closed set. Immutable. */
public sealed interface LeaseHolder {
    /**
     * A socket; its lease ends when the kernel destroys it.
     *
     * @param cookie the kernel's SO_COOKIE of the socket, which names it as long as the machine runs
     */
    record Socket(long cookie) implements LeaseHolder {
        @Override
        public String toString() {
            return "socket " + cookie;
        }
    }

    /**
     * A flow behind which no socket of ours was found: forwarded, or the kernel's own. Its lease ends when the data plane
     * has forgotten the flow.
     *
     * @param flow the flow, our side local
     */
    record Packets(Flow flow) implements LeaseHolder {
        @Override
        public String toString() {
            return "flow " + flow;
        }
    }
}
