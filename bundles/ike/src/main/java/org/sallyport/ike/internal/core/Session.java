package org.sallyport.ike.internal.core;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.sallyport.api.checkpoint.CheckpointId;
import org.sallyport.api.negotiation.Identity;
import org.sallyport.api.negotiation.NegotiationResult;
import org.sallyport.api.negotiation.PadEntry;
import org.sallyport.api.pool.HostConfiguration;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.reason.ReasonCode;
import org.sallyport.api.sa.ConnectionId;
import org.sallyport.api.sa.Encapsulation;
import org.sallyport.api.sa.IkeSaId;
import org.sallyport.crypto.UnavailableTransformException;
import org.sallyport.ike.internal.core.state.ChildState;
import org.sallyport.ike.internal.core.state.Endpoints;
import org.sallyport.ike.internal.core.state.Flight;
import org.sallyport.ike.internal.core.state.IkeSaState;
import org.sallyport.ike.internal.core.state.Phase;
import org.sallyport.ike.internal.core.state.SessionCodec;
import org.sallyport.ike.internal.core.state.SessionState;
import org.sallyport.ike.internal.message.Bytes;
import org.sallyport.ike.internal.message.ExchangeType;
import org.sallyport.ike.internal.message.IkeHeader;
import org.sallyport.ike.internal.message.IkeProtocolException;
import org.sallyport.ike.internal.message.MessageDecoder;

/**
 * An IKE SA with its successors and its Child SAs as a function of events: {@link #handle} is given an event and the time,
 * changes the state, and returns the effects in the order in which they are to be carried out. No I/O, no clock. Used by
 * one thread at a time.
 */
public final class Session {
    /** How a session parts from its peer. */
    public enum Farewell {
        /** By a DELETE. */
        TELL,
        /** Silently, but late retransmissions are still answered. */
        LINGER,
        /** Silently and at once: the peer does not answer, or has forgotten it. */
        NONE
    }

    private static final Duration LONGEST_AUTHENTICATION = Duration.ofDays(3650);

    /** Requests of IKE_SA_INIT without an answer before TCP is tried, where it may be. */
    private static final int ASKED_BY_UDP = 3;

    private record Delayed(long at, Runnable action) {}

    private final CoreContext context;
    private final Features features;
    private final SessionState state;
    private final List<Delayed> delayed = new ArrayList<>();
    private final List<IkeSa> ikeSas = new ArrayList<>();
    private final Asks asks;
    private final Waiters waiters;
    private final Children children;
    private final Relay relay;
    private final Others others;
    private @Nullable PadEntry peer;
    private List<ConnectionId> meant = List.of();
    private List<Effect> effects = new ArrayList<>();
    private long now;
    private long childlessAt = ChildState.NEVER;
    private long closeAt = ChildState.NEVER;
    private long keepAliveAt = ChildState.NEVER;
    private boolean fenced;
    private long believedSince;
    private boolean remembered;

    private Session(
            CoreContext context,
            Features features,
            SessionState state,
            @Nullable PadEntry peer,
            Others others,
            long now) {
        this.context = context;
        this.features = features;
        this.state = state;
        this.peer = peer;
        this.others = others;
        this.now = now;
        this.asks = new Asks(this);
        this.waiters = new Waiters(this);
        this.children = new Children(this);
        this.relay = new Relay(this);
    }

    /**
     * Starts a session that initiates once somebody negotiates.
     *
     * @param predecessor the session that it takes over from
     */
    public static Session initiator(
            CoreContext context,
            Features features,
            IkeSaId id,
            PadEntry peer,
            Endpoints endpoints,
            Optional<IkeSaId> predecessor,
            Others others,
            long now) {
        SessionState state = new SessionState(true, endpoints, Phase.CONNECTING, now);
        state.id(id);
        predecessor.ifPresent(state::predecessor);
        Session session = new Session(context, features, state, peer, others, now);
        session.add(new IkeSaState(session.newSpi(), true));
        return session;
    }

