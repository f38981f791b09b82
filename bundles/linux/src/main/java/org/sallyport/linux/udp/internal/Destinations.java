package org.sallyport.linux.udp.internal;

import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The destinations of one socket, each once as long as somebody holds it: datagrams of many SAs to one peer then go to one
 * destination, and are handed to the kernel together. Thread safe.
 */
final class Destinations {
    /** By which a destination is told from others; the port on our side is the socket's. */
    private record Ends(InetAddress local, int localScope, InetSocketAddress remote, int remoteScope) {
        private static Ends of(InetAddress local, InetSocketAddress remote) {
            return new Ends(local, scope(local), remote, scope(remote.getAddress()));
        }

        /** Java holds two link-local addresses of two interfaces for equal. */
        private static int scope(InetAddress address) {
            return address instanceof Inet6Address six ? six.getScopeId() : 0;
        }
    }

    private static final class Held extends WeakReference<KernelDestination> {
        private final Ends ends;

        private Held(Ends ends, KernelDestination destination, ReferenceQueue<KernelDestination> forgotten) {
            super(destination, forgotten);
            this.ends = ends;
        }
    }

    private final Map<Ends, Held> held = new HashMap<>();
    private final ReferenceQueue<KernelDestination> forgotten = new ReferenceQueue<>();

    /** Returns the destination that is held, or makes it. */
    synchronized KernelDestination of(InetAddress local, InetSocketAddress remote, Supplier<KernelDestination> making) {
        forget();
        Ends ends = Ends.of(local, remote);
        Held known = held.get(ends);
        KernelDestination same = known == null ? null : known.get();
        if (same == null) {
            same = making.get();
            held.put(ends, new Held(ends, same, forgotten));
        }
        return same;
    }

    private void forget() {
        for (Reference<?> next = forgotten.poll(); next != null; next = forgotten.poll()) {
            if (next instanceof Held gone) {
                held.remove(gone.ends, gone);
            }
        }
    }
}
