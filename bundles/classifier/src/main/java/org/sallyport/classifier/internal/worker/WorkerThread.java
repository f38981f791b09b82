package org.sallyport.classifier.internal.worker;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.sallyport.linux.Lease;
import org.sallyport.linux.poll.Pollable;
import org.sallyport.linux.poll.Poller;
import org.sallyport.linux.poll.Wakeup;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The thread of one direction of one worker: carries batches while there are packets, else waits for them. */
final class WorkerThread {
    private static final Logger LOG = LoggerFactory.getLogger(WorkerThread.class);
    private static final int IDLE_MILLIS = 1000;

    private final int worker;
    private final Direction direction;
    private final Pollable source;
    private final Handover handover;
    private final Quiescence quiescence;
    private final Wakeup wakeup;
    private final Thread thread;
    private final Queue<Pollable> further = new ConcurrentLinkedQueue<>();
    private volatile boolean stopping;

    WorkerThread(
            String name,
            int worker,
            Direction direction,
            Pollable source,
            Handover handover,
            Quiescence quiescence,
            Wakeup wakeup) {
        this.worker = worker;
        this.direction = direction;
        this.source = source;
        this.handover = handover;
        this.quiescence = quiescence;
        this.wakeup = wakeup;
        this.thread = Thread.ofPlatform()
                .daemon()
                .name(name)
                .priority(Thread.MAX_PRIORITY)
                .unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /** Has it wait for a further source as well; any thread may. */
    void watch(Pollable another) {
        further.add(another);
        wakeup.signal();
    }

    /** Has it stop after its batch; does not wait. */
    void requestStop() {
        stopping = true;
        wakeup.signal();
    }

    /** Waits until it has stopped. */
    void join() throws InterruptedException {
        thread.join();
    }

    private void run() {
        try (Poller poller = new Poller(2)) {
            poller.add(source, 0);
            poller.add(wakeup, 1);
            carry(poller);
        } catch (RuntimeException e) {
            LOG.error("{} ended", thread.getName(), e);
        }
    }

    private void carry(Poller poller) {
        int failuresInARow = 0;
        while (!stopping) {
            int handled = batch();
            if (handled == Lease.REVOKED) {
                return;
            }
            failuresInARow = handled < 0 ? failuresInARow + 1 : 0;
            if (failuresInARow == 1) {
                LOG.warn("{}: the kernel answered with error {}", thread.getName(), -handled);
            }
            if (handled <= 0 && !handover.waitsFor(worker) && !direction.hasWork()) {
                await(poller, failuresInARow);
            }
        }
    }

    private int batch() {
        quiescence.enter();
        try {
            return direction.runBatch();
        } finally {
            quiescence.leave();
        }
    }

    private void await(Poller poller, int failuresInARow) {
        if (failuresInARow > 0) {
            // A descriptor in error stays readable: do not spin on it.
            java.util.concurrent.locks.LockSupport.parkNanos(10_000_000L);
        }
        for (Pollable each = further.poll(); each != null; each = further.poll()) {
            poller.add(each, 0);
        }
        int ready = poller.await(IDLE_MILLIS);
        for (int i = 0; i < ready; i++) {
            if (poller.tag(i) == 1) {
                wakeup.drain();
            }
        }
    }
}
