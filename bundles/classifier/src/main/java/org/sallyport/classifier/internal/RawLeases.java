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
    private final Set<Family> wanted = new LinkedHashSet<>();
    private final List<RawLease> leases = new ArrayList<>();
    private boolean started;

    RawLeases(RawSockets sockets, Workers workers) {
        this.sockets = sockets;
        this.workers = workers;
    }

    /**
     * Has ESP without UDP carried over this family, from now on or from the start. One whose place another data plane has
     * taken takes nothing back.
     *
     * @throws org.sallyport.linux.LinuxException when the kernel refuses
     */
    synchronized void want(Family family) {
        if (!wanted.contains(family)) {
            if (started && workers.carrying()) {
                take(family);
            }
            wanted.add(family);
        }
    }

    /** The workers carry now. */
    synchronized void start() {
        started = true;
        for (Family family : wanted) {
            try {
                take(family);
            } catch (RuntimeException e) {
                LOG.error("no ESP is carried over {} without UDP: {}", family, e.getMessage());
            }
        }
    }

    private void take(Family family) {
        RawLease lease = sockets.lease(
                RawProtocol.ESP, family, sockets.nextEpoch(RawProtocol.ESP, family), workers.count(), workers::stop);
        leases.add(lease);
        workers.carryRaw(family, lease);
        LOG.info("carrying ESP over {} without UDP", family);
    }

    @Override
    public synchronized void close() {
        leases.forEach(RawLease::close);
        leases.clear();
    }
}