    /** Starts a session for an admitted first request, with the SPI that it was given. */
    public static Session responder(
            CoreContext context, Features features, long localSpi, Endpoints endpoints, Others others, long now) {
        SessionState state = new SessionState(false, endpoints, Phase.HALF_OPEN, now);
        Session session = new Session(context, features, state, null, others, now);
        session.add(new IkeSaState(localSpi, false));
        return session;
    }

    /**
     * Starts a session from its checkpoint; it goes on with {@link Event.Resumed}.
     *
     * @throws UnavailableTransformException when an algorithm is no longer provided
     */
    public static Session resumed(CoreContext context, Features features, SessionState state, Others others, long now)
            throws UnavailableTransformException {
        PadEntry peer =
                state.id().flatMap(id -> context.pad().named(id.connection())).orElse(null);
        Session session = new Session(context, features, state, peer, others, now);
        for (IkeSaState each : state.ikeSas) {
            IkeSa sa = new IkeSa(session, each);
            sa.bindAlgorithms();
            session.ikeSas.add(sa);
        }
        return session;
    }

    // ---- (state, event, time) -> (state, effects) ----

    /** Takes an event. */
    public List<Effect> handle(Event event, long time) {
        if (fenced) {
            return List.of();
        }
        now = Math.max(now, time);
        effects = new ArrayList<>();
        dispatch(event);
        ikeSas().forEach(IkeSa::answerNext);
        if (closeAt <= now) {
            finish();
        }
        relay.tellWhenDone();
        children.forgetEarlyDeletes();
        watchChildless();
        if (state.phase == Phase.ESTABLISHED) {
            ikeSas.forEach(IkeSa::authenticated);
        }
        return fenced ? List.of() : effects;
    }

    private void dispatch(Event event) {
        if (state.phase == Phase.ESTABLISHED && !(event instanceof Event.Received || event instanceof Event.Answered)) {
            state.id().flatMap(id -> context.pad().named(id.connection())).ifPresent(this::peer);
        }
        switch (event) {
            case Event.Received e -> received(e.endpoints(), e.datagram());
            case Event.Admitted e -> admitted(e);
            case Event.Tick ignored -> tick();
            case Event.Answered e -> answered(e);
            case Event.Negotiate e -> negotiate(new Waiter(e.negotiation(), e.request(), e.deadline()));
            case Event.Abandon e -> abandon(e.negotiation());
            case Event.RekeyChild e -> children.rekey(e.lineage());
            case Event.ShareChild e -> children.shares().want(e.wanted());
            case Event.RekeyIke ignored -> rekeyIke();
            case Event.DeleteChild e -> children.end(e.lineage(), e.reason());
            case Event.DeleteIke e -> close(e.reason(), Farewell.TELL);
            case Event.Superseded e -> superseded(e);
            case Event.Reauthenticate ignored -> relay.begin();
            case Event.TakeOver e -> takeOver(e.carried());
            case Event.TakenOver e -> relay.takenOver(e.carried());
            case Event.NotTakenOver ignored -> relay.notTakenOver();
            case Event.CarryOn e ->
                children.activateWaiting(e.asker(), () -> emit(new Effect.CarriesOn(e.asker(), e.token())));
            case Event.Reopened ignored -> reopened();
            case Event.Resumed ignored -> resume();
        }
    }

    /** Returns when a {@link Event.Tick} is due. */
    public long deadline() {
        long next = closeAt;
        for (IkeSa sa : ikeSas) {
            next = Math.min(next, sa.deadline());
        }
        for (Delayed each : delayed) {
            next = Math.min(next, each.at());
        }
        next = Math.min(next, Math.min(asks.deadline(), Math.min(waiters.deadline(), children.deadline())));
        return Math.min(next, phaseDeadline());
    }

    private long phaseDeadline() {
        return switch (state.phase) {
            case HALF_OPEN -> state.startedAt + context.tuning().halfOpenTime().toNanos();
            case ESTABLISHED ->
                Math.min(
                        Math.min(Math.min(state.rekeyAt, state.expireAt), livenessAt()),
                        Math.min(Math.min(childlessAt, keepAliveAt), state.reauthenticateAt));
            case CONNECTING, DELETING, CLOSED -> ChildState.NEVER;
        };
    }

