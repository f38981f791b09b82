package org.sallyport.ike.internal.core;

import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.sallyport.api.authentication.AuthenticationException;
import org.sallyport.api.authentication.CredentialSource;
import org.sallyport.api.checkpoint.CheckpointId;
import org.sallyport.api.checkpoint.Durability;
import org.sallyport.api.flow.AddressRange;
import org.sallyport.api.flow.Addresses;
import org.sallyport.api.flow.Selectors;
import org.sallyport.api.flow.TrafficSelector;
import org.sallyport.api.negotiation.Identity;
import org.sallyport.api.negotiation.NegotiationRequest;
import org.sallyport.api.negotiation.NegotiationResult;
import org.sallyport.api.negotiation.PadEntry;
import org.sallyport.api.negotiation.SecretRef;
import org.sallyport.api.negotiation.SecretSource;
import org.sallyport.api.policy.Action;
import org.sallyport.api.policy.Policy;
import org.sallyport.api.pool.HostConfiguration;
import org.sallyport.api.proposal.Proposal;
import org.sallyport.api.proposal.Transform;
import org.sallyport.api.proposal.TransformType;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.reason.ReasonCode;
import org.sallyport.api.sa.Encapsulation;
import org.sallyport.api.sa.ChildSaId;
import org.sallyport.api.sa.ConnectionId;
import org.sallyport.api.sa.IkeSaId;
import org.sallyport.api.sa.IpsecProtocol;
import org.sallyport.api.sa.SaKeys;
import org.sallyport.api.sa.SaPairHandle;
import org.sallyport.api.sa.SpiKey;
import org.sallyport.api.secret.SecretBytes;
import org.sallyport.crypto.CryptoProvider;
import org.sallyport.crypto.CryptoRegistry;
import org.sallyport.crypto.StandardProviders;
import org.sallyport.crypto.UnavailableTransformException;
import org.sallyport.ike.internal.address.AddressPools;
import org.sallyport.ike.internal.authentication.Authenticators;
import org.sallyport.ike.internal.core.state.ChildState;
import org.sallyport.ike.internal.core.state.ChildStatus;
import org.sallyport.ike.internal.core.state.Endpoints;
import org.sallyport.ike.internal.core.state.IkeSaState;
import org.sallyport.ike.internal.core.state.Phase;
import org.sallyport.ike.internal.core.state.SessionCodec;
import org.sallyport.ike.internal.core.state.SessionState;
import org.sallyport.ike.internal.core.task.Door;
import org.sallyport.ike.internal.core.task.Ikev2;
import org.sallyport.ike.internal.keys.SkCipher;
import org.sallyport.ike.internal.message.Bytes;
import org.sallyport.ike.internal.message.IkeHeader;
import org.sallyport.ike.internal.message.IkeProtocolException;
import org.sallyport.ike.internal.message.MessageDecoder;
import org.sallyport.ike.internal.message.PayloadType;

/** One negotiator with an SA table of maps. Carries effects out as it is told to. */
final class Node implements Others {
    /** One direction of a pair as the SA table has it. */
    record Half(String key, String policy, Selectors selectors) {}

    /** What is around a node. */
    interface Surroundings {
        /** Where messages go. */
        void send(Node from, Endpoints endpoints, Bytes message, Effect.Summary summary);

        /** Keys were installed. */
        void installed(Node node, String key);

        /** Does something later, and tells the time. */
        void later(long wait, LongConsumer what);

        /** Returns what decides how long an answer takes. */
        Random chance();
    }

    private static final CryptoRegistry CRYPTO = registry();
    /** Where a message says what its first payload is. */
    private static final int NEXT_PAYLOAD = 16;

    final String name;
    final InetSocketAddress address;
    final FakePeers peers = new FakePeers();
    final Map<String, String> secrets = new HashMap<>();
    final Map<Long, Session> bySpi = new LinkedHashMap<>();
    final List<Session> sessions = new ArrayList<>();
    final Map<Integer, Half> inbound = new LinkedHashMap<>();
    final Map<Integer, Half> outbound = new LinkedHashMap<>();
    final Map<Integer, Integer> peerSpis = new HashMap<>();
    final Map<Integer, ChildSaId> lineages = new HashMap<>();
    final Map<Long, NegotiationResult> results = new HashMap<>();
    final List<Effect.Notice> notices = new ArrayList<>();
    final Map<CheckpointId, byte[]> checkpoints = new LinkedHashMap<>();
    final SecureRandom random;
    Tuning tuning = Tuning.DEFAULT;

