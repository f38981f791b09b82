package org.sallyport.linux.raw.internal;

import java.util.ArrayList;
import java.util.List;
import org.sallyport.api.sa.Epoch;
import org.sallyport.linux.internal.LeaseGrants;
import org.sallyport.linux.netlink.Family;
import org.sallyport.linux.raw.RawLease;
import org.sallyport.linux.raw.RawProtocol;

/** The workers' sockets of one protocol in one family, and the lease on them. Thread safe. */
final class ProtocolSockets implements AutoCloseable {
    private static final int MAX_WORKERS = 64;

    private final RawProtocol protocol;
    private final Family family;
    private final int bufferOctets;
    private final LeaseGrants grants;
    private final List<KernelRawSocket> sockets = new ArrayList<>();

    ProtocolSockets(RawProtocol protocol, Family family, int bufferOctets) {
        this.protocol = protocol;
        this.family = family;
        this.bufferOctets = bufferOctets;
        this.grants = new LeaseGrants("the raw sockets of " + protocol + " over " + family);
    }

    Epoch nextEpoch() {
        return grants.next();
    }

    synchronized RawLease lease(Epoch epoch, int workers, Runnable onRevoked) {
        if (workers < 1 || workers > MAX_WORKERS) {
            throw new IllegalArgumentException("1 to " + MAX_WORKERS + " workers, not " + workers);
        }
        if (sockets.isEmpty()) {
            open(workers);
        }
        if (sockets.size() != workers) {
            throw new IllegalArgumentException(protocol + " is split among " + sockets.size()
                    + " workers until this bundle restarts; " + workers + " were asked for");
        }
        return new GrantedRawLease(grants.grant(epoch, onRevoked), sockets);
    }

    private void open(int workers) {
        try {
            for (int i = 0; i < workers; i++) {
                sockets.add(KernelRawSocket.open(protocol, family, i, workers, bufferOctets));
            }
        } catch (RuntimeException e) {
            closeSockets();
            throw e;
        }
    }

    @Override
    public synchronized void close() {
        grants.revoke();
        closeSockets();
    }

    private void closeSockets() {
        sockets.forEach(KernelRawSocket::close);
        sockets.clear();
    }
}
