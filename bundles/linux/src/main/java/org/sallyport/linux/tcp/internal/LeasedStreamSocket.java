package org.sallyport.linux.tcp.internal;

import java.lang.foreign.Arena;
import java.net.InetSocketAddress;
import org.sallyport.linux.Lease;
import org.sallyport.linux.internal.LeaseState;
import org.sallyport.linux.internal.Passage;
import org.sallyport.linux.tcp.StreamEnds;
import org.sallyport.linux.tcp.StreamSocket;
import org.sallyport.linux.udp.ReceiveBatch;
import org.sallyport.linux.udp.SendBatch;
import org.sallyport.linux.udp.UdpDestination;

/** A worker's connections through one lease. */
final class LeasedStreamSocket implements StreamSocket {
    private final StreamReader reader;
    private final StreamTable table;
    private final Passage receiving;
    private final Passage sending;

    LeasedStreamSocket(StreamReader reader, StreamTable table, LeaseState lease) {
        this.reader = reader;
        this.table = table;
        this.receiving = lease.newPassage();
        this.sending = lease.newPassage();
    }

    @Override
    public int receive(ReceiveBatch batch) {
        if (!receiving.enter()) {
            return Lease.REVOKED;
        }
        try {
            reader.receive((StreamReceiveBatch) batch);
            return batch.count();
        } finally {
            receiving.leave();
        }
    }

    @Override
    public int send(SendBatch batch) {
        StreamSendBatch filled = (StreamSendBatch) batch;
        if (!sending.enter()) {
            filled.clear();
            return Lease.REVOKED;
        }
        try {
            return filled.flush();
        } finally {
            sending.leave();
        }
    }

    @Override
    public UdpDestination destination(InetSocketAddress local, InetSocketAddress remote) {
        return table.of(new StreamEnds(local, remote));
    }

    @Override
    public int connection(ReceiveBatch batch, int index) {
        Connection from = ((StreamReceiveBatch) batch).connection(index);
        return from == null ? 0 : from.number();
    }

    @Override
    public void belongs(int connection, InetSocketAddress local, InetSocketAddress remote) {
        table.connections().stream()
                .filter(each -> each.number() == connection)
                .findFirst()
                .ifPresent(from -> table.move(table.of(new StreamEnds(local, remote)), from, /* proven= */ true));
    }

    @Override
    public ReceiveBatch newReceiveBatch(Arena arena, int capacity) {
        return new StreamReceiveBatch(capacity);
    }

    @Override
    public SendBatch newSendBatch(Arena arena, int octets, boolean segmentation) {
        return new StreamSendBatch(arena, octets);
    }

    @Override
    public int descriptor() {
        return reader.descriptor();
    }
}