    @Nullable
    Reason refuseInstall;

    Door door;
    CoreContext context;
    boolean fenced;

    /** Whether it never says that an IKE SA is its only one. */
    boolean silentContact;

    /** Nanoseconds that opening a secret or storing a checkpoint takes at most; 0 is at once. */
    long slowness;

    /** Who is told of notices, and of what happens to pairs. */
    final List<Consumer<Effect>> listeners = new ArrayList<>();

    private final Surroundings around;
    private final Fault fault;
    private final Features features;
    private final List<CredentialSource> sources = new ArrayList<>();
    final Authenticators authenticators = new Authenticators(this::open, List.of(new CredentialSource() {
        @Override
        public Optional<SecretBytes> password(PadEntry peer, String user) throws AuthenticationException {
            return sources.isEmpty() ? Optional.empty() : sources.getFirst().password(peer, user);
        }
    }));

    final AddressPools pools = new AddressPools();
    final Map<IkeSaId, HostConfiguration> assigned = new LinkedHashMap<>();

    private final Map<Long, LongConsumer> answers = new HashMap<>();
    private final Map<String, Integer> carryingOn = new HashMap<>();
    private final ArrayDeque<Runnable> todo = new ArrayDeque<>();
    private boolean busy;
    private long numbers = 1;
    private int nextSpi;
    private int life;

    Node(String name, String address, SecureRandom random, Surroundings around, Fault fault) {
        this.name = name;
        this.address = new InetSocketAddress(Addresses.parse(address), 500);
        this.random = fault.random(random);
        this.around = around;
        this.fault = fault;
        this.features = fault.features(new Ikev2());
        this.nextSpi = (random.nextInt(0x7fff) + 1) << 16;
        this.context = context();
        this.door = new Door(context);
    }

    private static CryptoRegistry registry() {
        List<CryptoProvider> all = new ArrayList<>(StandardProviders.all());
        all.add(ToyKeyExchange.provider());
        return CryptoRegistry.of(all);
    }

    /** Returns what protects the messages of an IKE SA. */
    static SkCipher cipher(IkeSaState sa) {
        try {
            return new SkCipher(sa.suite().protection(CRYPTO));
        } catch (UnavailableTransformException e) {
            throw new IllegalStateException(e);
        }
    }

    private CoreContext context() {
        return new CoreContext(peers, peers, CRYPTO, random, tuning);
    }

    void tuning(Tuning value) {
        tuning = value;
        context = context();
        door = new Door(context);
    }

    static Proposal ike(int... keyExchanges) {
        List<Transform> transforms = new ArrayList<>(
                List.of(new Transform(TransformType.ENCRYPTION, 20, 128), new Transform(TransformType.PRF, 5, 0)));
        for (int each : keyExchanges) {
            transforms.add(new Transform(TransformType.KEY_EXCHANGE, each, 0));
        }
        return new Proposal(transforms);
    }

    static Proposal esp(int... keyExchanges) {
        List<Transform> transforms = new ArrayList<>(List.of(new Transform(TransformType.ENCRYPTION, 20, 128)));
        for (int each : keyExchanges) {
            transforms.add(new Transform(TransformType.KEY_EXCHANGE, each, 0));
        }
        transforms.add(new Transform(TransformType.SEQUENCE_NUMBERS, 0, 0));
        return new Proposal(transforms);
    }

    static Selectors selectors(String local, String remote) {
        return new Selectors(
                List.of(TrafficSelector.of(AddressRange.parse(local))),
                List.of(TrafficSelector.of(AddressRange.parse(remote))));
    }

    PadEntry.Builder peer(Node other) {
        return PadEntry.builder(new ConnectionId("to-" + other.name))
                .remoteAddress(other.address.getAddress())
                .localAddress(address.getAddress())
                .localIdentity(Identity.parse(name + ".example"))
                .remoteIdentity(Identity.parse(other.name + ".example"))
                .secret(new SecretRef("shared"))
                .ikeProposals(List.of(ike(ToyKeyExchange.FIRST)));
    }

    Policy.Builder policy(String policyName, Node other, String local, String remote) {
        return Policy.builder(policyName, Action.PROTECT)
                .peer(new ConnectionId("to-" + other.name))
                .selectors(selectors(local, remote))
                .proposals(List.of(esp()));
    }

