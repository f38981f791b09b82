package org.sallyport.example.toy;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.sallyport.api.flow.Selectors;
import org.sallyport.api.flow.TrafficSelector;
import org.sallyport.api.negotiation.NegotiationResult;
import org.sallyport.api.negotiation.PadEntry;
import org.sallyport.api.negotiation.SecretSource.SecretUnusableException;
import org.sallyport.api.policy.Policy;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.reason.ReasonCode;
import org.sallyport.api.sa.ChildSaId;
import org.sallyport.api.sa.IpsecProtocol;
import org.sallyport.api.sa.SaKeys;
import org.sallyport.api.sa.SaPairHandle;
import org.sallyport.api.sa.SaRefusedException;
import org.sallyport.api.sa.SaSpec;
import org.sallyport.api.sa.SaSuite;
import org.sallyport.api.sa.SpiKey;
import org.sallyport.api.secret.SecretBytes;
import org.sallyport.crypto.InvalidPublicValueException;
import org.sallyport.crypto.KeyExchange;
import org.sallyport.crypto.TransformId;
import org.sallyport.crypto.UnavailableTransformException;

/**
 * One conversation with a peer, which is for one pair of SAs: from HELLO to the end of the pair. A pair's successor has a
 * conversation of its own, with fresh keys. Used by one thread.
 */
final class Conversation {
    /** AES-256-GCM with extended sequence numbers: this protocol knows nothing else. */
    static final SaSuite SUITE = new SaSuite(TransformId.ENCR_AES_GCM_16, 256, 0, true);

    /** What is said when a pair goes because its successor stands: it still receives for a while. */
    private static final String REPLACED = "replaced";

    private static final long NEVER = Long.MAX_VALUE;
    private static final long GRACE = Duration.ofSeconds(2).toNanos();
    private static final long HALF_OPEN = Duration.ofSeconds(5).toNanos();

    /** How far it is. */
    enum State {
        /** We said HELLO. */
        GREETING,
        /** We said ANSWER, and nobody has proven to have said HELLO just now. */
        ANSWERED,
        /** We said what we want. */
        WANTING,
        /** The pair stands. */
        UP,
        /** The pair has a successor and still receives. */
        LINGERING,
        ENDED
    }

    private final Protocol protocol;
    private final Surroundings around;
    private final PadEntry peer;
    private final InetSocketAddress remote;
    private final String peerIdentity;
    private final boolean initiator;
    private final long session;

    private State state;
    private @Nullable Ticket ticket;
    private @Nullable Conversation predecessor;
    private @Nullable Policy policy;
    private @Nullable Selectors selectors;
    private KeyExchange.@Nullable KeyPair pair;
    private Messages.@Nullable Hello hello;
    private byte[] helloWhole = {};
    private @Nullable Keys keys;
    private @Nullable Channel channel;
    private @Nullable ChildSaId lineage;
    private @Nullable SpiKey inbound;
    private int wanted;
    private Supplier<byte[]> again = () -> new byte[0];
    private int transmissions;
    private long interval;
    private long nextAt = NEVER;
    private long endAt = NEVER;
    private long heardAt;

    private Conversation(
            Protocol protocol,
            PadEntry peer,
            String peerIdentity,
            InetSocketAddress remote,
            boolean initiator,
            long session,
            State state) {
        this.protocol = protocol;
        this.around = protocol.surroundings();
        this.peer = peer;
        this.peerIdentity = peerIdentity;
        this.remote = remote;
        this.initiator = initiator;
        this.session = session;
        this.state = state;
    }

    // ---- we begin ----

    /** Starts a conversation for a pair, or for the successor of one. */
    static Conversation initiator(
            Protocol protocol,
            PadEntry peer,
            InetSocketAddress remote,
            long session,
            Policy policy,
            Selectors selectors,
            @Nullable Ticket ticket,
            @Nullable Conversation predecessor) {
        Conversation self = new Conversation(
                protocol, peer, peer.remoteIdentity().toString(), remote, true, session, State.GREETING);
        self.policy = policy;
        self.selectors = selectors;
        self.ticket = ticket;
        self.predecessor = predecessor;
        return self;
    }