    private long livenessAt() {
        long interval =
                peer().map(PadEntry::deadPeerInterval).orElse(Duration.ZERO).toNanos();
        boolean idle = currentSa().map(IkeSa::idle).orElse(false);
        return interval == 0 || !idle ? ChildState.NEVER : state.lastHeardAt + interval;
    }

    // ---- what tasks use ----

    public CoreContext context() {
        return context;
    }

    public Features features() {
        return features;
    }

    public SessionState state() {
        return state;
    }

    public long now() {
        return now;
    }

    /** Returns what the session has to do with the one before it, or after it. */
    public Relay relay() {
        return relay;
    }

    /** Tells whether another IKE SA with the peer stands, with this identity if given. */
    public boolean othersStand(PadEntry entry, Optional<Identity> identity) {
        return others.stand(state, entry.connection(), identity);
    }

    /** Tells whether another IKE SA with the same peer carries on when this one ends. */
    public boolean replaced() {
        return peer != null && state.peerIdentity().isPresent() && othersStand(peer, state.peerIdentity());
    }

    /** Tells whether a pair under another IKE SA with the peer carries what a new one carries, and goes on to. */
    public boolean othersCarry(ChildState child) {
        PadEntry entry = peer;
        Optional<Identity> identity = state.peerIdentity();
        if (entry == null || identity.isEmpty()) {
            return false;
        }
        return others.carry(state, entry.connection(), identity.get(), Carried.by(child), believedSince);
    }

    /** Tells whether a pair that waits had better go on waiting: another will send, and the peer may know of that one only. */
    boolean othersCarryInstead(ChildState child, IkeSaId ending) {
        PadEntry entry = peer;
        Optional<Identity> identity = state.peerIdentity();
        if (state.peerKnows(child) || entry == null || identity.isEmpty()) {
            return false;
        }
        return others.carryInstead(state, entry.connection(), identity.get(), Carried.by(child), ending);
    }

    /** Believes the peer that it had no other IKE SA with us when it began this one (RFC 7296 section 2.4). */
    public void initialContact() {
        believedSince = state.startedAt;
    }

    /** Lets another session with the peer carry on, if there is one, before this one stops to. */
    public void handOverThen(Runnable then) {
        if (state.phase == Phase.ESTABLISHED && replaced()) {
            carryOn(then);
        } else {
            then.run();
        }
    }

    private void carryOn(Runnable then) {
        ask(
                new Question.CarryOn(
                        state.id().orElseThrow(), state.peerIdentity().orElseThrow()),
                done -> then.run(),
                reason -> then.run());
    }

    /** Returns the peer's entry in the PAD, as it stands or stood last; a responder has none at first. */
    public Optional<PadEntry> peer() {
        return Optional.ofNullable(peer);
    }

    /** Takes the entry of the peer that is about to authenticate itself. */
    public void peer(PadEntry entry) {
        peer = entry;
    }

    /** Takes note whom a peer seems to be that has proven nothing yet: they are told if nothing comes of it. */
    public void meant(List<ConnectionId> connections) {
        meant = List.copyOf(connections);
    }

    /** Returns the peer's name for people. */
    public String peerName() {
        return peer == null ? state.endpoints.remoteText() : peer.connection().name();
    }

    PadEntry.Retransmission retransmission() {
        return peer().map(PadEntry::retransmission).orElse(PadEntry.Retransmission.DEFAULT);
    }

    /** Returns those who wait for a pair. */
    public Waiters waiters() {
        return waiters;
    }

    /** Returns the pairs of Child SAs. */
    public Children children() {
        return children;
    }

    /** Returns the IKE SA that carries new exchanges. */
    public Optional<IkeSa> currentSa() {
        for (IkeSa each : ikeSas) {
            if (each.state().role == IkeSaState.Role.CURRENT) {
                return Optional.of(each);
            }
        }
        return Optional.empty();
    }

    /** Returns every IKE SA, also those that are being deleted. */
    public List<IkeSa> ikeSas() {
        return List.copyOf(ikeSas);
    }

