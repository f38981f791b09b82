package org.sallyport.sad.internal;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.sallyport.api.flow.Flow;
import org.sallyport.api.flow.Selectors;
import org.sallyport.api.flow.index.FlowIndex;
import org.sallyport.api.policy.Policy;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.reason.ReasonCode;
import org.sallyport.api.sa.ChildSaId;
import org.sallyport.api.sa.ConnectionId;
import org.sallyport.api.sa.Epoch;
import org.sallyport.api.sa.IkeSaId;
import org.sallyport.api.sa.IpsecProtocol;
import org.sallyport.api.sa.SaDirection;
import org.sallyport.api.sa.SaKeys;
import org.sallyport.api.sa.SaPairHandle;
import org.sallyport.api.sa.SaRefusedException;
import org.sallyport.api.sa.SaSlotLayout;
import org.sallyport.api.sa.SaSpec;
import org.sallyport.api.sa.SaTable;
import org.sallyport.api.sa.Share;
import org.sallyport.api.sa.SpiKey;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The SAD itself: pairs by inbound SPI, and the order in which they come and go. Thread safe. */
final class PairTable implements SaTable {
    private static final Logger LOG = LoggerFactory.getLogger(PairTable.class);

    private final Supplier<SadSettings> settings;
    private final Spis spis;
    private final InstallCheck check;
    private final DataPlanes planes;
    private final Slots slots;
    private final Timers timers;
    private final List<PairListener> listeners;
    private final Lineages lineages;
    private final FlowIndex<Pair> index = new FlowIndex<>();
    private final Map<SpiKey, Pair> pairs = new ConcurrentHashMap<>();
    private final AtomicInteger count = new AtomicInteger();
    private final AtomicLong ikeSas = new AtomicLong();
    private final AtomicLong lineageNumbers = new AtomicLong();
    private final AtomicLong activations = new AtomicLong();

    PairTable(
            Supplier<SadSettings> settings,
            Spis spis,
            InstallCheck check,
            DataPlanes planes,
            Slots slots,
            Timers timers,
            Lineages lineages,
            List<PairListener> listeners) {
        this.settings = settings;
        this.spis = spis;
        this.check = check;
        this.planes = planes;
        this.slots = slots;
        this.timers = timers;
        this.lineages = lineages;
        this.listeners = List.copyOf(listeners);
    }

    @Override
    public IkeSaId openIkeSa(ConnectionId connection) {
        return new IkeSaId(connection, ikeSas.incrementAndGet());
    }

    @Override
    public ChildSaId openLineage(IkeSaId ikeSa) {
        return new ChildSaId(ikeSa, lineageNumbers.incrementAndGet());
    }

    @Override
    public SpiKey reserveSpi(IpsecProtocol protocol) throws SaRefusedException {
        return reserve(protocol, Spis.Likeness.NONE);
    }

    @Override
    public SpiKey reserveSpi(IpsecProtocol protocol, ChildSaId lineage) throws SaRefusedException {
        return reserve(
                protocol,
                lineages.active(lineage)
                        .map(pair -> new Spis.Likeness(pair.key().spi(), planes.workers()))
                        .orElse(Spis.Likeness.NONE));
    }

    private SpiKey reserve(IpsecProtocol protocol, Spis.Likeness likeness) throws SaRefusedException {
        SadSettings now = settings.get();
        if (count.incrementAndGet() > now.maximumPairs()) {
            count.decrementAndGet();
            throw refused(ReasonCode.LIMIT_REACHED, "the number of security associations", 2 * now.maximumPairs());
        }
        Pair pair = new Pair(new SpiKey(protocol, spis.draw(now.spiFirst(), now.spiLast(), likeness)));
        pairs.put(pair.key(), pair);
        synchronized (pair) {
            planes.reserve(pair);
        }
        listeners.forEach(l -> l.reserved(pair));
        return pair.key();
    }

    @Override
    public void installInbound(SpiKey inbound, SaSpec spec, SaKeys keys) throws SaRefusedException {
        Pair pair = existing(inbound);
        synchronized (pair) {
            require(pair, Pair.State.RESERVED);
            try {
                receive(pair, spec, keys);
            } catch (SaRefusedException | RuntimeException e) {
                pair.agreed(null);
                pair.takeInbound().ifPresent(this::takeBack);
                pair.receivers.clear();
                throw e;
            }
        }
    }

