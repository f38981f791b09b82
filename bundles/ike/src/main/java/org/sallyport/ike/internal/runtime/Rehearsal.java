package org.sallyport.ike.internal.runtime;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import org.sallyport.api.admin.Journal;
import org.sallyport.api.checkpoint.Durability;
import org.sallyport.api.flow.AddressRange;
import org.sallyport.api.flow.Addresses;
import org.sallyport.api.flow.Selectors;
import org.sallyport.api.flow.TrafficSelector;
import org.sallyport.api.negotiation.Identity;
import org.sallyport.api.negotiation.NegotiationRequest;
import org.sallyport.api.negotiation.PadEntry;
import org.sallyport.api.negotiation.SecretRef;
import org.sallyport.api.policy.Action;
import org.sallyport.api.policy.Policy;
import org.sallyport.api.proposal.Proposal;
import org.sallyport.api.sa.ChildSaId;
import org.sallyport.api.sa.ConnectionId;
import org.sallyport.api.sa.IkeSaId;
import org.sallyport.api.sa.IpsecProtocol;
import org.sallyport.api.sa.SaPairHandle;
import org.sallyport.api.sa.SpiKey;
import org.sallyport.api.secret.SecretBytes;
import org.sallyport.crypto.CryptoRegistry;
import org.sallyport.ike.internal.authentication.Authenticators;
import org.sallyport.ike.internal.core.CoreContext;
import org.sallyport.ike.internal.core.Effect;
import org.sallyport.ike.internal.core.Event;
import org.sallyport.ike.internal.core.Others;
import org.sallyport.ike.internal.core.Outcome;
import org.sallyport.ike.internal.core.Question;
import org.sallyport.ike.internal.core.Session;
import org.sallyport.ike.internal.core.Tuning;
import org.sallyport.ike.internal.core.state.Endpoints;
import org.sallyport.ike.internal.core.task.Door;
import org.sallyport.ike.internal.core.task.Ikev2;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Handshakes between two negotiators in memory, with real algorithms and nothing else: what runs is compiled by the time
 * the first peer is to be reached. Journal event {@code ike-ready} says when.
 */
