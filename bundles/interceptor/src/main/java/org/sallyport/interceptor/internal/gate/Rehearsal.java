package org.sallyport.interceptor.internal.gate;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.sallyport.api.flow.Addresses;
import org.sallyport.api.flow.Admission;
import org.sallyport.api.flow.Flow;
import org.sallyport.api.flow.FlowRequest;
import org.sallyport.api.flow.IpProtocol;
import org.sallyport.api.flow.Requester;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds and releases a few requests in a world of its own, before anybody depends on it: the first real one would
 * otherwise pay for loading and linking the gate's classes. Nothing of it reaches the journal or the list of holds.
 */
final class Rehearsal {
    private static final Logger LOG = LoggerFactory.getLogger(Rehearsal.class);
    private static final int ROUNDS = 600;
    private static final Duration LIMIT = Duration.ofSeconds(5);

    private Rehearsal() {}

    static void play(Executor executor, ScheduledExecutorService timer) {
        RehearsalStage stage = new RehearsalStage(timer);
        Gate gate = new Gate(
                stage,
                new HoldLimits(ROUNDS, ROUNDS),
                new HoldLimits(2 * ROUNDS, 2 * ROUNDS),
                executor,
                timer,
                new GateJournal(line -> {}));
        try {
            List<Admission> parked = new ArrayList<>();
            for (int round = 1; round <= ROUNDS; round++) {
                FlowRequest request = request(round);
                stage.clear();
                await(gate.admit(request));
                stage.clear();
                await(gate.admitAtOnce(request));
                gate.admitCalled(request.flow()).ifPresent(parked::add);
                parked.add(gate.admitParked(request));
            }
            // These are looked at only a while after their SA stands.
            for (Admission admission : parked) {
                await(admission);
            }
        } catch (ExecutionException | TimeoutException e) {
            LOG.warn("the gate could not rehearse, so its first request will be slow: {}", e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            gate.close();
        }
    }

    private static FlowRequest request(int round) {
        Flow flow =
                new Flow(0, IpProtocol.TCP, Addresses.parse("192.0.2.1"), round, Addresses.parse("192.0.2.2"), round);
        return FlowRequest.ofSocket(flow, Requester.UNKNOWN, round);
    }

    private static void await(Admission admission) throws InterruptedException, ExecutionException, TimeoutException {
        if (admission instanceof Admission.Held held) {
            Admission ended = held.hold().outcome().toCompletableFuture().get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
            LOG.trace("rehearsed: {}", ended);
        }
    }
}
