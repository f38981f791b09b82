package org.sallyport.lab.relay;

import java.util.List;

/**
 * One direction of the relay: answers when a packet arrives, how often, or that it does not. It reads no clock; one
 * thread uses it at a time.
 */
final class Line {
    private static final long NANOS = 1_000_000_000L;

    private final Dice dice;
    private final Direction direction;
    private Impairment impairment = Impairment.NONE;
    private long index;
    private long busyUntil = Long.MIN_VALUE;
    private long lastArrival = Long.MIN_VALUE;
    private long lost;
    private long overflowed;
    private long duplicated;
    private long heldBack;

    Line(Dice dice, Direction direction) {
        this.dice = dice;
        this.direction = direction;
    }

    /** Changes what is done from the next packet on. */
    void impair(Impairment value) {
        impairment = value;
    }

    /** The times, in nanoseconds of the caller's clock, at which the packet arrives: none, one or two. */
    List<Long> send(long now, int bytes, boolean ike) {
        Dice.Throw chance = dice.roll(direction, index++);
        if (chance.loss() < impairment.loss()) {
            lost++;
            return List.of();
        }
        long sent = serialize(now, bytes);
        if (sent < 0) {
            overflowed++;
            return List.of();
        }
        long arrival = arrival(sent, chance, ike);
        if (chance.duplication() < impairment.duplication()) {
            duplicated++;
            return List.of(arrival, arrival);
        }
        return List.of(arrival);
    }

    /** When the last bit is on the line, or -1 when the queue before it is full. Nanoseconds here are never negative. */
    private long serialize(long now, int bytes) {
        if (impairment.bitsPerSecond() == 0) {
            return now;
        }
        long start = Math.max(now, busyUntil);
        long waiting = (start - now) * impairment.bitsPerSecond() / 8 / NANOS;
        if (waiting + bytes > impairment.queueBytes()) {
            return -1;
        }
        busyUntil = start + bytes * 8L * NANOS / impairment.bitsPerSecond();
        return busyUntil;
    }

    /** Messages of IKE that take longer hold nothing else up. */
    private long arrival(long sent, Dice.Throw chance, boolean ike) {
        long plain = sent
                + impairment.delay().toNanos()
                + (long) (impairment.jitter().toNanos() * chance.jitter());
        if (chance.reordering() < impairment.reordering()) {
            heldBack++;
            return plain + impairment.holdBack().toNanos();
        }
        if (ike && !impairment.ikeDelay().isZero()) {
            return plain + impairment.ikeDelay().toNanos();
        }
        lastArrival = Math.max(lastArrival, plain);
        return lastArrival;
    }

    LineStatistics statistics() {
        return new LineStatistics(index, lost, overflowed, duplicated, heldBack);
    }
}
