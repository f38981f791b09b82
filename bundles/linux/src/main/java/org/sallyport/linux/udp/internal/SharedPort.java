package org.sallyport.linux.udp.internal;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Port 4500: IKE's socket, the workers' sockets, and the queues for what arrived at the wrong one. Sockets are opened
 * when they are first needed and in this order, because the kernel numbers them by it. Thread safe.
 */
final class SharedPort implements AutoCloseable {
    private final int port;
    private final int bufferOctets;
    private final StrayQueue ikeStrays = new StrayQueue();
    private final List<EspEndpoint> workers = new ArrayList<>();
    private @Nullable UdpSocket ike;
    private volatile Runnable ikeWakeup = () -> {};

    SharedPort(int port, int bufferOctets) {
        this.port = port;
        this.bufferOctets = bufferOctets;
    }

    synchronized UdpSocket ikeSocket() {
        UdpSocket socket = ike;
        if (socket == null) {
            socket = UdpSocket.open(port, true, bufferOctets);
            ike = socket;
        }
        return socket;
    }

    /**
     * Returns the workers' sockets, opened on the first call.
     *
     * @throws IllegalArgumentException when their number differs from the first call's
     */
    synchronized List<EspEndpoint> workers(int count) {
        if (workers.isEmpty()) {
            openWorkers(count);
        }
        if (workers.size() != count) {
            throw new IllegalArgumentException("port " + port + " is split among " + workers.size()
                    + " workers until this bundle restarts; " + count + " were asked for");
        }
        return List.copyOf(workers);
    }

    private void openWorkers(int count) {
        UdpSocket first = ikeSocket();
        try (Arena arena = Arena.ofConfined()) {
            for (int i = 0; i < count; i++) {
                workers.add(new EspEndpoint(UdpSocket.open(port, true, bufferOctets)));
            }
            first.splitBy(PortSplit.program(arena, count));
        } catch (RuntimeException e) {
            workers.forEach(worker -> worker.socket().close());
            workers.clear();
            throw e;
        }
    }

    StrayQueue ikeStrays() {
        return ikeStrays;
    }

    /** Sets what tells IKE's holder that a message waits in its stray queue. */
    void wakeIkeBy(Runnable wakeup) {
        ikeWakeup = wakeup;
    }

    /** Takes an IKE message, with its marker, that reached a worker's socket. */
    void strayIke(StrayQueue.Stray stray) {
        ikeStrays.add(stray);
        ikeWakeup.run();
    }

    /** Takes an ESP packet that reached IKE's socket; without workers it is lost. */
    void strayEsp(int spi, StrayQueue.Stray stray) {
        EspEndpoint worker;
        synchronized (this) {
            if (workers.isEmpty()) {
                return;
            }
            worker = workers.get(Integer.remainderUnsigned(spi, workers.size()));
        }
        worker.stray(stray);
    }

    @Override
    public synchronized void close() {
        workers.forEach(worker -> worker.socket().close());
        workers.clear();
        if (ike != null) {
            ike.close();
            ike = null;
        }
    }
}
