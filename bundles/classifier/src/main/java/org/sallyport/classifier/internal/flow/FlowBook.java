package org.sallyport.classifier.internal.flow;

import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.sallyport.api.flow.Flow;
import org.sallyport.api.flow.PacketGate;
import org.sallyport.api.sa.ChildSaId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Every flow that the SAs carry, both directions together: tells the gate when one begins, by which lineage, and when it
 * was idle for long enough. Threads that carry packets report what is new to them and else only stamp times. A gate that
 * appears hears of every flow there is. On a thread of its own.
 */
public final class FlowBook implements Predicate<FlowEntry>, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FlowBook.class);
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    /** Nobody waits for what is told of a new flow, and those that come with it are still on their way. */
    private static final long GATHER_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private static final int MOST_REPORTS = 1 << 16;

    private final Supplier<@Nullable PacketGate> gates;
    private final IdleTimes idle;
    private final int most;
    private final LongSupplier clock;
    private final Queue<FlowEntry> reports = new ConcurrentLinkedQueue<>();
    private final AtomicInteger waiting = new AtomicInteger();
    private final Map<Flow, Conversation> flows = new HashMap<>();
    private final IdleWheel wheel;
    private final Thread thread;
    private @Nullable PacketGate told;
    private volatile boolean closed;

    /**
     * @param gates the gate, null while there is none
     * @param most how many flows at once; of more, those that would be over first are over at once
     * @param clock boot time in nanoseconds, as packets are stamped with
     */
    public FlowBook(Supplier<@Nullable PacketGate> gates, IdleTimes idle, int most, LongSupplier clock) {
        this.gates = gates;
        this.idle = idle;
        this.most = most;
        this.clock = clock;
        this.wheel = new IdleWheel(clock.getAsLong());
        this.thread = Thread.ofPlatform().daemon().name("sallyport-flows").unstarted(this::run);
    }

    public void start() {
        thread.start();
    }

    /** Takes note of a flow that is new, or begins to close; false when too many wait. Any thread. */
    @Override
    public boolean test(FlowEntry entry) {
        if (waiting.get() >= MOST_REPORTS) {
            return false;
        }
        reports.add(entry);
        if (waiting.getAndIncrement() == 0) {
            LockSupport.unpark(thread);
        }
        return true;
    }

    private void run() {
        while (!closed) {
            try {
                work();
            } catch (RuntimeException e) {
                LOG.error("keeping the book of flows failed", e);
            }
            LockSupport.parkNanos(this, PAUSE_NANOS);
            if (waiting.get() > 0) {
                LockSupport.parkNanos(this, GATHER_NANOS);
            }
        }
    }

    /** Takes what was reported and ends what is idle; one thread at a time. */
    public void work() {
        PacketGate gate = gates.get();
        if (gate != told) {
            told = gate;
            tellEverything(gate);
        }
        for (FlowEntry entry = reports.poll(); entry != null; entry = reports.poll()) {
            waiting.decrementAndGet();
            take(entry, gate);
        }
        long now = clock.getAsLong();
        for (Conversation flow = wheel.next(now); flow != null; flow = wheel.next(now)) {
            look(flow, now, gate);
        }
    }

    private void tellEverything(@Nullable PacketGate gate) {
        if (gate == null) {
            return;
        }
        for (Conversation flow : flows.values()) {
            ChildSaId lineage = flow.lineage();
            if (lineage != null) {
                gate.begun(flow.flow, lineage);
            }
        }
    }

    private void take(FlowEntry entry, @Nullable PacketGate gate) {
        Flow flow = entry.flow();
        Conversation known = flows.get(flow);
        if (known == null) {
            makeRoom(gate);
            known = new Conversation(flow);
            flows.put(flow, known);
        } else {
            wheel.remove(known);
        }
        known.take(entry);
        wheel.schedule(known, known.lastUsed() + known.idle(idle));
        if (known.isNews(entry.lineage()) && gate != null) {
            gate.begun(flow, entry.lineage());
        }
    }

    private void makeRoom(@Nullable PacketGate gate) {
        if (flows.size() >= most) {
            Conversation first = wheel.first();
            if (first != null) {
                end(first, gate);
            }
        }
    }

    private void look(Conversation flow, long now, @Nullable PacketGate gate) {
        long due = flow.lastUsed() + flow.idle(idle);
        if (due <= now) {
            end(flow, gate);
        } else {
            wheel.schedule(flow, due);
        }
    }

    private void end(Conversation flow, @Nullable PacketGate gate) {
        flow.forget();
        flows.remove(flow.flow);
        if (gate != null) {
            gate.ended(flow.flow);
        }
    }

    /** Stops; who carries on reports every flow anew. */
    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
    }
}
