package org.sallyport.benchmarks.handshakes;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.sallyport.api.checkpoint.Durability;
import org.sallyport.api.flow.AddressRange;
import org.sallyport.api.flow.Addresses;
import org.sallyport.api.flow.Selectors;
import org.sallyport.api.flow.TrafficSelector;
import org.sallyport.api.negotiation.Identity;
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
import org.sallyport.crypto.StandardProviders;
import org.sallyport.ike.internal.authentication.Authenticators;
import org.sallyport.ike.internal.core.CoreContext;
import org.sallyport.ike.internal.core.Effect;
import org.sallyport.ike.internal.core.Event;
import org.sallyport.ike.internal.core.FakePeers;
import org.sallyport.ike.internal.core.Others;
import org.sallyport.ike.internal.core.Outcome;
import org.sallyport.ike.internal.core.Question;
import org.sallyport.ike.internal.core.Session;
import org.sallyport.ike.internal.core.Tuning;
import org.sallyport.ike.internal.core.state.Endpoints;
import org.sallyport.ike.internal.core.task.Door;
import org.sallyport.ike.internal.core.task.Ikev2;
import org.sallyport.ike.internal.message.Bytes;

/** The load's clients against the negotiator itself, in memory. */
class ClientTest {
    private static final InetAddress CLIENT = Addresses.parse("192.0.2.1");
    private static final InetAddress GATEWAY = Addresses.parse("192.0.2.2");
    private static final InetSocketAddress LOCAL = new InetSocketAddress(CLIENT, 40000);
    private static final InetSocketAddress REMOTE = new InetSocketAddress(GATEWAY, 500);
    private static final Endpoints ENDPOINTS = new Endpoints(/* local= */ REMOTE, /* remote= */ LOCAL);
    private static final ConnectionId PSK = new ConnectionId("psk");

    private final LoadSuite suite = new LoadSuite();
    private final CoreContext context = new CoreContext(
            peers(), peers(), CryptoRegistry.of(StandardProviders.all()), new SecureRandom(), Tuning.DEFAULT);
    private final Authenticators authenticators = new Authenticators(
            reference -> SecretBytes.owning(Clients.SECRET.getBytes(StandardCharsets.UTF_8)), List.of());
    private Optional<Session> responder = Optional.empty();
    private int childrenUp;
    private int childrenDown;

    private static FakePeers peers() {
        FakePeers peers = new FakePeers();
        peers.peers.add(PadEntry.builder(PSK)
                .localIdentity(Identity.parse(Clients.RESPONDER))
                .remoteIdentity(Identity.parse("*" + Clients.PSK_DOMAIN))
                .secret(new SecretRef("file"))
                .ikeProposals(List.of(Proposal.ike(LoadSuite.IKE_WORDS)))
                .build());
        peers.policies.add(Policy.builder("psk", Action.PROTECT)
                .peer(PSK)
                .selectors(new Selectors(
                        List.of(TrafficSelector.of(AddressRange.parse(Clients.BEHIND_RESPONDER))),
                        List.of(TrafficSelector.of(AddressRange.parse(Clients.PSK_ADDRESSES)))))
                .proposals(List.of(Proposal.esp(LoadSuite.ESP_WORDS)))
                .build());
        return peers;
    }

    @Test
    void aClientSetsUpAnIkeSaWithAChildSaAndDeletesThem() {
        Client client = new Client(suite, new SharedKeyProof(Clients.SECRET), 7, LOCAL, REMOTE);
        play(client, false);
        assertThat(client.stage()).as(client.failure()).isEqualTo(Client.Stage.DONE);
        assertThat(childrenUp).isEqualTo(1);
        assertThat(childrenDown).isEqualTo(1);
    }