    /** Both sides know each other. */
    static void introduce(Node a, Node b) {
        a.peers.peers.add(a.peer(b).build());
        b.peers.peers.add(b.peer(a).build());
        a.secrets.put("shared", "correct horse");
        b.secrets.put("shared", "correct horse");
        for (int i = 0; i < 4; i++) {
            String left = "10.1." + i + ".0/24";
            String right = "10.2." + i + ".0/24";
            List<Proposal> proposals = List.of(i < 2 ? esp() : esp(ToyKeyExchange.FIRST));
            a.peers.policies.add(
                    a.policy("p" + i, b, left, right).proposals(proposals).build());
            b.peers.policies.add(
                    b.policy("p" + i, a, right, left).proposals(proposals).build());
        }
    }

    // ---- what happens ----

    long negotiate(String policyName, long deadline, long now) {
        Policy policy = peers.policy(policyName).orElseThrow();
        PadEntry peer = peers.named(policy.peer().orElseThrow()).orElseThrow();
        long negotiation = numbers++;
        Session session = sessions.stream()
                .filter(s -> s.state().initiator || s.state().phase == Phase.ESTABLISHED)
                .filter(s -> !s.state().phase.ending())
                .filter(s -> s.peer()
                        .map(p -> p.connection().equals(peer.connection()))
                        .orElse(false))
                .findFirst()
                .orElseGet(() -> initiator(peer, Optional.empty(), now));
        feed(
                session,
                new Event.Negotiate(
                        negotiation,
                        new NegotiationRequest(policy, peer, policy.selectors(), Optional.empty()),
                        deadline),
                now);
        return negotiation;
    }

    private Session initiator(PadEntry peer, Optional<IkeSaId> predecessor, long now) {
        Session session = Session.initiator(
                context,
                features,
                new IkeSaId(peer.connection(), numbers++),
                peer,
                new Endpoints(
                        address,
                        new InetSocketAddress(peer.remoteAddress().orElseThrow(), 500),
                        peer.encapsulation() == Encapsulation.TCP),
                predecessor,
                this,
                now);
        sessions.add(session);
        return session;
    }

    void receive(Endpoints endpoints, Bytes message, long now) {
        IkeHeader header;
        try {
            header = MessageDecoder.decodeHeader(message.toArray());
        } catch (IkeProtocolException e) {
            return;
        }
        long spi = header.fromInitiator() ? header.responderSpi() : header.initiatorSpi();
        if (header.response() && isProtected(message)) {
            answers.getOrDefault(spi, id -> {}).accept(header.messageId());
        }
        Session session = bySpi.get(spi);
        if (session != null) {
            feed(session, new Event.Received(endpoints, message), now);
        } else if (header.exchangeType().number() == 34 && !header.response()) {
            carryOut(door.judge(endpoints, message, now), endpoints, message, now);
        } else if (spi != 0) {
            carryOut(door.judgeUnknown(header, message, now), endpoints, message, now);
        }
    }

    /** What nobody vouches for is no answer (RFC 7296 section 2.21.4): its request is sent on. */
    private static boolean isProtected(Bytes message) {
        int first = message.get(NEXT_PAYLOAD) & 0xff;
        return first == PayloadType.SK.number() || first == PayloadType.SKF.number();
    }

    private void carryOut(Door.Judgement judgement, Endpoints endpoints, Bytes message, long now) {
        switch (judgement) {
            case Door.Judgement.Ignore ignored -> {}
            case Door.Judgement.Reply reply -> {
                reply.datagrams()
                        .forEach(each -> around.send(
                                this, endpoints, each, new Effect.Summary("IKE_SA_INIT", true, 0, List.of(), 1)));
                reply.why().ifPresent(notices::add);
            }
            case Door.Judgement.Known known ->
                Optional.ofNullable(bySpi.get(known.localSpi()))
                        .ifPresent(s -> feed(s, new Event.Received(endpoints, message), now));
            case Door.Judgement.Admit admit -> {
                Session session = Session.responder(context, features, admit.localSpi(), endpoints, this, now);
                sessions.add(session);
                feed(session, admit.first(), now);
            }
        }
    }

    void feed(Session session, Event event, long now) {
        todo.add(() -> handle(session, event, now));
        drain();
    }

    private void handle(Session session, Event event, long now) {
        List<Effect> effects = session.handle(event, now);
        fault.handled(session, event);
        carryOut(session, effects, now);
    }

    private void drain() {
        if (busy) {
            return;
        }
        busy = true;
        try {
            while (!todo.isEmpty()) {
                todo.remove().run();
            }
        } finally {
            busy = false;
        }
    }