    /** Adds an effect. */
    public void emit(Effect effect) {
        effects.add(effect);
    }

    /** Asks whoever carries out effects. */
    public <A> void ask(Question<A> question, Consumer<A> then, Consumer<Reason> otherwise) {
        asks.ask(question, then, otherwise);
    }

    /** Returns an SPI that is not zero. */
    public long newSpi() {
        long spi = 0;
        while (spi == 0) {
            spi = context.random().nextLong();
        }
        return spi;
    }

    /** Returns octets that nobody can guess. */
    public Bytes randomBytes(int length) {
        byte[] octets = new byte[length];
        context.random().nextBytes(octets);
        return Bytes.of(octets);
    }

    /** Adds an IKE SA: the first, or a successor. */
    public IkeSa add(IkeSaState added) {
        IkeSa sa = new IkeSa(this, added);
        ikeSas.add(sa);
        state.ikeSas.add(added);
        return sa;
    }

    /** Makes a successor the IKE SA that carries new exchanges, and its predecessor one to be deleted. */
    public void succeed(IkeSa old, IkeSa successor, IkeSaState.Role oldRole, boolean weInitiated) {
        old.state().role = oldRole;
        successor.state().role = IkeSaState.Role.CURRENT;
        successor.state().closeAt = ChildState.NEVER;
        scheduleIkeLifetime();
        old.moveQueue(successor);
        if (state.phase == Phase.ESTABLISHED) {
            state.id().ifPresent(id -> emit(new Effect.IkeRekeyed(id, weInitiated)));
        }
    }

    /** Ends one IKE SA of several; nobody is told. */
    public void forget(IkeSa sa) {
        ikeSas.remove(sa);
        state.ikeSas.remove(sa.state());
        sa.abandonTasks();
        sa.continuation(null);
        sa.state().wipe();
        emit(new Effect.Deafen(sa.state().localSpi));
        if (state.phase == Phase.ESTABLISHED) {
            save();
        }
    }

    /** Does something later, unless the session ends before. */
    public void later(Duration wait, Runnable action) {
        delayed.add(new Delayed(now + wait.toNanos(), action));
    }

    /** Returns the wait before a failed exchange is tried again; random, because both sides may have failed. */
    public Duration retryTime() {
        long base = context.tuning().retryTime().toNanos();
        return Duration.ofNanos(base + (long) (base * context.random().nextDouble()));
    }

    // ---- checkpoints ----

    /** Stores the state as it stands. */
    public void save() {
        saveThen(() -> {});
    }

    /** Stores the state as it stands, and goes on once that is acknowledged. */
    public void saveThen(Runnable then) {
        boolean kept = state.phase == Phase.ESTABLISHED || remembered;
        if (!kept || state.id().isEmpty()) {
            then.run();
            return;
        }
        state.revision++;
        ask(
                new Question.SaveCheckpoint(checkpointId(), state.revision, SessionCodec.encode(state)),
                durability -> then.run(),
                reason -> then.run());
    }

    private CheckpointId checkpointId() {
        return new CheckpointId(
                SessionCodec.KIND, state.id().map(IkeSaId::toString).orElseThrow());
    }

    // ---- what happens ----

    private void received(Endpoints endpoints, Bytes datagram) {
        try {
            IkeHeader header = MessageDecoder.decodeHeader(datagram.toArray());
            for (IkeSa sa : List.copyOf(ikeSas)) {
                if (belongs(sa.state(), header)) {
                    sa.received(endpoints, datagram, header);
                    return;
                }
            }
        } catch (IkeProtocolException e) {
            return; // shorter than a header: not worth a word (RFC 7296 section 2.21)
        }
    }

    private static boolean belongs(IkeSaState sa, IkeHeader header) {
        boolean first = header.exchangeType().equals(ExchangeType.IKE_SA_INIT);
        return header.initiatorSpi() == sa.initiatorSpi()
                && (header.responderSpi() == sa.responderSpi()
                        || (first && !sa.originalInitiator && header.responderSpi() == 0)
                        || (first && sa.originalInitiator && !sa.agreed()));
    }