    @Test
    void aClientThatKeepsWhatItSetUpAnswersTheResponder() {
        Client client = new Client(suite, new SharedKeyProof(Clients.SECRET), 7, LOCAL, REMOTE);
        play(client, true);
        assertThat(client.stage()).as(client.failure()).isEqualTo(Client.Stage.STANDING);
        List<byte[]> requests = feed(responder.orElseThrow(), new Event.RekeyIke());
        Optional<Client.Reply> reply = client.answer(requests.getFirst());
        assertThat(reply).isPresent();
        assertThat(reply.get().rekeying()).isTrue();
    }

    @Test
    void aClientWithAnotherKeySaysThatItFailed() {
        Client client = new Client(suite, new SharedKeyProof("something else"), 7, LOCAL, REMOTE);
        play(client, false);
        assertThat(client.stage()).isEqualTo(Client.Stage.FAILED);
        assertThat(client.failure()).contains("AUTHENTICATION_FAILED");
        assertThat(childrenUp).isZero();
    }

    private void play(Client client, boolean keep) {
        boolean more = true;
        while (more) {
            more = false;
            for (byte[] answer : deliver(Bytes.of(client.request()))) {
                more |= client.receive(answer, keep);
            }
        }
    }

    private List<byte[]> deliver(Bytes request) {
        if (responder.isPresent()) {
            return feed(responder.get(), new Event.Received(ENDPOINTS, request));
        }
        Door.Judgement.Admit admit = (Door.Judgement.Admit) new Door(context).judge(ENDPOINTS, request, 0);
        Session session = Session.responder(context, new Ikev2(), admit.localSpi(), ENDPOINTS, Others.NONE, 0);
        responder = Optional.of(session);
        return feed(session, admit.first());
    }

    private List<byte[]> feed(Session session, Event first) {
        List<byte[]> sent = new java.util.ArrayList<>();
        ArrayDeque<Event> events = new ArrayDeque<>(List.of(first));
        while (!events.isEmpty()) {
            for (Effect effect : session.handle(events.remove(), 0)) {
                switch (effect) {
                    case Effect.Send send -> sent.add(send.message().toArray());
                    case Effect.Ask ask -> events.add(new Event.Answered(ask.token(), outcome(ask.question())));
                    case Effect.ChildUp ignored -> childrenUp++;
                    case Effect.ChildDown ignored -> childrenDown++;
                    default -> {}
                }
            }
        }
        return sent;
    }

    private Outcome outcome(Question<?> question) {
        return question instanceof Question.Authentication<?> authentication
                ? authenticators.answer(authentication)
                : new Outcome.Value(answer(question));
    }

    private static Object answer(Question<?> question) {
        IkeSaId ikeSa = new IkeSaId(PSK, 1);
        ChildSaId lineage = new ChildSaId(ikeSa, 1);
        SpiKey inbound = new SpiKey(IpsecProtocol.ESP, 4711);
        return switch (question) {
            case Question.Authentication<?> ignored -> throw new IllegalStateException("asked elsewhere");
            case Question.LeaseAddresses ignored -> throw new IllegalStateException("nobody has a pool");
            case Question.TakeAddresses ignored -> throw new IllegalStateException("nobody assigns addresses");
            case Question.CarryOn ignored -> throw new IllegalStateException("there is no other IKE SA");
            case Question.OpenStream ignored -> throw new IllegalStateException("everybody answers here");
            case Question.NameIkeSa ignored -> ikeSa;
            case Question.OpenLineage ignored -> new Question.Reserved(inbound, lineage);
            case Question.ReserveSpi ignored -> new Question.Reserved(inbound, lineage);
            case Question.InstallInbound install -> {
                install.keys().close();
                yield inbound;
            }
            case Question.ActivateOutbound activate -> {
                activate.keys().close();
                yield new SaPairHandle(lineage, inbound, new SpiKey(IpsecProtocol.ESP, activate.peerSpi()));
            }
            case Question.SaveCheckpoint save -> {
                save.state().close();
                yield Durability.MEMORY;
            }
        };
    }
}
