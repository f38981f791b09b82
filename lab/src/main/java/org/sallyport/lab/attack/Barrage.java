package org.sallyport.lab.attack;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.sallyport.lab.net.Namespace;

/**
 * Sends datagrams from a namespace at a rate that may be changed while it runs, until it is closed. Safe for use by many
 * threads; the datagrams are made on one thread of its own.
 */
public final class Barrage implements AutoCloseable {
    private static final int BURST = 32;
    private static final long SECOND = 1_000_000_000L;
    private static final double SLOWEST = 100;
    private static final double FASTEST = 200_000;

    private final Supplier<Datagram> source;
    private final Thread thread;
    private final AtomicLong sent = new AtomicLong();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private volatile double perSecond;
    private volatile boolean ended;

    private Barrage(Namespace from, Supplier<Datagram> source, double perSecond) {
        this.source = source;
        this.perSecond = perSecond;
        this.thread = from.thread(this::run);
    }

    /** Starts to send so many datagrams each second. */
    public static Barrage start(Namespace from, Supplier<Datagram> source, double perSecond) {
        Barrage barrage = new Barrage(from, source, perSecond);
        barrage.thread.start();
        return barrage;
    }

    /** Changes the rate by a factor; it stays between {@value #SLOWEST} and {@value #FASTEST} a second. */
    public void accelerate(double factor) {
        perSecond = Math.clamp(perSecond * factor, SLOWEST, FASTEST);
    }

    public double perSecond() {
        return perSecond;
    }

    /** How many datagrams the kernel has taken. */
    public long sent() {
        Throwable broken = failure.get();
        if (broken != null) {
            throw new IllegalStateException("the barrage broke off", broken);
        }
        return sent.get();
    }

    private void run() {
        try (SpoofingSocket socket = SpoofingSocket.open()) {
            long due = System.nanoTime();
            while (!ended) {
                for (int count = 0; count < BURST; count++) {
                    socket.add(source.get());
                }
                socket.flush();
                sent.addAndGet(BURST);
                due = awaited(due + (long) (BURST * SECOND / perSecond));
            }
        } catch (Throwable broken) {
            failure.set(broken);
        }
    }

    /** Waits until then; whoever is late does not make up for it with a larger burst. */
    private static long awaited(long due) {
        long now = System.nanoTime();
        if (due - now <= 0) {
            return now;
        }
        while (due - System.nanoTime() > 0) {
            LockSupport.parkNanos(due - System.nanoTime());
        }
        return due;
    }

    /** Ends it; a barrage that broke off by itself is an error. */
    @Override
    public void close() {
        ended = true;
        try {
            thread.join();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        sent();
    }
}
