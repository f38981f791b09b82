package org.sallyport.sad.internal;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.sallyport.api.flow.Flow;
import org.sallyport.api.flow.Requester;
import org.sallyport.api.negotiation.ConnectionEvent;
import org.sallyport.api.negotiation.Negotiator;
import org.sallyport.api.negotiation.Pad;
import org.sallyport.api.policy.Origin;
import org.sallyport.api.policy.Policy;
import org.sallyport.api.policy.PolicyGeneration;
import org.sallyport.api.policy.Spd;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.reason.ReasonCode;
import org.sallyport.api.sa.ChildSaId;
import org.sallyport.api.sa.DataPlane;
import org.sallyport.api.sa.SaRefusedException;
import org.sallyport.api.sa.Share;
import org.sallyport.linux.memory.SaMemory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The parts of the SAD put together, and what spans several of them: data planes that come and go, endings, sweeps. */
final class Sad implements Ageing.Consequences, Lingering.Consequences, LeaseBook.Rules {
    private static final Logger LOG = LoggerFactory.getLogger(Sad.class);

    /** How long a negotiator has to end a lineage before the SAD does it alone. */
    static final Duration NEGOTIATED_END = Duration.ofSeconds(5);

    /** The number of the generation before the first: it says nothing about what an administrator wants. */
    private static final long NOTHING_READ_YET = 0;

    /** What the SAD stands on. */
    interface Surroundings {
        SaMemory memory();

        SadSettings settings();

        @Nullable
        Pad pad();

        @Nullable
        Spd spd();

        /** Runs tasks that may block, each on its own. */
        Executor executor();

        /** Runs tasks one after the other. */
        Executor inOrder();

        RandomGenerator random();

        /** Returns the negotiator that policies call by this name. */
        Optional<Negotiator> negotiator(String name);

        /** Tells those who follow connections. */
        void tell(ConnectionEvent event);
    }

    private final Executor executor;
    private final Supplier<@Nullable Spd> spd;
    private final Supplier<SadSettings> settings;
    private final Timers timers;
    private final Slots slots;
    private final DataPlanes planes = new DataPlanes();
    private final Negotiators negotiators;
    private final Lineages lineages = new Lineages();
    private final LineagePolicies policies;
    private final Ageing ageing;
    private final Lingering lingering;
    private final Dependents dependents = new Dependents(this::endsWithAnother);
    private final LeaseJournal leaseJournal;
    private final LeaseBook leases;
    private final Bindings bindings;
    private final Inspection inspection;
    private final PairTable table;
    private final Grants grants;
    private @Nullable PolicyGeneration judged;

    Sad(Surroundings around, Timers timers) {
        this.timers = timers;
        executor = around.executor();
        spd = around::spd;
        settings = around::settings;
        negotiators = new Negotiators(around::negotiator);
        slots = new Slots(around.memory(), timers);
        policies = new LineagePolicies(lineages, spd);
        ageing = new Ageing(timers, executor, settings, around.random());
        bindings = new Bindings(planes, this::leases, around.inOrder());
        lingering = new Lingering(timers, lineages, policies, (l, action) -> leases().whileUnused(l, action), this);
        inspection = new Inspection(timers, lineages, this::leases, () -> table().inOrder(), lingering::unneededFor);
        leaseJournal = new LeaseJournal(timers, line -> around.inOrder().execute(line::write));
        leases = new LeaseBook(this, timers, List.of(lingering, inspection, leaseJournal, bindings));
        ConnectionTeller teller = new ConnectionTeller(around.inOrder(), around::tell);
        table = new PairTable(
                around::settings,
                new Spis(around.random()),
                new InstallCheck(around::pad, around::spd),
                planes,
                slots,
                timers,
                lineages,
                List.of(
                        ageing,
                        inspection,
                        inspection.totals(),
                        new JournalWriter(),
                        teller,
                        leases,
                        lingering,
                        dependents));
        grants = new Grants(table, ageing, around::settings);
        ageing.consequences(this);
    }

    PairTable table() {
        return table;
    }

    LeaseBook leases() {
        return leases;
    }

    Grants grants() {
        return grants;
    }

    Inspection inspection() {
        return inspection;
    }

    /** A data plane appeared: it is given every living SA, and then counted on. */
    void dataPlaneAppeared(DataPlane plane) {
        DataPlanes.Member member = planes.join(plane);
        if (table.isEmpty()) {
            ready(member);
        } else {
            executor.execute(() -> replay(member));
        }
    }