    void greet(long now) throws UnavailableTransformException, SecretUnusableException {
        KeyExchange.KeyPair ours =
                around.crypto().keyExchange(TransformId.KE_X25519).generate(around.random());
        pair = ours;
        Messages.Hello bare = new Messages.Hello(
                session,
                protocol.nonce(),
                ours.publicValue(),
                peer.localIdentity().toString(),
                peer.remoteIdentity().toString(),
                new byte[Messages.MAC]);
        try (SecretBytes secret = protocol.secret(peer)) {
            byte[] mac = Keys.helloMac(protocol.prf(), secret, bare.body());
            hello = new Messages.Hello(bare.session(), bare.nonce(), bare.value(), bare.from(), bare.to(), mac);
            helloWhole = Messages.join(bare.body(), mac);
        }
        ask(() -> helloWhole, now);
    }

    /** The peer answered; whoever forged that is not heard. */
    void answered(Messages.Answer answer, long now)
            throws UnavailableTransformException, SecretUnusableException, SaRefusedException {
        Messages.Hello said = hello;
        KeyExchange.KeyPair ours = pair;
        if (state != State.GREETING || said == null || ours == null) {
            return;
        }
        Keys derived;
        try (SecretBytes agreed = ours.agree(answer.value());
                SecretBytes secret = protocol.secret(peer)) {
            derived = Keys.derive(protocol.prf(), secret, agreed, said, helloWhole, answer.body(), answer.nonce());
        } catch (InvalidPublicValueException e) {
            return;
        }
        if (!Keys.same(derived.answerMac(protocol.prf(), answer.body()), answer.mac())) {
            derived.close();
            return;
        }
        ours.close();
        pair = null;
        keys = derived;
        channel = new Channel(protocol.aead(), derived, true, answer.session());
        heardAt = now;
        want(derived, now);
    }

    private void want(Keys derived, long now) throws SaRefusedException {
        Conversation old = predecessor;
        lineage = old == null ? protocol.newLineage(peer.connection()) : known(old.lineage);
        install(derived);
        int replaces = old == null ? 0 : old.wanted;
        Talk.Want talk = new Talk.Want(known(inbound).spi(), replaces, known(selectors));
        state = State.WANTING;
        ask(() -> known(channel).seal(talk), now);
    }

    private void have(Talk.Have have, long now) throws SaRefusedException {
        if (state == State.WANTING) {
            wanted = have.spi();
            SaPairHandle handle = activate(have.spi());
            up(now);
            if (ticket != null) {
                ticket.settle(new NegotiationResult.Established(handle));
                ticket = null;
            }
            if (predecessor != null) {
                predecessor.replaced(now);
            }
        }
    }

    // ---- the peer begins ----

    /** Answers a HELLO that was made by somebody who knows the secret, now or earlier. */
    static Conversation responder(
            Protocol protocol,
            PadEntry peer,
            InetSocketAddress remote,
            long session,
            Messages.Hello hello,
            byte[] datagram,
            long now)
            throws UnavailableTransformException, SecretUnusableException, InvalidPublicValueException {
        Conversation self = new Conversation(protocol, peer, hello.from(), remote, false, session, State.ANSWERED);
        Surroundings around = protocol.surroundings();
        try (KeyExchange.Response response =
                        around.crypto().keyExchange(TransformId.KE_X25519).respond(hello.value(), around.random());
                SecretBytes secret = protocol.secret(peer)) {
            byte[] nonce = protocol.nonce();
            Messages.Answer bare = new Messages.Answer(
                    hello.session(), session, nonce, response.publicValue(), new byte[Messages.MAC]);
            Keys derived =
                    Keys.derive(protocol.prf(), secret, response.sharedSecret(), hello, datagram, bare.body(), nonce);
            self.keys = derived;
            self.channel = new Channel(protocol.aead(), derived, false, hello.session());
            byte[] answer = Messages.join(bare.body(), derived.answerMac(protocol.prf(), bare.body()));
            self.again = () -> answer;
        }
        self.endAt = now + HALF_OPEN;
        around.send(remote, self.again.get());
        return self;
    }

