package org.sallyport.classifier.internal.worker;

import java.lang.foreign.Arena;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.sallyport.classifier.internal.flow.Departure;
import org.sallyport.classifier.internal.flow.Drops;
import org.sallyport.linux.netlink.Family;
import org.sallyport.linux.raw.RawProtocol;
import org.sallyport.linux.tcp.StreamSocket;
import org.sallyport.linux.udp.EspSocket;
import org.sallyport.linux.udp.PacketSocket;

/**
 * The sockets that one worker's packets leave by: port 4500, raw ones once an SA has asked for them, and
 * streams. Belongs to one
 * thread, save that any may add.
 */
final class Outlets implements Departure.Board {
    private final Outlet udp;
    private final Drops drops;
    private final Arena arena;
    private final Consumer<InetAddress> narrowed;
    private volatile List<RawOutlet> raw = List.of();
    private volatile @Nullable Outlet streams;

    private record RawOutlet(RawProtocol protocol, Family family, Outlet outlet) {}

    /** @param narrowed is told to whom the path takes less than it was thought to; does not block */
    Outlets(EspSocket udp, Drops drops, Arena arena, boolean segmentation, Consumer<InetAddress> narrowed) {
        this.narrowed = narrowed;
        this.udp = new Outlet(udp, drops, arena, segmentation, narrowed);
        this.drops = drops;
        this.arena = arena;
    }

    /** Adds the raw socket of a protocol and family. */
    synchronized void add(RawProtocol protocol, Family family, PacketSocket socket) {
        List<RawOutlet> more = new ArrayList<>(raw);
        more.add(new RawOutlet(protocol, family, new Outlet(socket, drops, arena, false, narrowed)));
        raw = List.copyOf(more);
    }

    /** Adds what ESP in TCP goes by. */
    synchronized void addStreams(StreamSocket socket) {
        streams = new Outlet(socket, drops, arena, false, narrowed);
    }

    @Override
    public @Nullable Departure findStream(InetSocketAddress local, InetSocketAddress remote) {
        return departure(streams, local, remote);
    }

    @Override
    public @Nullable Departure find(@Nullable RawProtocol protocol, InetSocketAddress local, InetSocketAddress remote) {
        Outlet outlet = protocol == null ? udp : raw(protocol, Family.of(remote.getAddress()));
        return departure(outlet, local, remote);
    }

    private static @Nullable Departure departure(
            @Nullable Outlet outlet, InetSocketAddress local, InetSocketAddress remote) {
        return outlet == null
                ? null
                : new Departure(outlet.batch(), outlet.socket().destination(local, remote));
    }

    private @Nullable Outlet raw(RawProtocol protocol, Family family) {
        for (RawOutlet each : raw) {
            if (each.protocol() == protocol && each.family() == family) {
                return each.outlet();
            }
        }
        return null;
    }

    /** Hands everything to the kernel. */
    void flush() {
        udp.flush();
        Outlet tcp = streams;
        if (tcp != null) {
            tcp.flush();
        }
        List<RawOutlet> open = raw;
        for (int i = 0; i < open.size(); i++) { // by number, which makes no iterator
            open.get(i).outlet().flush();
        }
    }
}