    /** The specification is set first, so that a generation that comes meanwhile is noticed either here or there. */
    private void receive(Pair pair, SaSpec spec, SaKeys keys) throws SaRefusedException {
        requireFuture(spec.lineage());
        Policy policy = check.permit(spec);
        InstallCheck.requireOwnHost(spec, agreed());
        requireFallback(spec);
        Pair.Agreed agreed = new Pair.Agreed(spec, policy, timers.now());
        pair.agreed(agreed);
        Side side = slots.allocate(pair.key(), SaDirection.INBOUND, spec);
        pair.inbound(side);
        SlotWriter.fill(side.sa(), spec, keys, Epoch.FIRST, policy, Long.MAX_VALUE);
        planes.installInbound(pair, side);
        pair.state(Pair.State.INSTALLED);
        lineages.add(spec.lineage(), pair);
        listeners.forEach(l -> l.installed(pair, agreed));
    }

    @Override
    public SaPairHandle activateOutbound(SpiKey inbound, int peerSpi, SaKeys keys) throws SaRefusedException {
        Pair pair = existing(inbound);
        synchronized (pair) {
            require(pair, Pair.State.INSTALLED);
            try {
                return send(pair, new SpiKey(inbound.protocol(), peerSpi), keys);
            } catch (SaRefusedException | RuntimeException e) {
                pair.takeOutbound().ifPresent(this::takeBack);
                pair.senders.clear();
                throw e;
            }
        }
    }

    private SaPairHandle send(Pair pair, SpiKey outbound, SaKeys keys) throws SaRefusedException {
        Pair.Agreed agreed = known(pair.agreed());
        Side in = known(pair.inbound());
        requireFuture(agreed.spec().lineage());
        requireFallback(agreed.spec());
        Policy policy = check.permit(agreed.spec());
        Side out = slots.allocate(outbound, SaDirection.OUTBOUND, agreed.spec());
        long limit = SequenceBudget.of(agreed, settings.get()).limitAfter(0);
        SlotWriter.fill(out.sa(), agreed.spec(), keys, Epoch.FIRST, policy, limit);
        SlotWriter.treatment(in.memory(), policy, agreed.spec().paddingRefused());
        noticeRefusedPadding(agreed.spec(), policy);
        pair.outbound(out);
        SaPairHandle handle = planes.activateOutbound(pair, in, out);
        SlotWriter.state(in.memory(), SaSlotLayout.STATE_ACTIVE);
        SlotWriter.state(out.memory(), SaSlotLayout.STATE_ACTIVE);
        activated(pair, agreed);
        return handle;
    }

    private static void noticeRefusedPadding(SaSpec spec, Policy policy) {
        if (spec.paddingRefused() && policy.tfcPadding().isPresent()) {
            LOG.warn(
                    "{}: policy \"{}\" has tfc-padding, and {} takes none (ESP_TFC_PADDING_NOT_SUPPORTED): packets keep"
                            + " their lengths",
                    spec.lineage(),
                    policy.name(),
                    spec.peerIdentity());
        }
    }

    /** What is being ended gets no successor. */
    private void requireFuture(ChildSaId lineage) throws SaRefusedException {
        Optional<Reason> ending = lineages.ending(lineage);
        if (ending.isPresent()) {
            throw new SaRefusedException(ending.get());
        }
    }

    /** What stands beside a lineage begins while that lives, and not after. */
    private void requireFallback(SaSpec spec) throws SaRefusedException {
        InstallCheck.requireFallback(
                spec,
                spec.share()
                        .map(Share::fallback)
                        .filter(lineages::lives)
                        .flatMap(lineages::agreed)
                        .map(Pair.Agreed::spec));
    }

    private void activated(Pair pair, Pair.Agreed agreed) {
        Optional<Pair> predecessor = lineages.active(agreed.spec().lineage());
        pair.activation(activations.incrementAndGet());
        pair.state(Pair.State.ACTIVE);
        if (agreed.spec().share().isEmpty()) { // flows lease what carries all of them
            index.add(agreed.spec().policy(), agreed.spec().selectors(), pair.activation(), pair);
        }
        lineages.activated(agreed.spec().lineage(), agreed.spec().initiator());
        listeners.forEach(l -> l.activated(pair, agreed, predecessor));
    }

    /** Has a pair that stands on treat headers as its policy says now. */
    void treat(Pair pair, Policy policy) {
        synchronized (pair) {
            Pair.Agreed agreed = pair.agreed();
            boolean paddingRefused = agreed != null && agreed.spec().paddingRefused();
            pair.withSlots(slot -> SlotWriter.treatment(slot, policy, paddingRefused));
        }
    }

