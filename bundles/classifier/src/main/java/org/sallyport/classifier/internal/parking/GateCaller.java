package org.sallyport.classifier.internal.parking;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.sallyport.api.admin.Journal;
import org.sallyport.api.flow.PacketGate;
import org.sallyport.classifier.internal.parking.ParkedFlow.Answer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the gate on behalf of the workers, on a thread that carries no packet. A gate that is replaced by another one is
 * asked anew for what waits; when there is none any more, what waits is told so. Thread safe.
 */
public final class GateCaller implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(GateCaller.class);
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final long TELL_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** A flow to look at, which is to be asked for, or over. */
    private record Errand(ParkedFlow flow, Consumer<ParkedFlow> answered) {}

    private final Supplier<@Nullable PacketGate> gates;
    private final List<ParkingCounters> counters;
    private final int most;
    private final Queue<Errand> errands = new ConcurrentLinkedQueue<>();
    private final AtomicInteger waiting = new AtomicInteger();
    private final Map<ParkedFlow, Question> questions = new HashMap<>();
    private final Thread thread;
    private @Nullable PacketGate asked;
    private long overflowsTold;
    private long lastTold = System.nanoTime() - TELL_NANOS;
    private volatile boolean closed;

    /**
     * @param gates the gate, null while there is none
     * @param counters of the workers, for overflows that people are told of
     * @param most how many flows may wait to be asked for
     */
    public GateCaller(Supplier<@Nullable PacketGate> gates, List<ParkingCounters> counters, int most) {
        this.gates = gates;
        this.counters = List.copyOf(counters);
        this.most = most;
        this.thread = Thread.ofPlatform().daemon().name("sallyport-gate").start(this::run);
    }

    /** Tells whether there is a gate to ask. */
    public boolean present() {
        return gates.get() != null;
    }

    /**
     * Has the gate asked for a flow.
     *
     * @param answered told, by any thread, once the flow has its answer
     * @return false when too many wait to be asked for
     */
    public boolean ask(ParkedFlow flow, Consumer<ParkedFlow> answered) {
        if (waiting.get() >= most) {
            return false;
        }
        post(new Errand(flow, answered));
        LockSupport.unpark(thread);
        return true;
    }

    /** A flow for which the gate was asked is over; that has time, and those whose packets go just then have not. */
    public void forget(ParkedFlow flow) {
        post(new Errand(flow, gone -> {}));
    }

    private void post(Errand errand) {
        waiting.incrementAndGet();
        errands.add(errand);
    }

    private void run() {
        while (!closed) {
            work();
            LockSupport.parkNanos(this, PAUSE_NANOS);
        }
        work();
        questions.values().forEach(Question::withdraw);
    }

    private void work() {
        try {
            PacketGate gate = gates.get();
            if (gate != asked) {
                asked = gate;
                askAnew(gate);
            }
            for (Errand errand = errands.poll(); errand != null; errand = errands.poll()) {
                waiting.decrementAndGet();
                carryOut(errand, gate);
            }
            tellOfOverflows();
        } catch (RuntimeException e) {
            LOG.error("asking the gate for parked packets failed", e);
        }
    }

    private void askAnew(@Nullable PacketGate gate) {
        for (Question question : List.copyOf(questions.values())) {
            if (question.flow().answer() == Answer.NONE) {
                ask(question.anew(), gate);
            }
        }
    }

    private void carryOut(Errand errand, @Nullable PacketGate gate) {
        ParkedFlow flow = errand.flow();
        if (!flow.over()) {
            ask(new Question(flow, errand.answered()), gate);
            return;
        }
        Question question = questions.remove(flow);
        if (question != null) {
            question.withdraw();
            if (gate != null && !flow.carried()) {
                gate.ended(flow.flow());
            }
        }
    }

    private void ask(Question question, @Nullable PacketGate gate) {
        questions.put(question.flow(), question);
        if (gate == null) {
            question.answer(Answer.NO_GATE);
            return;
        }
        try {
            question.ask(gate);
        } catch (RuntimeException e) {
            LOG.error(
                    "the gate failed for parked packets of {}", question.flow().flow(), e);
            question.answer(Answer.REFUSE);
        }
    }

    private void tellOfOverflows() {
        long overflows = counters.stream().mapToLong(ParkingCounters::overflows).sum();
        long now = System.nanoTime();
        if (overflows > overflowsTold && now - lastTold >= TELL_NANOS) {
            Journal.event("parking-full")
                    .with("packets", overflows - overflowsTold)
                    .with("total", overflows)
                    .write();
            overflowsTold = overflows;
            lastTold = now;
        }
    }

    /** Abandons what is asked. */
    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
        try {
            thread.join(TimeUnit.SECONDS.toMillis(2));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
