package org.sallyport.interceptor.internal.gate;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.sallyport.api.flow.Flow;
import org.sallyport.api.flow.FlowRequest;
import org.sallyport.api.flow.Requester;
import org.sallyport.api.sa.LeaseHolder;

/**
 * Who went on without waiting: the kernel says of a packet's socket whose it is, but not which program asked by it. The
 * latest ones. Thread safe.
 */
final class Callers {
    private static final int MOST = 8192;

    /** A packet follows its call at once; later, the flow may be somebody else's. */
    private static final Duration FRESH = Duration.ofSeconds(1);

    private final Map<Flow, Call> calls = latest();
    private final Map<LeaseHolder, Requester> bySocket = latest();

    private record Call(FlowRequest request, long nanos) {}

    private static <K, V> Map<K, V> latest() {
        return new LinkedHashMap<>() {
            @Override
            protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
                return size() > MOST;
            }
        };
    }

    synchronized void add(FlowRequest request) {
        calls.remove(request.flow());
        calls.put(request.flow(), new Call(request, System.nanoTime()));
        bySocket.remove(request.holder());
        bySocket.put(request.holder(), request.requester());
    }

    /** Returns, once, the call that has just been made by this flow: its first packet asks for it. */
    synchronized Optional<FlowRequest> take(Flow flow) {
        return Optional.ofNullable(calls.remove(flow))
                .filter(call -> System.nanoTime() - call.nanos < FRESH.toNanos())
                .map(Call::request);
    }

    /** Returns who asked by this socket, unless that was long ago. */
    synchronized Optional<Requester> find(LeaseHolder socket) {
        return Optional.ofNullable(bySocket.get(socket));
    }
}