    @Override
    public void retire(SpiKey inbound) {
        Pair pair = pairs.get(inbound);
        if (pair == null) {
            return;
        }
        synchronized (pair) {
            if (pair.state() != Pair.State.ACTIVE) {
                return;
            }
            Pair.Agreed agreed = known(pair.agreed());
            Side outbound = known(pair.outbound());
            index.remove(agreed.spec().policy(), agreed.spec().selectors(), pair);
            pair.state(Pair.State.RETIRED);
            SlotWriter.state(outbound.memory(), SaSlotLayout.STATE_RETIRED);
            planes.retire(pair, outbound);
            listeners.forEach(l -> l.retired(pair, agreed));
        }
    }

    @Override
    public void delete(SpiKey inbound, Reason reason) {
        Pair pair = pairs.get(inbound);
        if (pair != null) {
            delete(pair, reason);
        }
    }

    void delete(Pair pair, Reason reason) {
        synchronized (pair) {
            Pair.State was = pair.state();
            if (was == Pair.State.DELETED) {
                return;
            }
            pair.state(Pair.State.DELETED);
            if (was == Pair.State.RESERVED) {
                planes.release(pair);
                forget(pair);
                listeners.forEach(l -> l.released(pair));
                return;
            }
            Pair.Agreed agreed = known(pair.agreed());
            index.remove(agreed.spec().policy(), agreed.spec().selectors(), pair);
            takeOut(pair);
            forget(pair);
            boolean ended = lineages.remove(agreed.spec().lineage(), pair);
            listeners.forEach(l -> l.deleted(pair, agreed, reason, ended));
        }
    }

    private void takeBack(Side side) {
        SlotWriter.state(side.memory(), SaSlotLayout.STATE_DELETED);
        slots.release(side, planes.remove(side));
    }

    /** Sending ends before receiving; a slot is let go only after every data plane has. */
    private void takeOut(Pair pair) {
        Side outbound = pair.outbound();
        if (outbound != null) {
            SlotWriter.state(outbound.memory(), SaSlotLayout.STATE_DELETED);
            boolean confirmed = planes.remove(outbound);
            pair.takeOutbound().ifPresent(side -> slots.release(side, confirmed));
        }
        Side inbound = known(pair.inbound());
        SlotWriter.state(inbound.memory(), SaSlotLayout.STATE_DELETED);
        boolean confirmed = planes.remove(inbound);
        pair.takeInbound().ifPresent(side -> slots.release(side, confirmed));
        pair.receivers.clear();
        pair.senders.clear();
    }

    private void forget(Pair pair) {
        if (pairs.remove(pair.key(), pair)) {
            spis.release(pair.key().spi());
            count.decrementAndGet();
        }
    }

    @Override
    public Optional<ChildSaId> find(String policy, Flow flow) {
        return planes.anyReady()
                ? index.find(policy, flow, pair -> selectors(pair).contains(flow))
                        .map(pair -> known(pair.agreed()).spec().lineage())
                : Optional.empty();
    }

    private static Selectors selectors(Pair pair) {
        return known(pair.agreed()).spec().selectors();
    }

    @Override
    public Optional<SaPairHandle> handle(ChildSaId lineage) {
        return planes.anyReady() && lineages.lives(lineage)
                ? lineages.active(lineage).flatMap(Pair::handle)
                : Optional.empty();
    }

    Optional<Pair> pair(SpiKey inbound) {
        return Optional.ofNullable(pairs.get(inbound));
    }

    private Stream<SaSpec> agreed() {
        return pairs.values().stream()
                .flatMap(p -> Stream.ofNullable(p.agreed()))
                .map(Pair.Agreed::spec);
    }

    Collection<Pair> all() {
        return pairs.values();
    }

    boolean isEmpty() {
        return pairs.isEmpty();
    }

    /** Returns every pair in the order in which they were activated: so the newest is preferred where they are replayed. */
    List<Pair> inOrder() {
        return pairs.values().stream()
                .sorted(Comparator.comparingLong(Pair::activation))
                .toList();
    }

    private Pair existing(SpiKey inbound) {
        Pair pair = pairs.get(inbound);
        if (pair == null) {
            throw new IllegalStateException("SPI " + inbound + " was not reserved");
        }
        return pair;
    }

    private static void require(Pair pair, Pair.State state) {
        if (pair.state() != state) {
            throw new IllegalStateException(
                    pair + " is not " + state + ": the order is reserve, install, activate, retire, delete");
        }
    }

    private static <T> T known(@Nullable T value) {
        if (value == null) {
            throw new IllegalStateException("a pair lost what belongs to its state");
        }
        return value;
    }

    private static SaRefusedException refused(ReasonCode code, Object... arguments) {
        return new SaRefusedException(Reason.of(code, arguments));
    }
}