    private void admitted(Event.Admitted first) {
        IkeSa sa = ikeSas.getFirst();
        emit(new Effect.Listen(sa.state().localSpi));
        emit(IkeSa.received(first.endpoints(), first.request()));
        features.admit(this, sa, first);
    }

    private void answered(Event.Answered answer) {
        if (answer.outcome() instanceof Outcome.Fenced) {
            fenced = true;
        }
        asks.answered(answer.token(), answer.outcome());
    }

    /** An authenticated message came in. */
    void heard(Endpoints endpoints) {
        state.lastHeardAt = now;
        if (state.endpoints.tcp() && endpoints.tcp()) {
            boolean proven = state.phase != Phase.CONNECTING && state.phase != Phase.HALF_OPEN;
            emit(new Effect.MoveStream(state.endpoints, endpoints, proven));
            return;
        }
        boolean inTcp = state.endpoints.tcp() || endpoints.tcp();
        boolean sameLocal = endpoints.local().equals(state.endpoints.local());
        boolean move = state.phase == Phase.HALF_OPEN
                || (state.phase == Phase.ESTABLISHED && state.peerBehindNat && !state.mobike && !inTcp);
        if (move && !(sameLocal && endpoints.remote().equals(state.endpoints.remote()))) {
            // RFC 7296 section 2.23: follow a peer whose NAT rebinds; with MOBIKE it says so (RFC 4555 section 3.8)
            state.endpoints = endpoints;
        }
    }

    /** Nobody answers by UDP, though it was asked several times, and there is another way (RFC 9329 section 5.1). */
    boolean wantsTcp(Flight flight) {
        return state.phase == Phase.CONNECTING
                && flight.exchange == ExchangeType.IKE_SA_INIT.number()
                && !state.endpoints.tcp()
                && flight.transmissions >= ASKED_BY_UDP
                && peer().map(PadEntry::tcpFallback).orElse(false);
    }

    /** Begins anew by TCP, with another SPI: what is answered by UDP after all belongs to nobody then. */
    void fallBack(IkeSa sa) {
        ask(new Question.OpenStream(state.endpoints), opened -> beginAnew(sa, opened), reason -> {});
    }

    private void beginAnew(IkeSa unanswered, Endpoints stream) {
        state.endpoints = stream;
        forget(unanswered);
        IkeSa anew = add(new IkeSaState(newSpi(), true));
        emit(new Effect.Listen(anew.state().localSpi));
        anew.submit(features.initiate(this));
    }

    /** What the peer answered may be lost, or what it was asked; and it is to see us come by the new connection. */
    private void reopened() {
        ikeSas().forEach(IkeSa::sendAgain);
        if (state.phase == Phase.ESTABLISHED && state.initiator) {
            currentSa().filter(IkeSa::idle).ifPresent(sa -> sa.submit(features.liveness(this)));
        }
    }

    // ---- negotiations ----

    private void negotiate(Waiter waiter) {
        waiters.add(waiter);
        if (state.phase == Phase.CONNECTING && !waiters.isEmpty()) {
            begin();
        }
    }

    private void takeOver(List<Carried> carried) {
        relay.takeOver(carried);
        if (state.phase == Phase.CONNECTING) {
            begin();
        }
    }

    private void superseded(Event.Superseded word) {
        if (word.farewell() == Farewell.NONE) {
            close(word.reason(), word.farewell());
        } else {
            handOverThen(() -> close(word.reason(), word.farewell()));
        }
    }

    private void begin() {
        IkeSa sa = ikeSas.getFirst();
        if (state.initiator
                && sa.idle()
                && sa.state().nextRequestId == 0
                && sa.state().flight().isEmpty()) {
            emit(new Effect.Listen(sa.state().localSpi));
            sa.submit(features.initiate(this));
        }
    }

    private void abandon(long negotiation) {
        waiters.settle(negotiation, new NegotiationResult.Refused(Reason.of(ReasonCode.CANCELLED)));
        closeIfUnwanted(Reason.of(ReasonCode.CANCELLED));
    }

