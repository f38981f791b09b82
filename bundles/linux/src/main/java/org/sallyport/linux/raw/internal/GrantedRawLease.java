package org.sallyport.linux.raw.internal;

import java.util.List;
import org.sallyport.api.sa.Epoch;
import org.sallyport.linux.internal.LeaseState;
import org.sallyport.linux.raw.RawLease;
import org.sallyport.linux.udp.PacketSocket;

/** The lease on one protocol in one family. */
final class GrantedRawLease implements RawLease {
    private final LeaseState state;
    private final List<PacketSocket> sockets;

    GrantedRawLease(LeaseState state, List<KernelRawSocket> opened) {
        this.state = state;
        this.sockets = opened.stream()
                .<PacketSocket>map(socket -> new LeasedRawSocket(socket, state))
                .toList();
    }

    @Override
    public List<PacketSocket> sockets() {
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
