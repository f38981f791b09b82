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
 * Who asked by which socket: the kernel says of a packet's socket whose it is, but not which program asked by it. The latest
 * ones. Thread safe.
 */
final class Callers {
    private static final int MOST_CALLS = 8192;

    /** A connection that its program has closed is not over before a minute of TIME_WAIT is. */
    private static final int MOST_SOCKETS = 32_768;

    /** A packet follows its call at once; later, the flow may be somebody else's. */
    private static final Duration FRESH = Duration.ofSeconds(1);

    private final Map<Flow, Call> calls = latest(MOST_CALLS);
    private final Map<LeaseHolder, Requester> callers = latest(MOST_CALLS);
    private final Map<LeaseHolder, Requester> everybody = latest(MOST_SOCKETS);

    private record Call(FlowRequest request, long nanos) {}

    private static <K, V> Map<K, V> latest(int most) {
        return new LinkedHashMap<>() {
            @Override
            protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
                return size() > most;
            }
        };
    }

    /** Takes note of a call that goes on without waiting. */
    synchronized void add(FlowRequest request) {
        calls.remove(request.flow());
        calls.put(request.flow(), new Call(request, System.nanoTime()));
        put(callers, request);
    }

    /** Takes note of who asks by a socket. */
    synchronized void remember(FlowRequest request) {
        if (request.holder() instanceof LeaseHolder.Socket && request.requester() != Requester.UNKNOWN) {
            put(everybody, request);
        }
    }

    private static void put(Map<LeaseHolder, Requester> latest, FlowRequest request) {
        latest.remove(request.holder());
        latest.put(request.holder(), request.requester());
    }

    /** Returns, once, the call that has just been made by this flow: its first packet asks for it. */
    synchronized Optional<FlowRequest> take(Flow flow) {
        return Optional.ofNullable(calls.remove(flow))
                .filter(call -> System.nanoTime() - call.nanos < FRESH.toNanos())
                .map(Call::request);
    }

    /** Returns who asked by this socket and went on without waiting, unless that was long ago. */
    synchronized Optional<Requester> find(LeaseHolder socket) {
        return Optional.ofNullable(callers.get(socket));
    }

    /** Returns who asked last by a socket that is nobody's any more, unless that was long ago. */
    synchronized Optional<Requester> former(LeaseHolder socket) {
        return Optional.ofNullable(everybody.get(socket));
    }
}