    /** The same HELLO came again. */
    void answerAgain() {
        if (state == State.ANSWERED) {
            around.send(remote, again.get());
        }
    }

    private void want(Talk.Want want, long now) {
        if (state == State.UP && wanted == want.spi()) {
            say(new Talk.Have(known(inbound).spi()));
        } else if (state == State.ANSWERED) {
            try {
                serve(want, now);
            } catch (SaRefusedException e) {
                refuse(e.reason());
            }
        }
    }

    private void serve(Talk.Want want, long now) throws SaRefusedException {
        List<TrafficSelector> ours = want.selectors().remote();
        List<TrafficSelector> theirs = want.selectors().local();
        Selectors mirrored = new Selectors(ours, theirs);
        policy = protocol.policyFor(peer, mirrored)
                .orElseThrow(() -> new SaRefusedException(
                        Reason.of(ReasonCode.TS_UNACCEPTABLE, peer.connection(), want.selectors())));
        selectors = mirrored;
        lineage = want.replaces() == 0
                ? protocol.newLineage(peer.connection())
                : protocol.receiving(peer.connection(), want.replaces())
                        .map(old -> known(old.lineage))
                        .orElseThrow(() -> new SaRefusedException(Reason.of(ReasonCode.IKE_SA_GONE)));
        install(known(keys));
        wanted = want.spi();
        activate(want.spi());
        up(now);
        say(new Talk.Have(known(inbound).spi()));
    }

    private void refuse(Reason reason) {
        say(new Talk.Refused(reason.text()));
        end(reason);
    }

    // ---- the pair: what can be received is in place before anything can be sent ----

    private void install(Keys from) throws SaRefusedException {
        inbound = around.table().reserveSpi(IpsecProtocol.ESP);
        SaSpec spec = SaSpec.builder()
                .lineage(known(lineage))
                .policy(known(policy).name())
                .peerIdentity(peerIdentity)
                .selectors(known(selectors))
                .suite(SUITE)
                .path(around.path(peer, remote))
                .lifetimes(known(policy).lifetimes())
                .initiator(initiator)
                .build();
        try (SaKeys here = from.sa(!initiator)) {
            around.table().installInbound(known(inbound), spec, here);
        }
    }

    private SaPairHandle activate(int peerSpi) throws SaRefusedException {
        try (SaKeys there = known(keys).sa(initiator)) {
            return around.table().activateOutbound(known(inbound), peerSpi, there);
        }
    }

    private void up(long now) {
        state = State.UP;
        known(keys).close(); // the channel and the SA table have what they need
        heardAt = now;
        rest();
        protocol.up(this);
    }

    // ---- what is said ----

    /** A sealed datagram came. What is not genuine is passed over, whoever sent it. */
    void heard(byte[] datagram, Messages.Sealed sealed, long now) throws BadMessageException {
        Channel open = channel;
        Optional<Talk> talk = open == null || state == State.ENDED ? Optional.empty() : open.open(datagram, sealed);
        if (talk.isEmpty()) {
            return;
        }
        heardAt = now;
        try {
            heard(talk.get(), now);
        } catch (SaRefusedException e) {
            bye(e.reason());
        }
    }

    private void heard(Talk talk, long now) throws SaRefusedException {
        switch (talk) {
            case Talk.Want want when !initiator -> want(want, now);
            case Talk.Have have when initiator -> have(have, now);
            case Talk.Refused refused
            when state == State.WANTING ->
                end(Reason.of(ReasonCode.PEER_REFUSED, peer, "\"" + refused.words() + "\"", known(selectors)));
            case Talk.Ping ignored -> say(new Talk.Pong());
            case Talk.Pong ignored when state == State.UP -> rest();
            case Talk.Bye bye when bye.words().equals(REPLACED) && state == State.UP -> linger(now);
            case Talk.Bye ignored -> end(Reason.of(ReasonCode.DELETED_BY_PEER, peer));
            default -> {}
        }
    }