    /** Every session whose time has come. */
    void tick(long now) {
        for (Session session : List.copyOf(sessions)) {
            if (session.deadline() <= now) {
                feed(session, new Event.Tick(), now);
            }
        }
    }

    long deadline() {
        return sessions.stream().mapToLong(Session::deadline).min().orElse(Long.MAX_VALUE);
    }

    /** The bundle is replaced: what is not checkpointed is forgotten. */
    void restart(long now) {
        tell(new Effect.Finished());
        life++;
        sessions.clear();
        bySpi.clear();
        door = new Door(context);
        for (byte[] each : List.copyOf(checkpoints.values())) {
            try (SecretBytes secret = SecretBytes.copyOf(each)) {
                SessionState state = SessionCodec.decode(secret);
                fault.resuming(state);
                Session session = Session.resumed(context, features, state, this, now);
                sessions.add(session);
                feed(session, new Event.Resumed(), now);
            } catch (UnavailableTransformException e) {
                throw new AssertionError(e);
            }
        }
    }

    /** The machine crashes: everything is forgotten. */
    void crash() {
        tell(new Effect.Finished());
        life++;
        sessions.clear();
        bySpi.clear();
        inbound.clear();
        outbound.clear();
        peerSpis.clear();
        lineages.clear();
        checkpoints.clear();
        door = new Door(context);
    }

    private void tell(Effect effect) {
        listeners.forEach(l -> l.accept(effect));
    }

    // ---- effects ----

    private void carryOut(Session session, List<Effect> effects, long now) {
        for (Effect effect : effects) {
            if (!fault.carriesOut(this, effect)) {
                continue;
            }
            if (effect instanceof Effect.Retire || effect instanceof Effect.Delete || effect instanceof Effect.Ask) {
                tell(effect);
            }
            switch (effect) {
                case Effect.Send send -> around.send(this, send.endpoints(), send.message(), send.summary());
                case Effect.KeepAlive ignored -> {}
                case Effect.MoveStream move -> tell(move);
                case Effect.Ask ask -> ask(session, ask, now);
                case Effect.Retire retire ->
                    outbound.remove(peerSpis.getOrDefault(retire.inbound().spi(), 0));
                case Effect.Delete delete -> deleted(delete.inbound().spi());
                case Effect.Listen listen -> bySpi.put(listen.localSpi(), session);
                case Effect.Deafen deafen -> bySpi.remove(deafen.localSpi());
                case Effect.Settle settle -> {
                    if (results.put(settle.negotiation(), settle.result()) != null) {
                        throw new AssertionError("settled twice");
                    }
                }
                case Effect.AnswerAgain answers -> door.answerAgain(answers, now);
                case Effect.HalfOpenEnded ended -> door.settled(ended.localSpi());
                case Effect.ReleaseAddress release -> pools.release(release.lease());
                case Effect.GiveUpAddresses given -> assigned.remove(given.id());
                case Effect.Supersede supersede -> supersede(session, supersede, now);
                case Effect.HandOver handOver -> handOver(handOver, now);
                case Effect.TakenOver over -> tell(over.from(), new Event.TakenOver(over.carried()), now);
                case Effect.NotTakenOver over -> tell(over.from(), new Event.NotTakenOver(), now);
                case Effect.CarriesOn on -> carriesOn(on, now);
                case Effect.DropCheckpoint drop -> checkpoints.remove(drop.id());
                case Effect.Finished ignored -> sessions.remove(session);
                case Effect.Notice notice -> {
                    notices.add(notice);
                    tell(notice);
                }
            }
        }
    }

    private void ask(Session session, Effect.Ask ask, long now) {
        if (ask.question() instanceof Question.CarryOn question) {
            carryOn(session, question, ask.token(), now);
            return;
        }
        Event answered = new Event.Answered(ask.token(), answer(ask.question()));
        boolean slow = ask.question() instanceof Question.Authentication
                || ask.question() instanceof Question.LeaseAddresses
                || ask.question() instanceof Question.TakeAddresses
                || ask.question() instanceof Question.SaveCheckpoint;
        if (slowness == 0 || !slow) {
            todo.addFirst(() -> handle(session, answered, now));
            return;
        }
        int asked = life;
        around.later(around.chance().nextLong(slowness), then -> {
            if (life == asked) {
                feed(session, answered, then);
            }
        });
    }

    private void supersede(Session self, Effect.Supersede supersede, long now) {
        for (Session each : List.copyOf(sessions)) {
            if (each != self
                    && each.state().peerIdentity().equals(Optional.of(supersede.peer()))
                    && each.state().establishedAt < supersede.before()) {
                feed(each, supersede.word(), now);
            }
        }
    }

