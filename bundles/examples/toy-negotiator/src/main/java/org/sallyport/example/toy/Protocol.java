package org.sallyport.example.toy;

import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import org.sallyport.api.flow.Selectors;
import org.sallyport.api.negotiation.ConnectionEvent;
import org.sallyport.api.negotiation.Identity;
import org.sallyport.api.negotiation.NegotiationRequest;
import org.sallyport.api.negotiation.NegotiationResult;
import org.sallyport.api.negotiation.PadEntry;
import org.sallyport.api.negotiation.SecretRef;
import org.sallyport.api.negotiation.SecretSource.SecretUnusableException;
import org.sallyport.api.policy.Action;
import org.sallyport.api.policy.Policy;
import org.sallyport.api.proposal.TransformType;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.reason.ReasonCode;
import org.sallyport.api.sa.ChildSaId;
import org.sallyport.api.sa.ConnectionId;
import org.sallyport.api.sa.IkeSaId;
import org.sallyport.api.sa.IpsecMode;
import org.sallyport.api.sa.SaRefusedException;
import org.sallyport.api.secret.SecretBytes;
import org.sallyport.crypto.Aead;
import org.sallyport.crypto.InvalidPublicValueException;
import org.sallyport.crypto.Prf;
import org.sallyport.crypto.TransformId;
import org.sallyport.crypto.UnavailableTransformException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The protocol without a socket and without a clock: who is wanted, who calls, what is due. Used by one thread.
 */
final class Protocol {
    /** What policies call it. */
    static final String NAME = "toy";

    private static final Logger LOG = LoggerFactory.getLogger(Protocol.class);
    private static final int MOST_CONVERSATIONS = 4096;

    private final Surroundings around;
    private final Door door = new Door();
    private final Map<Long, Conversation> conversations = new HashMap<>();
    private final Map<ConnectionId, IkeSaId> names = new HashMap<>();

    Protocol(Surroundings around) {
        this.around = around;
    }

    // ---- what the appliance wants ----

    void negotiate(Ticket ticket, long now) {
        NegotiationRequest request = ticket.request();
        PadEntry peer = request.peer();
        Optional<Reason> impossible = impossible(request.policy(), peer);
        if (ticket.over() || impossible.isPresent()) {
            impossible.ifPresent(reason -> ticket.settle(new NegotiationResult.Refused(reason)));
            return;
        }
        begin(
                Conversation.initiator(
                        this,
                        peer,
                        new InetSocketAddress(peer.remoteAddress().orElseThrow(), around.port()),
                        newSession(),
                        request.policy(),
                        request.selectors(),
                        ticket,
                        null),
                now);
    }

    private Optional<Reason> impossible(Policy policy, PadEntry peer) {
        if (peer.remoteAddress().isEmpty()) {
            return Optional.of(Reason.of(ReasonCode.PEER_ADDRESS_UNKNOWN, peer));
        }
        if (conversations.size() >= MOST_CONVERSATIONS) {
            return Optional.of(Reason.of(ReasonCode.LIMIT_REACHED, "conversations", MOST_CONVERSATIONS));
        }
        return serves(policy)
                ? Optional.empty()
                : Optional.of(Reason.of(
                        ReasonCode.CAPABILITY_ABSENT,
                        "a toy negotiation under policy \"" + policy.name() + "\"",
                        "it makes pairs in tunnel mode with aes256gcm16-esn alone: put that into proposals"));
    }

    /** Tells whether what this protocol can do is what a policy wants. */
    private static boolean serves(Policy policy) {
        return policy.mode() == IpsecMode.TUNNEL
                && policy.proposals().stream()
                        .anyMatch(p -> p.of(TransformType.ENCRYPTION).stream()
                                        .anyMatch(t -> t.id() == TransformId.ENCR_AES_GCM_16 && t.keyBits() == 256)
                                && p.of(TransformType.SEQUENCE_NUMBERS).stream().anyMatch(t -> t.id() == 1));
    }

    private void begin(Conversation conversation, long now) {
        conversations.put(conversation.session(), conversation);
        guarded(conversation, () -> conversation.greet(now));
    }

    /** The initiator of a pair makes its successor; were both to do it there would be two. */
    void rekey(ChildSaId lineage, long now) {
        all(c -> c.state() == Conversation.State.UP
                        && c.initiator()
                        && c.lineage().equals(Optional.of(lineage)))
                .forEach(old -> begin(
                        Conversation.initiator(
                                this,
                                around.pad().named(old.peer().connection()).orElse(old.peer()),
                                old.remote(),
                                newSession(),
                                old.policy().orElseThrow(),
                                old.selectors().orElseThrow(),
                                null,
                                old),
                        now));
    }