    private void closeIfUnwanted(Reason reason) {
        if (state.phase == Phase.CONNECTING && waiters.isEmpty() && !relay.inherits()) {
            close(reason, Farewell.NONE);
        }
    }

    private void rekeyIke() {
        state.rekeyAt = ChildState.NEVER;
        if (state.phase == Phase.ESTABLISHED) {
            currentSa().ifPresent(sa -> sa.submit(features.rekeyIke(this)));
        }
    }

    private void watchChildless() {
        boolean childless = state.phase == Phase.ESTABLISHED && state.children.isEmpty() && waiters.isEmpty();
        if (!childless) {
            childlessAt = ChildState.NEVER;
        } else if (childlessAt == ChildState.NEVER) {
            childlessAt = now + context.tuning().childlessTime().toNanos();
        }
    }

    // ---- life ----

    /** Both sides are authenticated: what waited begins. */
    public void established() {
        PadEntry entry = peer;
        if (entry == null || state.id().isEmpty() || state.peerIdentity().isEmpty()) {
            throw new IllegalStateException("an IKE SA stands with an authenticated peer only");
        }
        if (state.phase == Phase.HALF_OPEN) {
            emit(new Effect.HalfOpenEnded(ikeSas.getFirst().state().localSpi));
        }
        state.phase = Phase.ESTABLISHED;
        state.establishedAt = now;
        scheduleIkeLifetime();
        if (state.weBehindNat && !state.endpoints.tcp()) {
            keepAliveAt = now + context.tuning().keepAliveTime().toNanos();
        }
        IkeSa sa = ikeSas.getFirst();
        emit(new Effect.IkeUp(
                state.id().get(),
                state.peerIdentity().get(),
                state.initiator,
                sa.state().suite().toString(),
                state.endpoints));
        if (entry.encapsulation() == Encapsulation.RAW && state.inUdp() && !state.endpoints.tcp()) {
            emit(new Effect.UdpNonetheless(
                    state.id().get(), state.peerIdentity().get(), state.weBehindNat, state.peerBehindNat));
        }
        waiters.beginAll();
        relay.plan();
    }

    private void scheduleIkeLifetime() {
        PadEntry entry = peer;
        if (entry != null) {
            // both sides may have the same lifetimes: some earliness lets one of them be first
            double early = 1.0 - 0.1 * context.random().nextDouble();
            state.rekeyAt = now + (long) (entry.ikeSoftLifetime().toNanos() * early);
            state.expireAt = Math.min(now + entry.ikeHardLifetime().toNanos(), state.authenticatedUntil);
        }
    }

    /** The peer's proof of its identity counts for so long at most; rekeying does not renew it (RFC 4478). */
    public void authenticatedFor(Duration time) {
        long seconds = Math.min(time.toSeconds(), LONGEST_AUTHENTICATION.toSeconds());
        state.authenticatedUntil = Math.min(
                state.authenticatedUntil, now + Duration.ofSeconds(seconds).toNanos());
        state.expireAt = Math.min(state.expireAt, state.authenticatedUntil);
        relay.plan();
    }

    /** Returns how long the proof still counts; empty when nothing bounds it. */
    public Optional<Duration> authenticationLeft() {
        return state.authenticatedUntil == ChildState.NEVER
                ? Optional.empty()
                : Optional.of(Duration.ofNanos(state.authenticatedUntil - now));
    }

    void unanswered(IkeSa sa, int transmissions) {
        if (state.phase == Phase.DELETING) {
            gone(sa, Duration.ZERO);
            return;
        }
        if (sa.state().role != IkeSaState.Role.CURRENT) {
            forget(sa);
            return;
        }
        boolean stood = state.phase == Phase.ESTABLISHED;
        Reason reason = stood
                ? Reason.of(ReasonCode.PEER_DEAD, peerName())
                : Reason.of(ReasonCode.PEER_UNREACHABLE, peerName(), transmissions);
        close(reason, Farewell.NONE);
    }

    /** The peer answered with what nobody can read: nothing more is asked, not even by our DELETE again. */
    void unreadable(IkeSa sa, Reason reason) {
        if (state.phase == Phase.DELETING) {
            gone(sa, Duration.ZERO);
        } else {
            close(reason, Farewell.TELL);
        }
    }