    /** A data plane went; its workers may run for a moment yet. */
    void dataPlaneVanished(DataPlane plane) {
        slots.quarantine();
        Optional<DataPlanes.Member> left = planes.leave(plane);
        if (!planes.anyReady()) {
            leases.flowsToldAnew();
        }
        left.ifPresent(member -> executor.execute(() -> table.all().forEach(p -> forget(p, member))));
    }

    /** What the data plane that is left did not take is carried by nobody now. */
    private void forget(Pair pair, DataPlanes.Member member) {
        synchronized (pair) {
            Pair.Agreed agreed = pair.agreed();
            boolean had = pair.receivers.remove(member);
            pair.senders.remove(member);
            if (had && agreed != null && pair.receivers.isEmpty() && planes.anyReady()) {
                Reason reason = Reason.of(
                        ReasonCode.CAPABILITY_ABSENT,
                        "a classifier that carries "
                                + Inspection.algorithms(agreed.spec().suite()),
                        "the one that is left refused this SA");
                executor.execute(() -> end(agreed, reason));
            }
        }
    }

    /** From now on it carries packets; which flows go on it tells when they come. */
    private boolean ready(DataPlanes.Member member) {
        leases.flowsToldAnew();
        return planes.ready(member);
    }

    private void replay(DataPlanes.Member member) {
        long began = timers.now();
        List<Pair> pairs = table.inOrder();
        pairs.forEach(pair -> replay(member, pair));
        bindings.replay(member);
        if (ready(member)) {
            LOG.info(
                    "a data plane joined; it was given {} pairs in {} ms",
                    pairs.size(),
                    (timers.now() - began) / 1_000_000);
        }
    }

    private void replay(DataPlanes.Member member, Pair pair) {
        synchronized (pair) {
            Side inbound = pair.inbound();
            Pair.Agreed agreed = pair.agreed();
            if (!planes.contains(member)) {
                return;
            }
            if (pair.state() == Pair.State.RESERVED) {
                planes.reserve(member, pair);
            }
            if (inbound == null || agreed == null) {
                return;
            }
            try {
                planes.replay(member, pair, inbound);
            } catch (SaRefusedException e) {
                LOG.warn(
                        "the new data plane does not take {}: {}", agreed.spec().lineage(), e.reason());
                if (pair.receivers.isEmpty()) {
                    executor.execute(() -> end(agreed, e.reason()));
                }
            } catch (RuntimeException e) {
                LOG.error("the new data plane failed to take {}", agreed.spec().lineage(), e);
            }
        }
    }

    /** A generation came into force: what it no longer covers ends, all else goes on as it says. */
    void generationChanged() {
        executor.execute(() -> {
            Spd inForce = spd.get();
            if (inForce != null && inForce.current().number() > NOTHING_READ_YET) {
                PolicyGeneration generation = inForce.current();
                sweep(generation);
                judgeAnew(generation);
                lingering.policiesChanged();
            }
        });
    }

    private void sweep(PolicyGeneration generation) {
        for (Pair pair : table.all()) {
            Pair.Agreed agreed = pair.agreed();
            if (agreed != null && pair.state() != Pair.State.RESERVED) {
                try {
                    table.treat(pair, InstallCheck.covering(generation, agreed.spec()));
                } catch (SaRefusedException e) {
                    LOG.info("{} ends: {}", agreed.spec().lineage(), e.reason());
                    end(agreed, Reason.of(ReasonCode.POLICY_GONE, agreed.spec().policy()));
                }
            }
        }
    }

    /** A flow that policy had go by one entry may go by another now, though the first still stands. */
    private synchronized void judgeAnew(PolicyGeneration generation) {
        PolicyGeneration before = judged;
        if (before != null && before.number() >= generation.number()) {
            return;
        }
        judged = generation;
        if (before != null) {
            leases.judgeAnew((lineage, flow, requester) -> lineages.agreed(lineage)
                    .map(agreed -> agreed.spec().policy())
                    .filter(policy ->
                            leads(before, policy, flow, requester) && !leads(generation, policy, flow, requester))
                    .isPresent());
        }
    }

    private static boolean leads(PolicyGeneration generation, String policy, Flow flow, Requester requester) {
        return Arrays.stream(Origin.values())
                .anyMatch(origin -> generation.judge(flow, requester, origin).protectsUnder(policy));
    }

