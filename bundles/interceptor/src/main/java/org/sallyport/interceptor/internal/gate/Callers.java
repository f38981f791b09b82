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

    private final Map<LeaseHolder, Requester> bySocket = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<LeaseHolder, Requester> eldest) {
            return size() > MOST;
        }
    };

    synchronized void add(FlowRequest request) {
        bySocket.remove(request.holder());
        bySocket.put(request.holder(), request.requester());
    }

    /** Returns who asked by this socket, unless that was long ago. */
    synchronized Optional<Requester> find(LeaseHolder socket) {
        return Optional.ofNullable(bySocket.get(socket));
    }
}
