package org.sallyport.classifier.internal;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.sallyport.classifier.internal.worker.Rehearsal;
import org.sallyport.classifier.internal.worker.Workers;
import org.sallyport.linux.tcp.EspStreamLease;
import org.sallyport.linux.tcp.TcpStreams;
import org.sallyport.linux.tun.TunDevices;
import org.sallyport.linux.tun.TunLease;
import org.sallyport.linux.tun.TunSpec;
import org.sallyport.linux.udp.EspPortLease;
import org.sallyport.linux.udp.UdpPorts;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the leases on port and TUN, from an older data plane if there is one, as soon as the SAD has given every SA that
 * lives: until then the other one carries on. Waits for the SAD no longer than a while, since an SAD that is away has none.
 * On a thread of its own, because who is revoked may take its time.
 */
final class Takeover implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Takeover.class);
    private static final Duration PATIENCE = Duration.ofSeconds(3);
    private static final Duration RETRY = Duration.ofSeconds(2);

    private final UdpPorts ports;
    private final TcpStreams streams;
    private final TunDevices tuns;
    private final TunSpec tun;
    private final Workers workers;
    private final RawLeases raw;
    private final Rehearsal rehearsal;
    private final CountDownLatch everySaIsKnown = new CountDownLatch(1);
    private final Thread thread;
    private volatile boolean closed;
    private @Nullable EspPortLease espLease;
    private @Nullable EspStreamLease streamLease;
    private @Nullable TunLease tunLease;

    Takeover(
            UdpPorts ports,
            TcpStreams streams,
            TunDevices tuns,
            TunSpec tun,
            Workers workers,
            RawLeases raw,
            Rehearsal rehearsal) {
        this.ports = ports;
        this.streams = streams;
        this.tuns = tuns;
        this.tun = tun;
        this.workers = workers;
        this.raw = raw;
        this.rehearsal = rehearsal;
        this.thread = Thread.ofPlatform().daemon().name("sallyport-takeover").unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /** Every SA that lives was given. */
    void caughtUp() {
        everySaIsKnown.countDown();
    }

    private void run() {
        rehearse();
        try {
            if (!everySaIsKnown.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.info("the SAD is away; carrying what it will give");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        boolean told = false;
        while (!closed && !take(told)) {
            told = true;
            LockSupport.parkNanos(this, RETRY.toNanos());
        }
    }

    /** Behind the compilers, which are what it is for: ahead of them it plays what is not compiled again and again. */
    @SuppressWarnings("ThreadPriorityCheck")
    private void rehearse() {
        thread.setPriority(Thread.MIN_PRIORITY);
        rehearsal.play(() -> closed);
        thread.setPriority(Thread.NORM_PRIORITY);
    }

    private synchronized boolean take(boolean told) {
        if (closed) {
            return true;
        }
        try {
            EspPortLease esp = ports.leaseEsp(ports.nextEpoch(), tun.queues(), workers::stop);
            espLease = esp;
            TunLease device = tuns.lease(tun, tuns.nextEpoch(tun), workers::stop);
            tunLease = device;
            EspStreamLease tcp = streams.leaseEsp(streams.nextEpoch(), tun.queues(), workers::stop);
            streamLease = tcp;
            workers.start(device, esp);
            workers.carryStreams(tcp);
            raw.start();
            LOG.info("carrying packets between {} and port {}", tun.name(), UdpPorts.NAT_PORT);
            return true;
        } catch (RuntimeException e) {
            release();
            if (!told) {
                LOG.error("no packet can be carried: {}; trying again every {} s", e.getMessage(), RETRY.toSeconds());
            }
            return false;
        }
    }

    @Override
    public void close() {
        closed = true;
        everySaIsKnown.countDown();
        LockSupport.unpark(thread);
        synchronized (this) {
            workers.stop();
            raw.close();
            release();
        }
    }

    private void release() {
        if (espLease != null) {
            espLease.close();
            espLease = null;
        }
        if (streamLease != null) {
            streamLease.close();
            streamLease = null;
        }
        if (tunLease != null) {
            tunLease.close();
            tunLease = null;
        }
    }
}
