package org.sallyport.benchmarks.handshakes;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.sallyport.api.secret.SecretBytes;
import org.sallyport.crypto.InvalidPublicValueException;
import org.sallyport.ike.internal.keys.AuthOctets;
import org.sallyport.ike.internal.keys.IkeKeys;
import org.sallyport.ike.internal.keys.IvCounter;
import org.sallyport.ike.internal.keys.KeySchedule;
import org.sallyport.ike.internal.keys.NatDetection;
import org.sallyport.ike.internal.keys.SkCipher;
import org.sallyport.ike.internal.message.Bytes;
import org.sallyport.ike.internal.message.ExchangeType;
import org.sallyport.ike.internal.message.IdType;
import org.sallyport.ike.internal.message.IkeHeader;
import org.sallyport.ike.internal.message.IkeMessage;
import org.sallyport.ike.internal.message.IkeProtocolException;
import org.sallyport.ike.internal.message.MessageDecoder;
import org.sallyport.ike.internal.message.MessageEncoder;
import org.sallyport.ike.internal.message.NotifyType;
import org.sallyport.ike.internal.message.Payload;
import org.sallyport.ike.internal.message.Proposal;
import org.sallyport.ike.internal.message.ProtocolId;
import org.sallyport.ike.internal.message.TrafficSelector;
import org.sallyport.ike.internal.message.Transform;

/**
 * One initiator, with as little state and work as a responder cannot tell from a real one: it does not judge the responder's
 * proof. It asks for an IKE SA with a Child SA, and deletes it or keeps it. Used by one thread.
 */
final class Client {
    /** How far it is. */
    enum Stage {
        INIT,
        AUTH,
        STANDING,
        DELETE,
        DONE,
        FAILED
    }

    private static final int NONCE = 32;

    private final LoadSuite suite;
    private final Proof proof;
    private final int number;
    private final long spi;
    private final InetSocketAddress local;
    private final InetSocketAddress remote;
    private final Bytes nonce;
    private Bytes cookie = Bytes.EMPTY;
    private Stage stage = Stage.INIT;
    private byte[] request;
    private byte[] init;
    private long responderSpi;
    private @Nullable IkeKeys keys;
    private final IvCounter ivs = IvCounter.startOf(0);
    private String failure = "";

    Client(LoadSuite suite, Proof proof, int number, InetSocketAddress local, InetSocketAddress remote) {
        this.suite = suite;
        this.proof = proof;
        this.number = number;
        this.local = local;
        this.remote = remote;
        this.spi = suite.random().nextLong() | 1;
        this.nonce = suite.randomBytes(NONCE);
        this.init = initRequest();
        this.request = init;
    }

    long spi() {
        return spi;
    }

    Stage stage() {
        return stage;
    }

    /** Says why it failed. */
    String failure() {
        return failure;
    }

    /** Returns the request that waits for its response. */
    byte[] request() {
        return request;
    }

    private byte[] initRequest() {
        IkeHeader header = IkeHeader.request(spi, 0, ExchangeType.IKE_SA_INIT, true, 0);
        java.util.ArrayList<Payload> payloads = new java.util.ArrayList<>();
        if (!cookie.isEmpty()) {
            payloads.add(Payload.Notify.of(NotifyType.COOKIE, cookie));
        }
        payloads.add(new Payload.SecurityAssociation(List.of(LoadSuite.IKE_PROPOSAL)));
        payloads.add(new Payload.KeyExchange(LoadSuite.METHOD, suite.share()));
        payloads.add(new Payload.Nonce(nonce));
        payloads.add(natDetection(NotifyType.NAT_DETECTION_SOURCE_IP, local));
        payloads.add(natDetection(NotifyType.NAT_DETECTION_DESTINATION_IP, remote));
        payloads.add(Payload.Notify.of(NotifyType.SIGNATURE_HASH_ALGORITHMS, Bytes.ofHex("0002")));
        return MessageEncoder.encode(new IkeMessage(header, payloads));
    }

    private Payload natDetection(NotifyType type, InetSocketAddress address) {
        return Payload.Notify.of(type, NatDetection.hash(spi, 0, address.getAddress(), address.getPort()));
    }

    /** Takes a message for it; answers whether it has something new to send. */
    boolean receive(byte[] message, boolean keep) {
        try {
            return switch (stage) {
                case INIT -> initAnswered(message);
                case AUTH -> authAnswered(message, keep);
                case DELETE -> deleted(message);
                case STANDING, DONE, FAILED -> false;
            };
        } catch (IkeProtocolException | InvalidPublicValueException e) {
            return fail(String.valueOf(e.getMessage()));
        }
    }

    private boolean initAnswered(byte[] message) throws IkeProtocolException, InvalidPublicValueException {
        IkeMessage response = MessageDecoder.decode(message);
        if (!response.header().response()) {
            return false;
        }
        Optional<Payload.Notify> wanted = response.notify(NotifyType.COOKIE);
        if (wanted.isPresent()) {
            cookie = wanted.get().data();
            init = initRequest();
            request = init;
            return true;
        }
        if (response.firstError().isPresent()) {
            return fail(response.toString());
        }
        responderSpi = response.header().responderSpi();
        Bytes peerNonce = response.only(Payload.Nonce.class).value();
        keys = derive(response.only(Payload.KeyExchange.class).value(), peerNonce);
        request = seal(ExchangeType.IKE_AUTH, 1, authPayloads(peerNonce));
        stage = Stage.AUTH;
        return true;
    }

