package org.sallyport.interceptor.internal.gate;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.sallyport.api.flow.FlowRequest;
import org.sallyport.api.flow.Requester;
import org.sallyport.api.sa.LeaseHolder;

/**
 * Who went on without waiting: the kernel says of a packet's socket whose it is, but not which program asked by it. The
 * latest ones, by socket. Thread safe.
 */
final class Callers {
    private static final int MOST = 8192;

    private final Map<LeaseHolder, Caller> bySocket = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<LeaseHolder, Caller> eldest) {
            return size() > MOST;
        }
    };

    /** @param asks whether no packet has asked for it yet */
    private record Caller(Requester requester, boolean asks) {}

    synchronized void add(FlowRequest request) {
        bySocket.remove(request.holder());
        bySocket.put(request.holder(), new Caller(request.requester(), true));
    }

    /** Returns who asked by this socket, unless that was long ago. */
    synchronized Optional<Requester> find(LeaseHolder socket) {
        return Optional.ofNullable(bySocket.get(socket)).map(Caller::requester);
    }

    /** Tells, once for each call, that a packet of this socket asks for it, and is not one of those that keep coming. */
    synchronized boolean takeCall(LeaseHolder socket) {
        Optional<Caller> caller = Optional.ofNullable(bySocket.get(socket)).filter(Caller::asks);
        caller.ifPresent(asking -> bySocket.put(socket, new Caller(asking.requester(), false)));
        return caller.isPresent();
    }
}
