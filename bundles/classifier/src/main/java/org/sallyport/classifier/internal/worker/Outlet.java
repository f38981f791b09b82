package org.sallyport.classifier.internal.worker;

import java.lang.foreign.Arena;
import java.net.InetAddress;
import java.util.function.Consumer;
import org.sallyport.classifier.internal.flow.DropReason;
import org.sallyport.classifier.internal.flow.Drops;
import org.sallyport.linux.udp.PacketSocket;
import org.sallyport.linux.udp.SendBatch;

/** A socket that packets leave by, with those that wait to. Belongs to one thread. */
final class Outlet {
    private static final int SEND_BUFFER = 1 << 20;

    private final PacketSocket socket;
    private final Drops drops;
    private final SendBatch batch;
    private final Consumer<InetAddress> narrowed;
    private long refusedBefore;

    Outlet(PacketSocket socket, Drops drops, Arena arena, boolean segmentation, Consumer<InetAddress> narrowed) {
        this.narrowed = narrowed;
        this.socket = socket;
        this.drops = drops;
        this.batch = socket.newSendBatch(arena, SEND_BUFFER, segmentation);
    }

    PacketSocket socket() {
        return socket;
    }

    SendBatch batch() {
        return batch;
    }

    /** Hands everything to the kernel. */
    void flush() {
        int waiting = batch.datagrams();
        if (waiting == 0) {
            return;
        }
        int sent = socket.send(batch);
        InetAddress narrow = batch.takeTooLong();
        if (narrow != null) {
            narrowed.accept(narrow);
        }
        long refused = batch.refused();
        if (refused != refusedBefore) {
            drops.count(DropReason.SEND_REFUSED, refused - refusedBefore);
            refusedBefore = refused;
        } else if (sent < 0) {
            drops.count(DropReason.SEND_REFUSED, waiting);
        }
    }
}