    /**
     * Ends a lineage by its negotiator, who tells the peer; without one, or when that takes long, alone. From now on
     * nobody can lease it and nothing is sent by it.
     */
    private void end(Pair.Agreed agreed, Reason reason) {
        ChildSaId lineage = agreed.spec().lineage();
        lineages.end(lineage, reason);
        // told before it stops to send: who then needs another asks for it after the DELETE
        boolean negotiated = negotiators.delete(agreed.policy().negotiator(), lineage, reason);
        lineages.pairs(lineage).forEach(p -> table.retire(p.key()));
        dependents.of(lineage).forEach(dependent -> endsWithAnother(dependent, reason));
        if (negotiated) {
            timers.after(NEGOTIATED_END, () -> executor.execute(() -> endAlone(lineage, reason)));
        } else {
            endAlone(lineage, reason);
        }
    }

    /** A lineage that stood beside another ends with it. */
    private void endsWithAnother(ChildSaId dependent, Reason reason) {
        executor.execute(() -> lineages.agreed(dependent)
                .filter(agreed -> lineages.ending(dependent).isEmpty())
                .ifPresent(agreed -> end(agreed, reason)));
    }

    /** Packets go by a lineage for which a share of their own is to stand: its negotiator may make one. */
    void shareWanted(Share wanted) {
        ChildSaId fallback = wanted.fallback();
        boolean foreseen = policies.of(fallback)
                .filter(p -> p.sharing().has(wanted.number()))
                .isPresent();
        if (foreseen && lineages.sends(fallback)) {
            lineages.agreed(fallback)
                    .filter(agreed -> agreed.spec().share().isEmpty())
                    .ifPresent(agreed -> negotiators.share(agreed.policy().negotiator(), wanted));
        }
    }

    private void endAlone(ChildSaId lineage, Reason reason) {
        lineages.pairs(lineage).forEach(p -> table.delete(p, reason));
    }

    /** Nobody needs a successor of what nobody uses: it is asked for when somebody does again. */
    @Override
    public void successorDue(Pair pair, Pair.Agreed agreed) {
        ChildSaId lineage = agreed.spec().lineage();
        if (lineages.active(lineage).filter(p -> p == pair).isPresent() && !lingering.postpones(lineage)) {
            negotiators.rekey(agreed.policy().negotiator(), lineage);
        }
    }

    @Override
    public void successorDue(ChildSaId lineage) {
        executor.execute(() -> lineages.active(lineage)
                .map(Pair::agreed)
                .ifPresent(agreed -> negotiators.rekey(agreed.policy().negotiator(), lineage)));
    }

    @Override
    public void beginsToLinger(ChildSaId lineage, Optional<Duration> linger) {
        leaseJournal.unneeded(lineage, policies.of(lineage).map(Policy::name).orElse(""), linger);
    }

    @Override
    public void unneeded(ChildSaId lineage, Reason reason) {
        executor.execute(() -> lineages.agreed(lineage).ifPresent(agreed -> end(agreed, reason)));
    }

    @Override
    public boolean leasable(ChildSaId lineage) {
        return lineages.sends(lineage);
    }

    @Override
    public Optional<ChildSaId> carrier(String policy, Flow flow) {
        return table.find(policy, flow);
    }

    @Override
    public SadSettings settings() {
        return settings.get();
    }

    /** A pair with a successor goes alone; one without takes its lineage along. */
    @Override
    public void over(Pair pair, Pair.Agreed agreed, Reason reason) {
        ChildSaId lineage = agreed.spec().lineage();
        boolean succeeded = lineages.active(lineage).filter(p -> p != pair).isPresent();
        if (!succeeded) {
            lineages.end(lineage, reason);
        }
        table.delete(pair, reason);
        if (!succeeded) {
            negotiators.delete(agreed.policy().negotiator(), lineage, reason);
        }
    }

    @Override
    public void abandoned(Pair pair) {
        if (pair.state() == Pair.State.RESERVED) {
            table.delete(pair, Reason.of(ReasonCode.CANCELLED));
        }
    }

    /** Ends everything and wipes every slot. */
    void close() {
        Reason reason = Reason.of(ReasonCode.SHUTTING_DOWN);
        table.inOrder().forEach(p -> table.delete(p, reason));
        slots.close();
        inspection.close();
    }
}
