package org.sallyport.spd.internal.kernel;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.sallyport.linux.netlink.RoutingChange;
import org.sallyport.linux.netlink.RoutingChange.Topic;
import org.sallyport.linux.netlink.RoutingMonitor;
import org.sallyport.linux.nftables.NftablesMonitor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hears when somebody changes the packet filter, the routing or this host's addresses, and has the enforcer look at once;
 * every few seconds it looks unasked.
 */
public final class GuardKeeper implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(GuardKeeper.class);
    private static final int LOOK_SECONDS = 5;
    private static final long SHORTEST_PAUSE_MILLIS = 20;

    private final Enforcer enforcer;
    private final ScheduledExecutorService executor;
    private final AtomicBoolean asked = new AtomicBoolean();
    private final RoutingMonitor routing;
    private final NftablesMonitor nftables;
    private final ScheduledFuture<?> regularly;
    private String lastFailure = "";
    private long lastLook;
    private volatile boolean closed;

    private GuardKeeper(Enforcer enforcer, ScheduledExecutorService executor) {
        this.enforcer = enforcer;
        this.executor = executor;
        this.routing = RoutingMonitor.open(Set.of(Topic.LINK, Topic.ADDRESS, Topic.ROUTE, Topic.RULE), this::heard);
        try {
            this.nftables = NftablesMonitor.open(this::ask);
        } catch (RuntimeException e) {
            routing.close();
            throw e;
        }
        this.regularly = executor.scheduleWithFixedDelay(this::look, LOOK_SECONDS, LOOK_SECONDS, TimeUnit.SECONDS);
    }

    /**
     * Starts to listen in the calling thread's network namespace.
     *
     * @param executor the one thread that uses the enforcer
     */
    public static GuardKeeper start(Enforcer enforcer, ScheduledExecutorService executor) {
        return new GuardKeeper(enforcer, executor);
    }

    private void heard(List<RoutingChange> changes) {
        if (changes.stream().anyMatch(GuardKeeper::concernsUs)) {
            ask();
        }
    }

    private static boolean concernsUs(RoutingChange change) {
        return change.topic() != Topic.ROUTE
                || (change.table() >= DivertPlan.FIRST_TABLE
                        && change.table() < DivertPlan.FIRST_TABLE + DivertPlan.MOST_TABLES);
    }

    /** Changes come in bursts: one look serves all that arrived before it; a quarrel with others does not spin. */
    private void ask() {
        if (asked.compareAndSet(false, true)) {
            try {
                executor.execute(this::lookSoon);
            } catch (java.util.concurrent.RejectedExecutionException e) {
                LOG.debug("a change came while stopping");
            }
        }
    }

    private void lookSoon() {
        long since = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - lastLook);
        if (since < SHORTEST_PAUSE_MILLIS) {
            ScheduledFuture<?> later =
                    executor.schedule(this::look, SHORTEST_PAUSE_MILLIS - since, TimeUnit.MILLISECONDS);
            LOG.trace("looking again: {}", later);
        } else {
            look();
        }
    }

    private void look() {
        asked.set(false);
        if (closed) {
            return;
        }
        try {
            enforcer.check();
            lastFailure = "";
        } catch (RuntimeException e) {
            String failure = String.valueOf(e.getMessage());
            if (!failure.equals(lastFailure)) {
                LOG.error("The kernel's protection could not be restored, and is tried again: {}", failure, e);
                lastFailure = failure;
            }
        }
        lastLook = System.nanoTime();
    }

    /** Stops listening; closing twice does nothing. What stands in the kernel stays. Never called from the executor. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        regularly.cancel(false);
        routing.close();
        nftables.close();
        try {
            executor.submit(() -> {}).get(LOOK_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | java.util.concurrent.TimeoutException e) {
            LOG.warn("The keeper of the guard was still at work when it was stopped");
        }
    }
}