    void delete(ChildSaId lineage, Reason reason) {
        all(c -> c.lineage().equals(Optional.of(lineage))).forEach(c -> c.bye(reason));
    }

    void delete(IkeSaId name, Reason reason) {
        all(c -> name.equals(names.get(c.peer().connection()))).forEach(c -> c.bye(reason));
    }

    /** Ends everything, because the negotiator stops: nobody would look after it. */
    void stop() {
        Reason reason = Reason.of(ReasonCode.NEGOTIATOR_STOPPED, NAME);
        all(c -> true).forEach(c -> c.bye(reason));
    }

    // ---- what peers say ----

    void received(InetSocketAddress from, byte[] datagram, long now) {
        try {
            switch (Messages.read(datagram)) {
                case Messages.Hello hello -> hello(from, hello, datagram, now);
                case Messages.Answer answer -> {
                    Conversation asked = conversations.get(answer.to());
                    if (asked != null) {
                        guarded(asked, () -> asked.answered(answer, now));
                    }
                }
                case Messages.Sealed sealed -> {
                    Conversation with = conversations.get(sealed.to());
                    if (with != null) {
                        with.heard(datagram, sealed, now);
                    }
                }
            }
        } catch (BadMessageException e) {
            LOG.debug("a datagram of {} is passed over: {}", from, e.getMessage());
        }
    }

    private void hello(InetSocketAddress from, Messages.Hello hello, byte[] datagram, long now) {
        long before = door.answered(hello.mac());
        if (before != 0) {
            Optional.ofNullable(conversations.get(before)).ifPresent(Conversation::answerAgain);
            return;
        }
        boolean full = all(c -> c.state() == Conversation.State.ANSWERED).size() >= Door.MOST_ANSWERED
                || conversations.size() >= MOST_CONVERSATIONS;
        if (!door.admits(now) || full) {
            return;
        }
        Optional<PadEntry> peer = caller(from, hello);
        if (peer.isEmpty() || !genuine(peer.get(), hello)) {
            LOG.debug("a HELLO of {} is passed over: it is of nobody that we know", from);
            return;
        }
        try {
            Conversation conversation =
                    Conversation.responder(this, peer.get(), from, newSession(), hello, datagram, now);
            conversations.put(conversation.session(), conversation);
            door.remember(hello.mac(), conversation.session());
        } catch (InvalidPublicValueException | UnavailableTransformException | SecretUnusableException e) {
            LOG.warn("a HELLO of {} cannot be answered: {}", peer.get(), e.getMessage());
        }
    }

