package org.sallyport.classifier.internal.worker;

import java.lang.foreign.Arena;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.sallyport.classifier.internal.flow.Departure;
import org.sallyport.classifier.internal.flow.Drops;
import org.sallyport.linux.netlink.Family;
import org.sallyport.linux.udp.EspSocket;
import org.sallyport.linux.udp.PacketSocket;

/**
 * The sockets that one worker's packets leave by: port 4500, and raw ones once an SA has asked for them. Belongs to one
 * thread, save that any may add.
 */
final class Outlets implements Departure.Board {
    private final Outlet udp;
    private final Drops drops;
    private final Arena arena;
    private final Consumer<InetAddress> narrowed;
    private volatile @Nullable Outlet rawIpv4;
    private volatile @Nullable Outlet rawIpv6;

    /** @param narrowed is told to whom the path takes less than it was thought to; does not block */
    Outlets(EspSocket udp, Drops drops, Arena arena, boolean segmentation, Consumer<InetAddress> narrowed) {
        this.narrowed = narrowed;
        this.udp = new Outlet(udp, drops, arena, segmentation, narrowed);
        this.drops = drops;
        this.arena = arena;
    }

    /** Adds ESP's raw socket of a family. */
    void add(Family family, PacketSocket socket) {
        Outlet outlet = new Outlet(socket, drops, arena, false, narrowed);
        switch (family) {
            case IPV4 -> rawIpv4 = outlet;
            case IPV6 -> rawIpv6 = outlet;
        }
    }

    @Override
    public @Nullable Departure find(boolean raw, InetSocketAddress local, InetSocketAddress remote) {
        Outlet outlet = raw ? raw(Family.of(remote.getAddress())) : udp;
        return outlet == null
                ? null
                : new Departure(outlet.batch(), outlet.socket().destination(local, remote));
    }

    private @Nullable Outlet raw(Family family) {
        return family == Family.IPV4 ? rawIpv4 : rawIpv6;
    }

    /** Hands everything to the kernel. */
    void flush() {
        udp.flush();
        flush(rawIpv4);
        flush(rawIpv6);
    }

    private static void flush(@Nullable Outlet raw) {
        if (raw != null) {
            raw.flush();
        }
    }
}
