package org.sallyport.classifier.internal;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.sallyport.classifier.internal.worker.Workers;
import org.sallyport.linux.netlink.Family;
import org.sallyport.linux.raw.RawLease;
import org.sallyport.linux.raw.RawProtocol;
import org.sallyport.linux.raw.RawSockets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The leases on raw sockets, each taken when the first SA needs it: where none does, nobody looks at such sockets, and the
 * kernel answers what comes as it does for any protocol that is not spoken. Before the workers start an older data plane may
 * still carry, so nothing is taken from it yet. Thread safe.
 */
final class RawLeases implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RawLeases.class);

    private final RawSockets sockets;
    private final Workers workers;
    private final Set<Kind> wanted = new LinkedHashSet<>();
    private final List<RawLease> leases = new ArrayList<>();
    private boolean started;

    private record Kind(RawProtocol protocol, Family family) {
        @Override
        public String toString() {
            return protocol + (protocol == RawProtocol.ESP ? " without UDP over " : " over ") + family;
        }
    }

    RawLeases(RawSockets sockets, Workers workers) {
        this.sockets = sockets;
        this.workers = workers;
    }

    /**
     * Has ESP without UDP, or AH, carried over this family, from now on or from the start. One whose place another data
     * plane has taken takes nothing back.
     *
     * @throws org.sallyport.linux.LinuxException when the kernel refuses
     */
    synchronized void want(RawProtocol protocol, Family family) {
        Kind kind = new Kind(protocol, family);
        if (!wanted.contains(kind)) {
            if (started && workers.carrying()) {
                take(kind);
            }
            wanted.add(kind);
        }
    }

    /** The workers carry now. */
    synchronized void start() {
        started = true;
        for (Kind kind : wanted) {
            try {
                take(kind);
            } catch (RuntimeException e) {
                LOG.error("not carrying {}: {}", kind, e.getMessage());
            }
        }
    }

    private void take(Kind kind) {
        RawLease lease = sockets.lease(
                kind.protocol(),
                kind.family(),
                sockets.nextEpoch(kind.protocol(), kind.family()),
                workers.count(),
                workers::stop);
        leases.add(lease);
        workers.carryRaw(kind.protocol(), kind.family(), lease);
        LOG.info("carrying {}", kind);
    }

    @Override
    public synchronized void close() {
        leases.forEach(RawLease::close);
        leases.clear();
    }
}