    private void handOver(Effect.HandOver handOver, long now) {
        Optional<Session> heir = sessions.stream()
                .filter(s -> s.state().predecessor().equals(Optional.of(handOver.from())))
                .filter(s -> !s.state().phase.ending())
                .findFirst();
        PadEntry peer = peers.named(handOver.from().connection()).orElseThrow();
        feed(
                heir.orElseGet(() -> initiator(peer, Optional.of(handOver.from()), now)),
                new Event.TakeOver(handOver.carried()),
                now);
    }

    private void tell(IkeSaId id, Event event, long now) {
        sessions.stream()
                .filter(s -> s.state().id().equals(Optional.of(id)))
                .findFirst()
                .ifPresent(s -> feed(s, event, now));
    }

    private void carryOn(Session self, Question.CarryOn question, long token, long now) {
        List<Session> all = others(self.state())
                .filter(s -> s.state().peerIdentity().equals(Optional.of(question.peer())))
                .toList();
        carryingOn.put(question.asker() + " " + token, all.size());
        all.forEach(s -> feed(s, new Event.CarryOn(question.asker(), token), now));
        if (all.isEmpty()) {
            feed(self, new Event.Answered(token, new Outcome.Value(false)), now);
        }
    }

    private void carriesOn(Effect.CarriesOn on, long now) {
        if (carryingOn.merge(on.asker() + " " + on.token(), -1, Integer::sum) == 0) {
            tell(on.asker(), new Event.Answered(on.token(), new Outcome.Value(true)), now);
        }
    }

    private Stream<Session> others(SessionState self) {
        return sessions.stream()
                .filter(s -> s.state() != self && s.state().phase == Phase.ESTABLISHED);
    }

    @Override
    public boolean stand(SessionState self, ConnectionId connection, Optional<Identity> identity) {
        return (silentContact && self.phase == Phase.CONNECTING)
                || others(self).anyMatch(s -> identity.isEmpty() || s.state().peerIdentity().equals(identity));
    }

    @Override
    public boolean carry(
            SessionState self, ConnectionId connection, Identity identity, Carried carried, long since) {
        return others(self)
                .filter(s -> s.state().establishedAt >= since)
                .filter(s -> s.state().peerIdentity().equals(Optional.of(identity)))
                .flatMap(s -> s.state().children.stream())
                .anyMatch(c -> c.status == ChildStatus.ACTIVE
                        && c.policy.equals(carried.policy())
                        && c.selectors.equals(carried.selectors()));
    }

    @Override
    public boolean carryInstead(
            SessionState self, ConnectionId connection, Identity identity, Carried carried, IkeSaId ending) {
        return others(self)
                .map(Session::state)
                .filter(s -> s.peerIdentity().equals(Optional.of(identity)) && !s.id().equals(Optional.of(ending)))
                .flatMap(s -> s.children.stream().filter(c -> preferred(s, c, self)))
                .anyMatch(c -> Carried.by(c).equals(carried));
    }

    private static boolean preferred(SessionState state, ChildState child, SessionState self) {
        boolean waits = child.waitsForElder() && (state.peerKnows(child) || state.establishedAt > self.establishedAt);
        return child.status == ChildStatus.ACTIVE || waits;
    }

    private Outcome answer(Question<?> question) {
        return switch (question) {
            case Question.Authentication<?> authentication -> authenticators.answer(authentication);
            case Question.LeaseAddresses lease -> pools.answer(lease);
            case Question.TakeAddresses take -> take(take);
            case Question.OpenStream o ->
                new Outcome.Value(
                        new Endpoints(o.endpoints().local(), o.endpoints().remote(), /* tcp= */ true));
            case Question.NameIkeSa n -> new Outcome.Value(new IkeSaId(n.connection(), numbers++));
            case Question.OpenLineage o -> reserve(new ChildSaId(o.ikeSa(), numbers++), o.protocol());
            case Question.ReserveSpi r -> reserve(r.lineage(), r.protocol());
            case Question.InstallInbound i -> install(i);
            case Question.ActivateOutbound a -> activate(a);
            case Question.SaveCheckpoint s -> save(s);
            case Question.CarryOn ignored -> throw new AssertionError("asked elsewhere");
        };
    }

    private Outcome take(Question.TakeAddresses take) {
        assigned.put(take.ikeSa(), take.configuration());
        return new Outcome.Value(new Question.Taken(take.ikeSa()));
    }

