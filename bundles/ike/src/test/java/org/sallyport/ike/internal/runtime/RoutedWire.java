package org.sallyport.ike.internal.runtime;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.sallyport.lab.net.Namespace;
import org.sallyport.lab.net.Veth;

/**
 * Two hosts, each in a network namespace, and a router between them that can lose everything, or keep it for a while.
 * Used by one thread at a time.
 */
final class RoutedWire implements AutoCloseable {
    static final String OURS = "10.97.1.2";
    static final String THEIRS = "10.97.2.2";
    /** Another address that strongSwan's host may have. */
    static final String MOVED = "10.97.2.3";

    private static final String PREFIX = "ikx" + ProcessHandle.current().pid();
    private static final String OUR_SIDE = "10.97.1.1";
    private static final String THEIR_SIDE = "10.97.2.1";

    private final Deque<Namespace> namespaces = new ArrayDeque<>();
    private final List<String> neighbours = new ArrayList<>();
    private final Path batch;
    private final Namespace left;
    private final Namespace middle;
    private final Namespace right;

    /** @param folder for a file of its own */
    RoutedWire(Path folder) {
        batch = folder.resolve("neighbours");
        left = create("a");
        middle = create("m");
        right = create("b");
        Veth.connect(left, "wire", middle, "left").addresses(OURS + "/24", OUR_SIDE + "/24");
        Veth.connect(right, "wire", middle, "right").addresses(THEIRS + "/24", THEIR_SIDE + "/24");
        left.ip("route", "add", "default", "via", OUR_SIDE);
        right.ip("route", "add", "default", "via", THEIR_SIDE);
        right.sysctl("net.ipv4.conf.wire.promote_secondaries", "1");
        // the networks behind strongSwan: it wants an address of its own in each
        right.ip("address", "add", "10.2.1.1/24", "dev", "lo");
        right.ip("address", "add", "10.2.2.1/24", "dev", "lo");
        fix(left, OUR_SIDE, "left", OURS);
        fix(right, THEIR_SIDE, "right", THEIRS, MOVED);
        deliver();
        route(true);
    }

    private Namespace create(String name) {
        Namespace namespace = Namespace.create(PREFIX + name);
        namespaces.push(namespace);
        return namespace;
    }

    Namespace left() {
        return left;
    }

    Namespace middle() {
        return middle;
    }

    Namespace right() {
        return right;
    }

    /** Has nobody but {@link #deliver} say at which hardware address a side is. */
    private void fix(Namespace side, String router, String device, String... addresses) {
        side.ip("neigh", "replace", router, "lladdr", hardware(middle, device), "dev", "wire", "nud", "permanent");
        side.sysctl("net.ipv4.conf.wire.arp_ignore", "8");
        middle.sysctl("net.ipv4.neigh." + device + ".mcast_solicit", "60");
        for (String address : addresses) {
            neighbours.add("neigh replace %s lladdr %s dev %s nud permanent"
                    .formatted(address, hardware(side, "wire"), device));
        }
    }

    private static String hardware(Namespace namespace, String device) {
        return namespace.ip("-br", "link", "show", device).strip().split("\\s+", -1)[2];
    }

    /** Has the router keep what it would pass on, in order, because it asks in vain where the next hop is. */
    void hold() {
        middle.ip("neigh", "del", OURS, "dev", "left");
        middle.ip("neigh", "del", THEIRS, "dev", "right");
    }

    /** Has it deliver all that it kept, and pass on what comes. */
    void deliver() {
        try {
            Files.write(batch, neighbours);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        middle.ip("-batch", batch.toString());
    }

    /** Gives strongSwan's host another address in the place of the first, or the first again. */
    void move(boolean away) {
        right.ip("address", "add", (away ? MOVED : THEIRS) + "/24", "dev", "wire");
        right.ip("address", "del", (away ? THEIRS : MOVED) + "/24", "dev", "wire");
        right.ip("route", "replace", "default", "via", THEIR_SIDE);
    }

    /** Has it pass on what comes, or lose it. */
    void route(boolean on) {
        middle.sysctl("net.ipv4.ip_forward", on ? "1" : "0");
    }

    @Override
    public void close() {
        namespaces.forEach(Namespace::close);
    }
}
