package org.sallyport.spd.internal.service;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;
import org.sallyport.api.admin.ChildSaView;
import org.sallyport.linux.sockdiag.SocketList;
import org.sallyport.spd.internal.config.Configuration;
import org.sallyport.spd.internal.kernel.Enforcer;
import org.sallyport.spd.internal.kernel.GuardKeeper;
import org.sallyport.spd.internal.kernel.Kernel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Enforcement by the Linux kernel of the network namespace of the executor's thread. */
final class LinuxEnforcement implements KernelEnforcement {
    private static final Logger LOG = LoggerFactory.getLogger(LinuxEnforcement.class);

    private final ScheduledExecutorService executor;
    private @Nullable Kernel kernel;
    private @Nullable Enforcer enforcer;
    private volatile @Nullable GuardKeeper keeper;

    /**
     * @param executor the thread that changes generations, on which repairs run as well
     */
    LinuxEnforcement(ScheduledExecutorService executor) {
        this.executor = executor;
    }

    @Override
    public Optional<String> tighten(Configuration next, Configuration inForce) {
        try {
            opened().tighten(next.policies(), next.peers(), next.enforcement());
            return Optional.empty();
        } catch (RuntimeException e) {
            LOG.debug("The kernel refused", e);
            returnTo(inForce);
            return Optional.of("the kernel refused: " + e.getMessage());
        }
    }

    private Enforcer opened() {
        Enforcer opened = enforcer;
        if (opened == null) {
            Kernel opening = Kernel.open();
            kernel = opening;
            opened = new Enforcer(opening);
            enforcer = opened;
        }
        return opened;
    }

    /** Before the first generation there is nothing to go back to: what an earlier process left stays. */
    private void returnTo(Configuration inForce) {
        if (keeper == null || enforcer == null) {
            return;
        }
        try {
            enforcer.returnTo(inForce.policies(), inForce.peers(), inForce.enforcement());
        } catch (RuntimeException e) {
            LOG.error("The kernel's protection could not be put back; it is tried again", e);
        }
    }

    @Override
    public void settle() {
        try {
            opened().settle();
            if (keeper == null) {
                keeper = GuardKeeper.start(opened(), executor);
            }
        } catch (RuntimeException e) {
            LOG.error("The kernel enforces the generation before as well as the new one", e);
        }
    }

    @Override
    public HostConnections connections() {
        opened();
        Kernel looking = kernel;
        return looking == null
                ? HostConnections.NONE
                : new HostConnections(looking.addresses(), SocketList.established());
    }

    @Override
    public Map<String, ChildSaView.Traffic> counted() {
        return opened().counted();
    }

    @Override
    public void stopWatching() {
        GuardKeeper watching = keeper;
        if (watching != null) {
            watching.close();
        }
    }

    @Override
    public void close() {
        if (kernel != null) {
            kernel.close();
        }
    }
}