    private SecretBytes open(SecretRef reference) throws SecretSource.SecretUnusableException {
        String secret = secrets.get(reference.file());
        if (secret == null) {
            throw new SecretSource.SecretUnusableException(
                    Reason.of(ReasonCode.SECRET_UNUSABLE, reference.file(), "it is missing"));
        }
        return SecretBytes.owning(secret.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    /** Knows passwords from here on. */
    void provide(CredentialSource source) {
        sources.add(source);
    }

    /** Stores a session's checkpoint at once. */
    void store(Session session) {
        SessionState state = session.state();
        try (SecretBytes secret = SessionCodec.encode(state)) {
            checkpoints.put(
                    new CheckpointId(
                            SessionCodec.KIND,
                            state.id().map(IkeSaId::toString).orElseThrow()),
                    secret.use(byte[]::clone));
        }
    }

    private Outcome save(Question.SaveCheckpoint save) {
        try (SecretBytes secret = save.state()) {
            if (fenced) {
                return new Outcome.Fenced();
            }
            if (fault.stores(save)) {
                checkpoints.put(save.id(), secret.use(byte[]::clone));
            }
            return new Outcome.Value(Durability.MEMORY);
        }
    }

    private Outcome reserve(ChildSaId lineage, IpsecProtocol protocol) {
        int spi = nextSpi++;
        lineages.put(spi, lineage);
        return new Outcome.Value(new Question.Reserved(new SpiKey(protocol, spi), lineage));
    }

    private Outcome install(Question.InstallInbound install) {
        ChildState child = install.child();
        try (SaKeys keys = install.keys()) {
            if (refuseInstall != null) {
                return new Outcome.Failure(refuseInstall);
            }
            if (inbound.containsKey(child.inboundSpi) || !lineages.containsKey(child.inboundSpi)) {
                throw new AssertionError("installed twice, or not reserved");
            }
            inbound.put(child.inboundSpi, new Half(text(keys), child.policy, child.selectors));
            peerSpis.put(child.inboundSpi, child.outboundSpi);
            around.installed(this, text(keys));
            return new Outcome.Value(child.inbound());
        }
    }

    private Outcome activate(Question.ActivateOutbound activate) {
        try (SaKeys keys = activate.keys()) {
            Half in = inbound.get(activate.inbound().spi());
            if (in == null || outbound.containsKey(activate.peerSpi())) {
                throw new AssertionError("activated twice, or before it was installed");
            }
            outbound.put(activate.peerSpi(), new Half(text(keys), in.policy(), in.selectors()));
            ChildSaId lineage = lineages.get(activate.inbound().spi());
            if (lineage == null) {
                throw new AssertionError("no lineage");
            }
            return new Outcome.Value(
                    new SaPairHandle(
                    lineage, activate.inbound(), new SpiKey(activate.inbound().protocol(), activate.peerSpi())));
        }
    }

    private void deleted(int spi) {
        inbound.remove(spi);
        Integer peer = peerSpis.remove(spi);
        if (peer != null) {
            outbound.remove(peer);
        }
        lineages.remove(spi);
    }

    private static String text(SaKeys keys) {
        return keys.encryption().use(HexFormat.of()::formatHex) + keys.salt().use(HexFormat.of()::formatHex)
                + keys.integrity().use(HexFormat.of()::formatHex);
    }

    /** Lets somebody know of the message ids of the responses to one of our SPIs. */
    void answers(long localSpi, LongConsumer listener) {
        answers.merge(localSpi, listener, (first, second) -> id -> {
            first.accept(id);
            second.accept(id);
        });
    }

    // ---- what tests ask ----

    Session only() {
        if (sessions.size() != 1) {
            throw new AssertionError(name + " has " + sessions.size() + " sessions");
        }
        return sessions.getFirst();
    }

    long established() {
        return sessions.stream()
                .filter(s -> s.state().phase == Phase.ESTABLISHED)
                .count();
    }

    /** Returns whose pair sends by an SPI of the peer. */
    Optional<ChildSaId> lineageOfOutbound(int spi) {
        return peerSpis.entrySet().stream()
                .filter(e -> e.getValue() == spi)
                .flatMap(e -> Optional.ofNullable(lineages.get(e.getKey())).stream())
                .findFirst();
    }

    Optional<IkeSaState> current() {
        return sessions.stream()
                .filter(s -> s.state().phase == Phase.ESTABLISHED)
                .flatMap(s -> s.state().current().stream())
                .findFirst();
    }

    @Override
    public String toString() {
        return name;
    }
}