    /** Ends the session: waits, Child SAs, IKE SAs. */
    public void close(Reason reason, Farewell farewell) {
        if (state.phase.ending()) {
            if (farewell == Farewell.NONE && state.phase == Phase.DELETING) {
                silence(Duration.ZERO);
            }
            return;
        }
        boolean stood = state.phase == Phase.ESTABLISHED;
        boolean carriedOn = stood && replaced();
        if (state.phase == Phase.HALF_OPEN) {
            emit(new Effect.HalfOpenEnded(ikeSas.getFirst().state().localSpi));
        }
        List<IkeSa> known = farewell == Farewell.TELL ? knownToPeer() : List.of();
        state.phase = known.isEmpty() ? Phase.CLOSED : Phase.DELETING;
        delayed.clear();
        asks.abandon();
        waiters.settleAll(reason);
        relay.closed();
        if (carriedOn) {
            carryOn(() -> {});
        }
        if (carriedOn && farewell != Farewell.NONE) {
            children.retireAll(reason);
        } else {
            children.dropAll(reason);
        }
        ikeSas.forEach(IkeSa::abandonTasks);
        state.id().ifPresent(id -> {
            if (stood) {
                emit(new Effect.IkeDown(id, reason));
                remembered = true; // with the pairs that it leaves to be deleted
                if (state.children.isEmpty()) {
                    forgetCheckpoint();
                } else {
                    save();
                }
            }
        });
        if (!stood) {
            emit(new Effect.IkeFailed(
                    peerName(), peer().map(p -> List.of(p.connection())).orElse(meant), state.initiator, reason));
        }
        state.leases.forEach(lease -> emit(new Effect.ReleaseAddress(lease)));
        state.leases.clear();
        if (!state.assigned.addresses().isEmpty()) {
            state.assigned = HostConfiguration.NONE;
            state.id().ifPresent(id -> emit(new Effect.GiveUpAddresses(id)));
        }
        known.forEach(sa -> sa.submit(features.deleteIke(this, reason)));
        if (known.isEmpty()) {
            silence(farewell == Farewell.LINGER ? context.tuning().lingerTime() : Duration.ZERO);
        }
    }

    /**
     * Returns the IKE SAs that the peer may still use: while it replaces one, also the successor that it may have moved to.
     * Before IKE_AUTH there is none, because nothing but IKE_AUTH can follow.
     */
    private List<IkeSa> knownToPeer() {
        boolean authenticating = state.phase == Phase.CONNECTING
                && currentSa().filter(sa -> sa.state().nextRequestId <= 1).isPresent();
        return state.phase == Phase.HALF_OPEN || authenticating
                ? List.of()
                : ikeSas.stream().filter(Session::usable).toList();
    }

    private static boolean usable(IkeSa sa) {
        boolean used = sa.state().role == IkeSaState.Role.CURRENT || sa.state().role == IkeSaState.Role.CANDIDATE;
        return used && sa.state().agreed();
    }

    /** While the session ends, one of its IKE SAs is gone: the session goes with the last. */
    public void gone(IkeSa sa, Duration linger) {
        sa.state().role = IkeSaState.Role.THEIRS_TO_DELETE;
        if (ikeSas.stream().noneMatch(Session::usable)) {
            silence(linger);
        } else {
            sa.endTasks();
            sa.state().closeAt = now + linger.toNanos();
        }
    }

    /** The peer answered our DELETE, or never will. */
    public void silence(Duration linger) {
        state.phase = Phase.CLOSED;
        ikeSas.forEach(IkeSa::endTasks);
        if (!linger.isZero()) {
            ikeSas.forEach(sa -> emit(new Effect.AnswerAgain(
                    sa.state().localSpi, sa.state().requests.protectedAnswers(), now + linger.toNanos())));
        }
        children.lingerAll();
        Duration grace =
                state.children.isEmpty() ? Duration.ZERO : context.tuning().grace();
        closeAt = now + grace.toNanos();
        if (state.children.isEmpty()) {
            forgetCheckpoint();
        }
    }

