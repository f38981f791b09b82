package org.sallyport.linux.tcp.internal;

import java.util.List;
import org.sallyport.api.sa.Epoch;
import org.sallyport.linux.internal.LeaseState;
import org.sallyport.linux.tcp.EspStreamLease;
import org.sallyport.linux.tcp.StreamSocket;

/** ESP's lease. */
final class LeasedEspStreams implements EspStreamLease {
    private final LeaseState state;
    private final List<StreamSocket> sockets;

    LeasedEspStreams(LeaseState state, StreamTable table, List<StreamReader> readers) {
        this.state = state;
        this.sockets = readers.stream()
                .<StreamSocket>map(reader -> new LeasedStreamSocket(reader, table, state))
                .toList();
    }

    @Override
    public List<StreamSocket> sockets() {
        return sockets;
    }

    @Override
    public Epoch epoch() {
        return state.epoch();
    }

    @Override
    public boolean revoked() {
        return state.revoked();
    }

    @Override
    public void close() {
        state.close();
    }
}