    private IkeKeys derive(Bytes peerShare, Bytes peerNonce) throws InvalidPublicValueException {
        try (SecretBytes shared = suite.agree(peerShare.toArray());
                SecretBytes seed = KeySchedule.skeyseed(suite.prf(), nonce, peerNonce, shared)) {
            return KeySchedule.ikeKeys(suite.prf(), suite.protection(), seed, nonce, peerNonce, spi, responderSpi);
        }
    }

    private List<Payload> authPayloads(Bytes peerNonce) {
        Payload.Identification id = new Payload.Identification(true, IdType.FQDN, Bytes.ofText(proof.identity(number)));
        byte[] octets = AuthOctets.signed(suite.prf(), init, peerNonce, keys().skPi(), id);
        java.util.ArrayList<Payload> payloads = new java.util.ArrayList<>();
        payloads.add(id);
        payloads.addAll(proof.payloads(suite.prf(), octets));
        payloads.add(new Payload.SecurityAssociation(List.of(childProposal())));
        payloads.add(new Payload.TrafficSelectors(true, List.of(own())));
        payloads.add(new Payload.TrafficSelectors(false, List.of(LoadSuite.behindResponder())));
        return payloads;
    }

    private Proposal childProposal() {
        int childSpi = 0x1000_0000 | suite.random().nextInt(0x1000_0000);
        Bytes octets =
                Bytes.of((byte) (childSpi >> 24), (byte) (childSpi >> 16), (byte) (childSpi >> 8), (byte) childSpi);
        return new Proposal(
                1, ProtocolId.ESP, octets, List.of(LoadSuite.CIPHER, Transform.of(Transform.ESN, Transform.ESN_NO)));
    }

    private TrafficSelector own() {
        InetAddress address = Clients.address(proof.addresses(), number);
        return TrafficSelector.range(address, address, 0, 0, TrafficSelector.MAX_PORT);
    }

    private boolean authAnswered(byte[] message, boolean keep) throws IkeProtocolException {
        Optional<IkeMessage> response = open(message);
        if (response.isEmpty() || !response.get().header().response()) {
            return false;
        }
        boolean child = response.get().first(Payload.SecurityAssociation.class).isPresent();
        if (!child || response.get().first(Payload.Authentication.class).isEmpty()) {
            return fail(response.get().toString());
        }
        if (keep) {
            stage = Stage.STANDING;
            request = new byte[0];
            return false;
        }
        request = seal(ExchangeType.INFORMATIONAL, 2, List.of(Payload.Delete.ikeSa()));
        stage = Stage.DELETE;
        return true;
    }

    private boolean deleted(byte[] message) throws IkeProtocolException {
        Optional<IkeMessage> response = open(message);
        if (response.isPresent() && response.get().header().response()) {
            stage = Stage.DONE;
            keys().close();
        }
        return false;
    }

    /** Answers a request of the responder's, if this is one: rekeying is declined, everything else acknowledged. */
    Optional<Reply> answer(byte[] message) {
        try {
            Optional<IkeMessage> asked = stage == Stage.STANDING ? open(message) : Optional.empty();
            if (asked.isEmpty() || asked.get().header().response()) {
                return Optional.empty();
            }
            boolean rekeying = asked.get().header().exchangeType().equals(ExchangeType.CREATE_CHILD_SA);
            IkeHeader header = new IkeHeader(
                    spi,
                    responderSpi,
                    asked.get().header().exchangeType(),
                    true,
                    true,
                    false,
                    asked.get().header().messageId());
            List<Payload> payloads = rekeying ? List.of(Payload.Notify.of(NotifyType.NO_ADDITIONAL_SAS)) : List.of();
            return Optional.of(
                    new Reply(rekeying, Bytes.of(suite.cipher().seal(keys().direction(true), ivs, header, payloads))));
        } catch (IkeProtocolException e) {
            return Optional.empty();
        }
    }

    /**
     * What it says to the responder's request.
     *
     * @param rekeying whether a successor was asked for
     * @param message the answer
     */
    record Reply(boolean rekeying, Bytes message) {}

    private byte[] seal(ExchangeType exchange, long id, List<Payload> payloads) {
        IkeHeader header = IkeHeader.request(spi, responderSpi, exchange, true, id);
        return suite.cipher().seal(keys().direction(true), ivs, header, payloads);
    }

    private Optional<IkeMessage> open(byte[] message) throws IkeProtocolException {
        return suite.cipher().open(keys().direction(false), message) instanceof SkCipher.Opened.Genuine genuine
                ? Optional.of(genuine.message())
                : Optional.empty();
    }

    private IkeKeys keys() {
        if (keys == null) {
            throw new IllegalStateException("nothing is agreed yet");
        }
        return keys;
    }

    /** Its requests stay unanswered. */
    void giveUp() {
        fail("no answer in stage " + stage);
    }

    private boolean fail(String why) {
        stage = Stage.FAILED;
        failure = why;
        return false;
    }
}
