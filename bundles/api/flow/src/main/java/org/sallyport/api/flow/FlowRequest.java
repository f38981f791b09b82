package org.sallyport.api.flow;

import org.sallyport.api.policy.Origin;
import org.sallyport.api.sa.LeaseHolder;

/**
 * A request to use a flow. Immutable.
 *
 * @param flow the exact flow, source and ports bound
 * @param requester who asks
 * @param holder who will use the SA
 * @param origin whether this host or somebody behind it speaks
 */
public record FlowRequest(Flow flow, Requester requester, LeaseHolder holder, Origin origin) {
    /** A request of one of this host's sockets, named by its SO_COOKIE. */
    public static FlowRequest ofSocket(Flow flow, Requester requester, long cookie) {
        return new FlowRequest(flow, requester, new LeaseHolder.Socket(cookie), Origin.HOST);
    }

    /** A request on behalf of packets behind which no socket of this host was found. */
    public static FlowRequest ofPackets(Flow flow, Origin origin) {
        return new FlowRequest(flow, Requester.UNKNOWN, new LeaseHolder.Packets(flow), origin);
    }
}
