package org.sallyport.ike.internal.core;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.sallyport.ike.internal.core.state.IkeSaState;
import org.sallyport.ike.internal.keys.SkCipher;
import org.sallyport.ike.internal.message.Bytes;
import org.sallyport.ike.internal.message.ExchangeType;
import org.sallyport.ike.internal.message.IkeHeader;
import org.sallyport.ike.internal.message.IkeMessage;
import org.sallyport.ike.internal.message.IkeProtocolException;
import org.sallyport.ike.internal.message.MessageDecoder;
import org.sallyport.ike.internal.message.Payload;

/** Sees every message that is sent, whoever crashes: no message id, no IV and no nonce serves two different messages. */
final class Wiretap {
    private static final int IV_OFFSET = IkeHeader.LENGTH + 4;
    private static final int IV_LENGTH = 8;
    private static final int SKF = 53;
    private static final int FRAGMENT_HEADER = 4;

    /** One direction of one IKE SA, which has one key. */
    private record Direction(long initiatorSpi, long responderSpi, boolean fromInitiator) {}

    private record Id(Direction direction, boolean response, long messageId, long fragment) {}

    private record Iv(Direction direction, Bytes value) {}

    private final Map<Id, Bytes> byId = new HashMap<>();
    private final Map<Iv, Bytes> byIv = new HashMap<>();
    private final Set<Bytes> nonces = new HashSet<>();
    private final Set<String> keys = new HashSet<>();
    private Consumer<IkeMessage> listener = m -> {};
    private boolean listening;

    /** Lets somebody read every message that is protected. */
    void eavesdrop(Consumer<IkeMessage> eavesdropper) {
        listening = true;
        listener = eavesdropper;
    }

    /** A node sends a message. */
    void sent(Node from, Bytes message) {
        try {
            byte[] octets = message.toArray();
            IkeHeader header = MessageDecoder.decodeHeader(octets);
            boolean fragment = (octets[16] & 0xff) == SKF;
            if (!fragment && (octets[16] & 0xff) != 46) {
                return; // nothing is sealed
            }
            Direction direction = new Direction(header.initiatorSpi(), header.responderSpi(), header.fromInitiator());
            long number = fragment ? ByteBuffer.wrap(octets).getInt(IV_OFFSET) : 0;
            boolean first = once(
                    byId,
                    new Id(direction, header.response(), header.messageId(), number),
                    message,
                    from,
                    "message id");
            int at = fragment ? IV_OFFSET + FRAGMENT_HEADER : IV_OFFSET;
            Bytes iv = Bytes.of(Arrays.copyOfRange(octets, at, at + IV_LENGTH));
            once(byIv, new Iv(direction, iv), message, from, "IV");
            boolean telling = listening || header.exchangeType().equals(ExchangeType.CREATE_CHILD_SA);
            if (first && !fragment && telling) {
                opened(from, header, octets).ifPresent(m -> read(from, m));
            }
        } catch (IkeProtocolException e) {
            throw new BrokenInvariant(from + " sends what nobody can read: " + e.getMessage());
        }
    }

    private static <K> boolean once(Map<K, Bytes> seen, K key, Bytes message, Node from, String what) {
        Bytes before = seen.putIfAbsent(key, message);
        BrokenInvariant.require(
                before == null || before.equals(message), "%s uses a %s for two messages: %s", from, what, key);
        return before == null;
    }

    /** Reads a message with its sender's key; a fragment stays closed. */
    private static Optional<IkeMessage> opened(Node from, IkeHeader header, byte[] octets) throws IkeProtocolException {
        long local = header.fromInitiator() ? header.initiatorSpi() : header.responderSpi();
        Optional<IkeSaState> sa = Optional.ofNullable(from.bySpi.get(local)).stream()
                .flatMap(s -> s.state().ikeSas.stream())
                .filter(s -> s.localSpi == local && s.agreed())
                .findFirst();
        if (sa.isEmpty()) {
            return Optional.empty();
        }
        SkCipher.Opened opened =
                Node.cipher(sa.get()).open(sa.get().keys().direction(sa.get().originalInitiator), octets);
        return opened instanceof SkCipher.Opened.Genuine genuine ? Optional.of(genuine.message()) : Optional.empty();
    }

    private void read(Node from, IkeMessage message) {
        listener.accept(message);
        message.first(Payload.Nonce.class)
                .ifPresent(n -> BrokenInvariant.require(nonces.add(n.value()), "%s uses a nonce twice", from));
    }

    /** A node installs the key with which it will receive. */
    void installed(Node node, String key) {
        BrokenInvariant.require(keys.add(key), "%s installs a key for the second time", node);
    }
}