    private void say(Talk talk) {
        around.send(remote, known(channel).seal(talk));
    }

    private void ask(Supplier<byte[]> message, long now) {
        again = message;
        transmissions = 1;
        interval = peer.retransmission().first().toNanos();
        nextAt = now + interval;
        around.send(remote, message.get());
    }

    private void rest() {
        nextAt = NEVER;
        endAt = NEVER;
    }

    /** Our pair has a successor. */
    private void replaced(long now) {
        if (state == State.UP) {
            say(new Talk.Bye(REPLACED));
            linger(now);
        }
    }

    private void linger(long now) {
        around.table().retire(known(inbound));
        state = State.LINGERING;
        nextAt = NEVER;
        endAt = now + GRACE;
    }

    // ---- time ----

    long deadline() {
        long liveness =
                state == State.UP && nextAt == NEVER && !peer.deadPeerInterval().isZero()
                        ? heardAt + peer.deadPeerInterval().toNanos()
                        : NEVER;
        long patience = ticket == null ? NEVER : ticket.deadline();
        return Math.min(Math.min(nextAt, endAt), Math.min(liveness, patience));
    }

    void tick(long now) {
        if (endAt <= now) {
            end(Reason.of(state == State.LINGERING ? ReasonCode.REKEYED : ReasonCode.CANCELLED));
        } else if (ticket != null && (ticket.over() || ticket.deadline() <= now)) {
            bye(Reason.of(ReasonCode.CANCELLED));
        } else if (nextAt <= now) {
            askAgain(now);
        } else if (deadline() <= now) {
            ask(() -> known(channel).seal(new Talk.Ping()), now);
        }
    }

    private void askAgain(long now) {
        if (transmissions > peer.retransmission().tries()) {
            end(
                    state == State.UP
                            ? Reason.of(ReasonCode.PEER_DEAD, peer)
                            : Reason.of(ReasonCode.PEER_UNREACHABLE, peer, transmissions));
            return;
        }
        transmissions++;
        interval = (long) (interval * Math.max(1.0, peer.retransmission().factor()));
        nextAt = now + interval;
        around.send(remote, again.get());
    }

    // ---- the end ----

    /** Ends it, and tells the peer. A datagram may be lost, so it is told twice. */
    void bye(Reason reason) {
        if (state != State.ENDED && channel != null) {
            say(new Talk.Bye(reason.text()));
            say(new Talk.Bye(reason.text()));
        }
        end(reason);
    }

    /** Ends it: the pair goes, keys are wiped, whoever waits is told why. */
    void end(Reason reason) {
        if (state == State.ENDED) {
            return;
        }
        boolean stood = state == State.UP || state == State.LINGERING;
        state = State.ENDED;
        rest();
        if (inbound != null) {
            around.table().delete(inbound, reason);
        }
        wipe();
        if (ticket != null) {
            ticket.settle(
                    reason.code() == ReasonCode.PEER_UNREACHABLE
                            ? new NegotiationResult.Unreachable(reason)
                            : new NegotiationResult.Refused(reason));
        }
        protocol.ended(this, stood, reason);
    }

    private void wipe() {
        if (pair != null) {
            pair.close();
        }
        if (keys != null) {
            keys.close();
        }
        if (channel != null) {
            channel.close();
        }
    }

    // ---- what others ask ----

    State state() {
        return state;
    }

    boolean initiator() {
        return initiator;
    }

    long session() {
        return session;
    }

    PadEntry peer() {
        return peer;
    }

    InetSocketAddress remote() {
        return remote;
    }

    Optional<ChildSaId> lineage() {
        return Optional.ofNullable(lineage);
    }

    Optional<SpiKey> inbound() {
        return Optional.ofNullable(inbound);
    }

    Optional<Policy> policy() {
        return Optional.ofNullable(policy);
    }

    Optional<Selectors> selectors() {
        return Optional.ofNullable(selectors);
    }

    private static <T> T known(@Nullable T value) {
        if (value == null) {
            throw new IllegalStateException("the conversation is not that far");
        }
        return value;
    }
}