final class Rehearsal implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Rehearsal.class);
    private static final int HANDSHAKES = 150;
    private static final long LONGEST = 5_000_000_000L;
    /** Every so many one with another key exchange than most peers have. */
    private static final int SELDOM = 10;

    private static final String USUAL = "aes256gcm16-prfsha256-x25519";
    private static final List<String> OTHERS = List.of("aes256gcm16-prfsha384-ecp384", "aes128gcm16-prfsha256-ecp256");

    private final CryptoRegistry crypto;
    private volatile boolean closed;

    Rehearsal(CryptoRegistry crypto) {
        this.crypto = crypto;
    }

    void start() {
        Thread.ofPlatform()
                .daemon()
                .priority(Thread.MIN_PRIORITY)
                .name("sallyport-ike-rehearsal")
                .start(this::run);
    }

    private void run() {
        long began = System.nanoTime();
        int done = 0;
        long last = 0;
        try {
            while (done < HANDSHAKES && System.nanoTime() - began < LONGEST && !closed) {
                long from = System.nanoTime();
                handshake(proposal(done));
                last = System.nanoTime() - from;
                done++;
            }
        } catch (RuntimeException e) {
            LOG.warn("the rehearsal of a handshake failed; the first real ones will be slower", e);
        }
        Journal.event("ike-ready")
                .with("handshakes", done)
                .with("took_ms", (System.nanoTime() - began) / 1_000_000)
                .with("last_us", last / 1_000)
                .write();
    }

    private static String proposal(int number) {
        return number % SELDOM == SELDOM - 1 ? OTHERS.get(number / SELDOM % OTHERS.size()) : USUAL;
    }

    /** Runs one handshake, both sides of it; returns whether a pair stands at its end. */
    boolean handshake(String proposal) {
        Stage stage = new Stage(crypto, Proposal.parse(proposal));
        return stage.play();
    }

    @Override
    public void close() {
        closed = true;
    }

    /** Two sides and what is on its way between them. */
    private static final class Stage {
        private static final InetAddress LEFT = Addresses.parse("192.0.2.1");
        private static final InetAddress RIGHT = Addresses.parse("192.0.2.2");
        private static final SecureRandom RANDOM = new SecureRandom();
        private static final Authenticators AUTHENTICATORS = new Authenticators(
                secret -> SecretBytes.owning("a rehearsal".getBytes(StandardCharsets.US_ASCII)), List.of());

        private record Letter(boolean toRight, Effect.Send send) {}

        private final CoreContext left;
        private final CoreContext right;
        private final PadEntry peer;
        private final Policy policy;
        private final Ikev2 features = new Ikev2();
        private final ArrayDeque<Letter> letters = new ArrayDeque<>();
        private final Session initiator;
        private Optional<Session> responder = Optional.empty();
        private boolean established;
        private int number = 256;

        Stage(CryptoRegistry crypto, Proposal proposal) {
            RehearsalPeers ours = RehearsalPeers.of("left", "right", RIGHT, proposal);
            RehearsalPeers theirs = RehearsalPeers.of("right", "left", LEFT, proposal);
            left = context(crypto, ours);
            right = context(crypto, theirs);
            peer = ours.peer();
            policy = ours.policy();
            initiator = Session.initiator(
                    left,
                    features,
                    new IkeSaId(peer.connection(), 1),
                    peer,
                    new Endpoints(new InetSocketAddress(LEFT, 500), new InetSocketAddress(RIGHT, 500)),
                    Optional.empty(),
                    Others.NONE,
                    0);
        }

        private static CoreContext context(CryptoRegistry crypto, RehearsalPeers peers) {
            return new CoreContext(peers, peers, crypto, RANDOM, Tuning.DEFAULT);
        }

        boolean play() {
            feed(
                    initiator,
                    true,
                    new Event.Negotiate(
                            1,
                            new NegotiationRequest(policy, peer, policy.selectors(), Optional.empty()),
                            Long.MAX_VALUE));
            while (!letters.isEmpty()) {
                deliver(letters.remove());
            }
            return established;
        }

        private void deliver(Letter letter) {
            Endpoints sent = letter.send().endpoints();
            Endpoints arrived = new Endpoints(/* local= */ sent.remote(), /* remote= */ sent.local());
            Event.Received received = new Event.Received(arrived, letter.send().message());
            if (!letter.toRight()) {
                feed(initiator, true, received);
            } else if (responder.isPresent()) {
                feed(responder.get(), false, received);
            } else if (new Door(right).judge(arrived, letter.send().message(), 0)
                    instanceof Door.Judgement.Admit admit) {
                Session session = Session.responder(right, features, admit.localSpi(), arrived, Others.NONE, 0);
                responder = Optional.of(session);
                feed(session, false, admit.first());
            }
        }

        private void feed(Session session, boolean isLeft, Event event) {
            ArrayDeque<Event> events = new ArrayDeque<>(List.of(event));
            while (!events.isEmpty()) {
                for (Effect effect : session.handle(events.remove(), 0)) {
                    switch (effect) {
                        case Effect.Send send -> letters.add(new Letter(isLeft, send));
                        case Effect.Ask ask -> events.add(new Event.Answered(ask.token(), outcome(ask.question())));
                        case Effect.ChildUp ignored -> established |= isLeft;
                        default -> {}
                    }
                }
            }
        }

        private Outcome outcome(Question<?> question) {
            return question instanceof Question.Authentication<?> authentication
                    ? AUTHENTICATORS.answer(authentication)
                    : new Outcome.Value(answer(question));
        }

        private Object answer(Question<?> question) {
            return switch (question) {
                case Question.Authentication<?> ignored -> throw new IllegalStateException("asked elsewhere");
                case Question.LeaseAddresses _, Question.TakeAddresses _ ->
                    throw new IllegalStateException("nobody asks for addresses here");
                case Question.CarryOn ignored -> throw new IllegalStateException("there is no other IKE SA");
                case Question.OpenStream ignored -> throw new IllegalStateException("everybody answers here");
                case Question.NameIkeSa name -> new IkeSaId(name.connection(), 2);
                case Question.OpenLineage open -> reserved(new ChildSaId(open.ikeSa(), 1));
                case Question.ReserveSpi reserve -> reserved(reserve.lineage());
                case Question.InstallInbound install -> {
                    install.keys().close();
                    yield install.child().inbound();
                }
                case Question.ActivateOutbound activate -> {
                    activate.keys().close();
                    yield new SaPairHandle(
                            new ChildSaId(new IkeSaId(new ConnectionId("rehearsal"), 1), 1),
                            activate.inbound(),
                            new SpiKey(IpsecProtocol.ESP, activate.peerSpi()));
                }
                case Question.SaveCheckpoint save -> {
                    save.state().close();
                    yield Durability.MEMORY;
                }
            };
        }

        private Question.Reserved reserved(ChildSaId lineage) {
            return new Question.Reserved(new SpiKey(IpsecProtocol.ESP, number++), lineage);
        }
    }

    static Policy policy(ConnectionId peer) {
        return Policy.builder("rehearsal", Action.PROTECT)
                .selectors(new Selectors(
                        List.of(TrafficSelector.of(AddressRange.parse("0.0.0.0/0"))),
                        List.of(TrafficSelector.of(AddressRange.parse("0.0.0.0/0")))))
                .peer(peer)
                .proposals(List.of(Proposal.parse("aes256gcm16-esn")))
                .build();
    }

    static PadEntry peer(String own, String other, InetAddress remote, Proposal proposal) {
        return PadEntry.builder(new ConnectionId(other))
                .remoteAddress(remote)
                .localIdentity(Identity.parse(own))
                .remoteIdentity(Identity.parse(other))
                .secret(new SecretRef("rehearsal"))
                .ikeProposals(List.of(proposal))
                .build();
    }
}
