package org.sallyport.interceptor.internal.seccomp;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;
import org.sallyport.api.flow.Flow;
import org.sallyport.linux.socket.RawAddress;

/**
 * Which flow a datagram socket was found to make towards an address, so that its next call costs few system calls. It may
 * have changed meanwhile with the routes: then the lease is one for another flow, and the packets are judged by their own.
 * A flow that meets another in its place displaces it. Thread safe.
 */
final class KnownFlows {
    private static final int SIZE = 4096;

    private final AtomicReferenceArray<@Nullable Known> places = new AtomicReferenceArray<>(SIZE);

    private record Known(long cookie, RawAddress destination, Flow flow) {}

    Optional<Flow> find(long cookie, RawAddress destination) {
        Known known = places.get(place(cookie, destination));
        return known != null && known.cookie == cookie && known.destination.equals(destination)
                ? Optional.of(known.flow)
                : Optional.empty();
    }

    void remember(long cookie, RawAddress destination, Flow flow) {
        places.set(place(cookie, destination), new Known(cookie, destination, flow));
    }

    private static int place(long cookie, RawAddress destination) {
        return (Long.hashCode(cookie) * 31 + destination.hashCode()) & (SIZE - 1);
    }
}
