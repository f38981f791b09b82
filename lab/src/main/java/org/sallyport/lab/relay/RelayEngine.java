package org.sallyport.lab.relay;

import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.DelayQueue;
import java.util.concurrent.Delayed;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Takes packets in, has the lines decide, and delivers what is due. Receiving and changing settings exclude each other;
 * delivering is a thread of its own.
 */
final class RelayEngine {
    private final DelayQueue<Delivery> queue = new DelayQueue<>();
    private final Map<Direction, Line> lines = new EnumMap<>(Direction.class);
    private final Optional<Nat> nat;
    private final InsideNetworks inside;
    private final LongSupplier clock;
    private final AtomicLong order = new AtomicLong();
    private long untranslatable;

    RelayEngine(Dice dice, InsideNetworks inside, Optional<Nat> nat, LongSupplier clock) {
        this.inside = inside;
        this.nat = nat;
        this.clock = clock;
        for (Direction direction : Direction.values()) {
            lines.put(direction, new Line(dice, direction));
        }
    }

    /** A packet that is due at a time of the engine's clock; equal times keep the order of arrival. */
    private static final class Delivery implements Delayed {
        private final long due;
        private final long order;
        private final byte[] packet;
        private final LongSupplier clock;

        Delivery(long due, long order, byte[] packet, LongSupplier clock) {
            this.due = due;
            this.order = order;
            this.packet = packet;
            this.clock = clock;
        }

        @Override
        public long getDelay(TimeUnit unit) {
            return unit.convert(due - clock.getAsLong(), TimeUnit.NANOSECONDS);
        }

        @Override
        public int compareTo(Delayed other) {
            Delivery that = (Delivery) other;
            int byTime = Long.compare(due, that.due);
            return byTime != 0 ? byTime : Long.compare(order, that.order);
        }
    }

    /** What happened until now. */
    record Statistics(LineStatistics outbound, LineStatistics inbound, long untranslatable) {}

    synchronized void impair(Direction direction, Impairment impairment) {
        line(direction).impair(impairment);
    }

    synchronized void rebind() {
        nat.ifPresent(Nat::rebind);
    }

    synchronized Statistics statistics() {
        return new Statistics(
                line(Direction.OUTBOUND).statistics(), line(Direction.INBOUND).statistics(), untranslatable);
    }

    synchronized void receive(byte[] packet) {
        Direction direction = inside.direction(packet, nat);
        long now = clock.getAsLong();
        boolean passes = nat.isEmpty() || nat.get().translate(direction, packet);
        if (!passes) {
            untranslatable++;
            return;
        }
        for (long due : line(direction).send(now, packet.length, IkeMessages.isOne(packet))) {
            queue.add(new Delivery(due, order.getAndIncrement(), packet, clock));
        }
    }

    private Line line(Direction direction) {
        return java.util.Objects.requireNonNull(lines.get(direction));
    }

    /** Delivers what is due until the thread is interrupted. */
    void deliver(Consumer<byte[]> output) throws InterruptedException {
        while (true) {
            output.accept(queue.take().packet);
        }
    }
}