    /** Finds who a caller says it is, if that peer is one for this protocol. */
    private Optional<PadEntry> caller(InetSocketAddress from, Messages.Hello hello) {
        try {
            Identity remote = Identity.parse(hello.from());
            return remote.isPattern()
                    ? Optional.empty()
                    : around.pad()
                            .find(remote, Optional.of(Identity.parse(hello.to())))
                            .filter(p -> p.remoteAddress().stream().allMatch(from.getAddress()::equals))
                            .filter(p -> policies(p.connection()).findAny().isPresent());
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private boolean genuine(PadEntry peer, Messages.Hello hello) {
        try (SecretBytes secret = secret(peer)) {
            return Keys.same(Keys.helloMac(prf(), secret, hello.body()), hello.mac());
        } catch (SecretUnusableException | UnavailableTransformException e) {
            LOG.warn("a HELLO of {} cannot be judged: {}", peer, e.getMessage());
            return false;
        }
    }

    private interface Step {
        void take() throws UnavailableTransformException, SecretUnusableException, SaRefusedException;
    }

    private static void guarded(Conversation conversation, Step step) {
        try {
            step.take();
        } catch (SaRefusedException e) {
            conversation.bye(e.reason());
        } catch (SecretUnusableException e) {
            conversation.bye(e.reason());
        } catch (UnavailableTransformException e) {
            conversation.bye(Reason.of(
                    ReasonCode.CAPABILITY_ABSENT, String.valueOf(e.getMessage()), "start the bundle that provides it"));
        } catch (RuntimeException e) {
            LOG.error("a conversation with {} failed", conversation.peer(), e);
            conversation.bye(Reason.of(ReasonCode.INTERNAL_ERROR, e));
        }
    }

    // ---- time ----

    /** Returns when {@link #tick} is due. */
    long deadline() {
        return conversations.values().stream()
                .mapToLong(Conversation::deadline)
                .min()
                .orElse(Long.MAX_VALUE);
    }

    void tick(long now) {
        all(c -> c.deadline() <= now).forEach(c -> guarded(c, () -> c.tick(now)));
    }

    // ---- what conversations ask ----

    Surroundings surroundings() {
        return around;
    }

    Prf prf() throws UnavailableTransformException {
        return around.crypto().prf(TransformId.PRF_HMAC_SHA2_256);
    }

    Aead aead() throws UnavailableTransformException {
        return around.crypto().aead(TransformId.ENCR_AES_GCM_16, 256);
    }

    /** Opens the secret that we share with a peer; the caller closes it. */
    SecretBytes secret(PadEntry peer) throws SecretUnusableException {
        SecretRef reference = peer.secret()
                .orElseThrow(() -> new SecretUnusableException(Reason.of(
                        ReasonCode.CREDENTIAL_UNUSABLE, "peer " + peer, "it has no secret-file, which toy needs")));
        return around.secrets().open(reference);
    }

    byte[] nonce() {
        byte[] nonce = new byte[Messages.NONCE];
        around.random().nextBytes(nonce);
        return nonce;
    }

    private long newSession() {
        long session = 0;
        while (session == 0 || conversations.containsKey(session)) {
            session = around.random().nextLong();
        }
        return session;
    }

    /** Finds the policy under which a peer may have these selectors. */
    Optional<Policy> policyFor(PadEntry peer, Selectors selectors) {
        return policies(peer.connection())
                .filter(p -> serves(p) && p.selectors().contains(selectors))
                .findFirst();
    }

    private java.util.stream.Stream<Policy> policies(ConnectionId connection) {
        return around.spd().current().policies().stream()
                .filter(p -> p.action() == Action.PROTECT && p.negotiator().equals(NAME))
                .filter(p -> p.peer().equals(Optional.of(connection)));
    }

    ChildSaId newLineage(ConnectionId connection) {
        return around.table().openLineage(names.computeIfAbsent(connection, around.table()::openIkeSa));
    }

    /** Finds the pair with a peer that receives on an SPI. */
    Optional<Conversation> receiving(ConnectionId connection, int spi) {
        return all(c -> c.state() == Conversation.State.UP
                        && c.peer().connection().equals(connection)
                        && c.inbound().filter(k -> k.spi() == spi).isPresent())
                .stream()
                .findFirst();
    }

    void up(Conversation conversation) {
        ConnectionId connection = conversation.peer().connection();
        if (standing(connection).size() == 1) {
            tell(connection, ConnectionEvent.Kind.IKE_UP, Optional.empty());
        }
    }

    void ended(Conversation conversation, boolean stood, Reason reason) {
        conversations.remove(conversation.session());
        ConnectionId connection = conversation.peer().connection();
        if (!stood && conversation.initiator() && reason.code() != ReasonCode.CANCELLED) {
            LOG.warn("no pair with {}: {}", connection, reason);
            tell(connection, ConnectionEvent.Kind.IKE_FAILED, Optional.of(reason));
        } else if (stood && standing(connection).isEmpty()) {
            LOG.info("the last pair with {} ended: {}", connection, reason);
            tell(connection, ConnectionEvent.Kind.IKE_DOWN, Optional.of(reason));
            names.remove(connection);
        }
    }

    private void tell(ConnectionId connection, ConnectionEvent.Kind kind, Optional<Reason> reason) {
        String subject = Objects.toString(names.get(connection), "");
        around.tell(new ConnectionEvent(connection, kind, subject, Optional.empty(), reason));
    }

    private List<Conversation> standing(ConnectionId connection) {
        return all(c -> c.peer().connection().equals(connection)
                && (c.state() == Conversation.State.UP || c.state() == Conversation.State.LINGERING));
    }

    private List<Conversation> all(Predicate<Conversation> which) {
        return conversations.values().stream().filter(which).toList();
    }

    /** Returns the connections that stand, by their names, with one of their conversations. */
    Map<IkeSaId, Conversation> standing() {
        Map<IkeSaId, Conversation> found = new HashMap<>();
        all(c -> c.state() == Conversation.State.UP)
                .forEach(c ->
                        Optional.ofNullable(names.get(c.peer().connection())).ifPresent(name -> found.put(name, c)));
        return found;
    }
}
