package org.sallyport.spd.internal.kernel;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.sallyport.api.flow.Addresses;
import org.sallyport.spd.TestNamespace;

/** A protected flow of a datagram each millisecond, counted where it comes out of the TUN device. */
final class SteadyFlow implements AutoCloseable {
    private static final int PORT = 7777;
    private static final long PACE_NANOS = 1_000_000;
    private static final long UNDER_WAY_NANOS = 2_000_000_000L;

    private final DatagramSocket socket;
    private final Inside inside;
    private final Thread sender;
    private final Thread counter;
    private final AtomicInteger sent = new AtomicInteger();
    private final BitSet received = new BitSet();
    private final List<String> refusals = new CopyOnWriteArrayList<>();
    private volatile boolean sending = true;
    private volatile boolean counting = true;

    SteadyFlow(TestNamespace from, String source, String destination) {
        socket = Udp.bound(from, source, 0);
        inside = from.in(Inside::new);
        counter = Thread.ofPlatform().start(this::count);
        sender = Thread.ofPlatform().start(() -> send(destination));
    }

    /** One that the kernel refuses is sent too, and does not come out. */
    private void send(String destination) {
        while (sending) {
            byte[] number = ByteBuffer.allocate(4).putInt(sent.get()).array();
            try {
                socket.send(new DatagramPacket(number, number.length, Addresses.parse(destination), PORT));
            } catch (IOException refusal) {
                refusals.add(sent.get() + ": " + refusal.getMessage());
            }
            sent.incrementAndGet();
            LockSupport.parkNanos(PACE_NANOS);
        }
    }

    private void count() {
        while (counting) {
            inside.takeUdpTo(PORT, payload -> arrived(payload.getInt()));
            LockSupport.parkNanos(PACE_NANOS / 10);
        }
    }

    private synchronized void arrived(int number) {
        received.set(number);
    }

    private synchronized List<Integer> missing() {
        return IntStream.range(0, sent.get())
                .filter(n -> !received.get(n))
                .boxed()
                .toList();
    }

    int sent() {
        return sent.get();
    }

    /** What the kernel refused to send, with its reasons. */
    List<String> refusals() {
        return List.copyOf(refusals);
    }

    /** Ends it, and answers the numbers of those that did not come out. */
    List<Integer> lost() throws InterruptedException {
        sending = false;
        sender.join();
        long end = System.nanoTime() + UNDER_WAY_NANOS;
        while (!missing().isEmpty() && System.nanoTime() < end) {
            Thread.sleep(20);
        }
        return missing();
    }

    @Override
    public void close() {
        sending = false;
        counting = false;
        try {
            sender.join();
            counter.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        inside.close();
        socket.close();
    }
}
