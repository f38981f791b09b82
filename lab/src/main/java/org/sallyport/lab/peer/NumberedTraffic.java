package org.sallyport.lab.peer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.sallyport.lab.net.Namespace;
import org.sallyport.lab.process.CommandFailedException;
import org.sallyport.lab.process.Wait;

/**
 * Numbered UDP datagrams at a steady pace from one namespace to another; every loss, repetition and overtaking shows.
 * Each datagram carries a sentence that is looked for on the wire. Reports may be taken while it runs.
 */
public final class NumberedTraffic implements AutoCloseable {
    /** Part of every datagram: whoever reads this on the outer wire has read clear text. */
    public static final String CANARY = "numbered in clear";

    private static final byte[] MAGIC = CANARY.getBytes(StandardCharsets.UTF_8);
    private static final int LENGTH = 200;

    private final DatagramChannel sender;
    private final DatagramChannel receiver;
    private final Duration interval;
    private final Object lock = new Object();
    private final BitSet arrived = new BitSet();
    private final List<Long> delays = new ArrayList<>();
    private long sent;
    private long refused;
    private long duplicated;
    private long reordered;
    private long highest = -1;
    private long lastArrival;
    private long longestGap;
    private volatile boolean sending = true;
    private final Thread sendThread;

    private NumberedTraffic(
            Namespace from, DatagramChannel sender, Namespace to, DatagramChannel receiver, Duration interval) {
        this.sender = sender;
        this.receiver = receiver;
        this.interval = interval;
        this.sendThread = from.thread(this::sendAll);
        to.thread(this::receiveAll).start();
        sendThread.start();
    }

    /**
     * What arrived of what was sent.
     *
     * @param sent datagrams handed to the kernel
     * @param refused sends that the kernel refused, which count as sent
     * @param received different datagrams that arrived
     * @param lost the numbers of those that did not
     * @param duplicated arrivals of one that had arrived already
     * @param reordered arrivals after a later one
     * @param longestGapMillis the longest time between two arrivals
     * @param medianDelayMicros half of the datagrams took at most this long
     */
    public record Report(
            long sent,
            long refused,
            long received,
            List<Long> lost,
            long duplicated,
            long reordered,
            double longestGapMillis,
            double medianDelayMicros) {}

    /** Starts to send; the sender is bound to the source address, so that the flow is the one that policy names. */
    public static NumberedTraffic start(
            Namespace from, String source, Namespace to, String destination, int port, Duration interval) {
        InetSocketAddress target = new InetSocketAddress(destination, port);
        DatagramChannel receiver = to.call(() -> DatagramChannel.open().bind(target));
        DatagramChannel sender = from.call(() ->
                DatagramChannel.open().bind(new InetSocketAddress(source, 0)).connect(target));
        return new NumberedTraffic(from, sender, to, receiver, interval);
    }

    private void sendAll() {
        long next = System.nanoTime();
        for (long number = 0; sending; number++) {
            boolean accepted = send(number);
            synchronized (lock) {
                sent = number + 1;
                refused += accepted ? 0 : 1;
            }
            next += interval.toNanos();
            for (long left = next - System.nanoTime(); left > 0 && sending; left = next - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
        }
    }

    private boolean send(long number) {
        ByteBuffer datagram = ByteBuffer.allocate(LENGTH);
        datagram.put(MAGIC).putLong(number).putLong(System.nanoTime()).rewind();
        try {
            sender.write(datagram);
            return true;
        } catch (IOException refusal) {
            // Protected traffic without an SA is refused or dropped: that is a loss like any other.
            return false;
        }
    }

    private void receiveAll() {
        ByteBuffer datagram = ByteBuffer.allocate(2048);
        try {
            while (true) {
                datagram.clear();
                receiver.receive(datagram);
                long now = System.nanoTime();
                datagram.flip();
                if (datagram.remaining() == LENGTH) {
                    record(datagram.getLong(MAGIC.length), datagram.getLong(MAGIC.length + 8), now);
                }
            }
        } catch (AsynchronousCloseException | SocketException end) {
            // Closed by close().
        } catch (ClosedChannelException end) {
            // Closed by close() before the next call.
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private void record(long number, long sentAt, long now) {
        synchronized (lock) {
            if (arrived.get((int) number)) {
                duplicated++;
                return;
            }
            arrived.set((int) number);
            delays.add(now - sentAt);
            reordered += number < highest ? 1 : 0;
            highest = Math.max(highest, number);
            longestGap = Math.max(longestGap, lastArrival == 0 ? 0 : now - lastArrival);
            lastArrival = now;
        }
    }

    /** How many different datagrams have arrived. */
    public long received() {
        synchronized (lock) {
            return arrived.cardinality();
        }
    }

    /** How many have been sent. */
    public long sent() {
        synchronized (lock) {
            return sent;
        }
    }

    /** The numbers from this one on, sent until now, that do not arrive although they are given this time. */
    public List<Long> lostSince(long first, Duration underWay) {
        long end = sent();
        Wait.holds(underWay, () -> missing(first, end).isEmpty());
        return missing(first, end);
    }

    private List<Long> missing(long first, long end) {
        synchronized (lock) {
            List<Long> missing = new ArrayList<>();
            for (int number = arrived.nextClearBit((int) first);
                    number < end;
                    number = arrived.nextClearBit(number + 1)) {
                missing.add((long) number);
            }
            return missing;
        }
    }

    /** Stops sending, gives what is under way the time to arrive, and reports. */
    public Report finish(Duration underWay) {
        sending = false;
        LockSupport.unpark(sendThread);
        try {
            sendThread.join();
            Thread.sleep(underWay);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new CommandFailedException("interrupted while traffic was ending", interrupted);
        }
        return report();
    }

    /** What arrived until now; datagrams under way count as lost. */
    public Report report() {
        synchronized (lock) {
            return new Report(
                    sent,
                    refused,
                    arrived.cardinality(),
                    List.copyOf(missing(0, sent)),
                    duplicated,
                    reordered,
                    longestGap / (double) TimeUnit.MILLISECONDS.toNanos(1),
                    median(delays) / 1000.0);
        }
    }

    private static long median(List<Long> values) {
        return values.isEmpty() ? 0 : values.stream().sorted().toList().get(values.size() / 2);
    }

    @Override
    public void close() {
        sending = false;
        try {
            sender.close();
            receiver.close();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