    private void finish() {
        closeAt = ChildState.NEVER;
        List.copyOf(state.children).forEach(c -> children.drop(c, c.ending));
        forgetCheckpoint();
        for (IkeSa sa : List.copyOf(ikeSas)) {
            forget(sa);
        }
        emit(new Effect.Finished());
    }

    private void forgetCheckpoint() {
        if (remembered) {
            remembered = false;
            emit(new Effect.DropCheckpoint(checkpointId()));
        }
    }

    /** The peer may not know yet that the session ends, and its pairs may still receive. */
    private void resumeEnding() {
        remembered = true;
        for (IkeSa sa : List.copyOf(ikeSas)) {
            emit(new Effect.Listen(sa.state().localSpi));
            sa.state().flight().ifPresent(f -> sa.resume(features.resume(this, f.task)));
        }
        if (state.phase == Phase.DELETING) {
            ikeSas().stream()
                    .filter(Session::usable)
                    .forEach(sa -> sa.submit(features.deleteIke(this, Reason.of(ReasonCode.REAUTHENTICATED))));
        } else {
            silence(context.tuning().lingerTime());
        }
    }

    private void resume() {
        if (state.phase.ending()) {
            resumeEnding();
            return;
        }
        for (IkeSa sa : List.copyOf(ikeSas)) {
            emit(new Effect.Listen(sa.state().localSpi));
            sa.state().flight().ifPresent(f -> sa.resume(features.resume(this, f.task)));
        }
        children.resume();
        for (IkeSa sa : List.copyOf(ikeSas)) {
            if (sa.state().role == IkeSaState.Role.OURS_TO_DELETE && sa.idle()) {
                sa.submit(features.deleteIke(this, Reason.of(ReasonCode.REKEYED)));
            }
        }
        if (state.weBehindNat && !state.endpoints.tcp()) {
            keepAliveAt = now;
        }
        currentSa().filter(IkeSa::idle).ifPresent(sa -> sa.submit(features.liveness(this)));
        relay.resume();
    }

    // ---- time ----

    private void tick() {
        asks.tick();
        waitersOverdue();
        for (Delayed each : List.copyOf(delayed)) {
            if (each.at() <= now && delayed.remove(each)) {
                each.action().run();
            }
        }
        for (IkeSa sa : List.copyOf(ikeSas)) {
            sa.tick();
        }
        children.tick();
        phaseDue();
    }

    private void waitersOverdue() {
        int transmissions = currentSa()
                .flatMap(sa -> sa.state().flight())
                .map(f -> f.transmissions)
                .orElse(0);
        Reason reason = Reason.of(ReasonCode.PEER_UNREACHABLE, peerName(), transmissions);
        waiters.tick(reason);
        closeIfUnwanted(reason);
    }

    private void phaseDue() {
        if (state.phase == Phase.HALF_OPEN && phaseDeadline() <= now) {
            close(Reason.of(ReasonCode.PEER_UNREACHABLE, peerName(), 1), Farewell.NONE);
        } else if (state.phase == Phase.ESTABLISHED) {
            establishedDue();
        }
    }

    private void establishedDue() {
        if (state.expireAt <= now) {
            ReasonCode over =
                    state.authenticatedUntil <= now ? ReasonCode.AUTHENTICATION_OVER : ReasonCode.LIFETIME_OVER;
            close(Reason.of(over), Farewell.TELL);
            return;
        }
        if (childlessAt <= now) {
            childlessAt = ChildState.NEVER;
            close(Reason.of(ReasonCode.CANCELLED), Farewell.TELL);
            return;
        }
        relay.tick();
        if (state.rekeyAt <= now) {
            rekeyIke();
        }
        if (livenessAt() <= now) {
            currentSa().ifPresent(sa -> sa.submit(features.liveness(this)));
        }
        if (keepAliveAt <= now) {
            emit(new Effect.KeepAlive(state.endpoints));
            keepAliveAt = now + context.tuning().keepAliveTime().toNanos();
        }
    }
}
