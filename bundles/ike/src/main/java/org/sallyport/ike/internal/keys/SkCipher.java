package org.sallyport.ike.internal.keys;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.sallyport.crypto.Protection;
import org.sallyport.ike.internal.message.Bytes;
import org.sallyport.ike.internal.message.IkeHeader;
import org.sallyport.ike.internal.message.IkeMessage;
import org.sallyport.ike.internal.message.IkeProtocolException;
import org.sallyport.ike.internal.message.MessageDecoder;
import org.sallyport.ike.internal.message.MessageEncoder;
import org.sallyport.ike.internal.message.Payload;
import org.sallyport.ike.internal.message.PayloadType;

/**
 * Seals and opens messages with an SK payload (RFC 7296 section 3.14, with an AEAD RFC 5282). Holds no key.
 *
 * <p>Thread safety: immutable.
 */
public final class SkCipher {
    private static final int GENERIC_HEADER = 4;
    private static final int FRAGMENT_HEADER = 4;
    private static final int LEAST_CONTENT = 64;

    private final Protection protection;

    /** Uses the IKE SA's algorithms. */
    public SkCipher(Protection protection) {
        this.protection = protection;
    }

    /** What became of a message that came in. */
    public sealed interface Opened {
        /**
         * It is the peer's.
         *
         * @param message header and the payloads that were inside the SK payload
         */
        record Genuine(IkeMessage message) implements Opened {}

        /**
         * It is a piece of a message of the peer's (RFC 7383 section 2.5).
         *
         * @param header of this fragment
         * @param fragment its numbers; its body is still closed
         * @param content octets of the payloads
         */
        record Piece(IkeHeader header, Payload.Fragment fragment, Bytes content) implements Opened {}

        /**
         * It is not known to be the peer's: dropped without an answer (RFC 7296 section 2.21).
         *
         * @param why in words, for a log that is bounded
         */
        record Dropped(String why) implements Opened {}
    }

    /**
     * Writes a message whose payloads are all protected.
     *
     * @param keys of the sending side
     * @param ivs the counter that belongs to the keys
     * @param header the fixed header
     * @param payloads what goes inside; none is a liveness check or its answer
     * @return the whole message
     */
    public byte[] seal(DirectionKeys keys, IvCounter ivs, IkeHeader header, List<Payload> payloads) {
        return whole(keys, ivs, header, payloads, MessageEncoder.encodePayloads(payloads));
    }

    private byte[] whole(DirectionKeys keys, IvCounter ivs, IkeHeader header, List<Payload> payloads, byte[] inner) {
        int total = sealedLength(IkeHeader.LENGTH + GENERIC_HEADER, inner.length);
        byte[] message = Arrays.copyOf(MessageEncoder.encodeSealedHeader(header, payloads, total), total);
        seal(keys, ivs, message, IkeHeader.LENGTH + GENERIC_HEADER, inner);
        return message;
    }

    /**
     * Writes a message whose payloads are all protected, as fragments if it would be larger than a datagram may be (RFC
     * 7383 section 2.5).
     *
     * @param largest octets of a datagram; what cannot be cut so small is cut as small as it can
     * @return the datagrams, in the order of their numbers
     */
    public List<byte[]> seal(DirectionKeys keys, IvCounter ivs, IkeHeader header, List<Payload> payloads, int largest) {
        byte[] inner = MessageEncoder.encodePayloads(payloads);
        if (sealedLength(IkeHeader.LENGTH + GENERIC_HEADER, inner.length) <= largest) {
            return List.of(whole(keys, ivs, header, payloads, inner));
        }
        int headers = IkeHeader.LENGTH + GENERIC_HEADER + FRAGMENT_HEADER;
        int room = largest - headers - protection.ivLength() - protection.icvLength();
        int blocks = Math.max(room / protection.blockLength(), LEAST_CONTENT / protection.blockLength());
        int piece = blocks * protection.blockLength() - 1;
        int total = Math.ceilDiv(inner.length, piece);
        List<byte[]> datagrams = new ArrayList<>();
        for (int number = 1; number <= total; number++) {
            byte[] content = Arrays.copyOfRange(inner, (number - 1) * piece, Math.min(number * piece, inner.length));
            PayloadType first = number == 1 ? MessageEncoder.firstType(payloads) : PayloadType.NONE;
            int length = sealedLength(headers, content.length);
            byte[] datagram =
                    Arrays.copyOf(MessageEncoder.encodeFragmentHeader(header, first, number, total, length), length);
            seal(keys, ivs, datagram, headers, content);
            datagrams.add(datagram);
        }
        return datagrams;
    }

    private int textLength(int contentLength) {
        return Math.ceilDiv(contentLength + 1, protection.blockLength()) * protection.blockLength();
    }

    private int sealedLength(int headers, int contentLength) {
        return headers + protection.ivLength() + textLength(contentLength) + protection.icvLength();
    }

    private void seal(DirectionKeys keys, IvCounter ivs, byte[] message, int headers, byte[] content) {
        int textOffset = headers + protection.ivLength();
        int textLength = textLength(content.length);
        long iv = ivs.next();
        System.arraycopy(content, 0, message, textOffset, content.length);
        message[textOffset + textLength - 1] = (byte) (textLength - content.length - 1);
        try (Protection.Keyed keyed = protection.withKeys(keys.encryption(), keys.integrity())) {
            keyed.seal(iv, message, headers, textLength);
        }
    }

    /**
     * Verifies and reads a message.
     *
     * @param keys of the side that sent it
     * @param datagram the whole message
     * @throws IkeProtocolException when the message is the peer's and what is inside cannot be read: answer it, protected
     */
    public Opened open(DirectionKeys keys, byte[] datagram) throws IkeProtocolException {
        IkeMessage outer;
        try {
            outer = MessageDecoder.decode(datagram);
        } catch (IkeProtocolException e) {
            return new Opened.Dropped(String.valueOf(e.getMessage()));
        }
        Payload last = outer.payloads().isEmpty() ? null : outer.payloads().getLast();
        return switch (last) {
            case Payload.Encrypted sk -> openWhole(keys, datagram, outer.header(), sk);
            case Payload.Fragment skf -> openPiece(keys, datagram, outer.header(), skf);
            case null, default -> new Opened.Dropped(outer + " carries no SK payload");
        };
    }

    private Opened openWhole(DirectionKeys keys, byte[] datagram, IkeHeader header, Payload.Encrypted sk)
            throws IkeProtocolException {
        Optional<byte[]> inner = content(keys, datagram, header, sk.body().length());
        return inner.isEmpty()
                ? notGenuine(header)
                : new Opened.Genuine(
                        new IkeMessage(header, MessageDecoder.decodePayloads(sk.firstInner(), inner.get())));
    }

    private Opened openPiece(DirectionKeys keys, byte[] datagram, IkeHeader header, Payload.Fragment skf)
            throws IkeProtocolException {
        Optional<byte[]> content = content(keys, datagram, header, skf.body().length());
        return content.isEmpty() ? notGenuine(header) : new Opened.Piece(header, skf, Bytes.of(content.get()));
    }

    private static Opened notGenuine(IkeHeader header) {
        return new Opened.Dropped(header + " fails its integrity check");
    }

    /** Returns what is inside a payload that ends the message; empty when it is not genuine. */
    private Optional<byte[]> content(DirectionKeys keys, byte[] datagram, IkeHeader header, int bodyLength)
            throws IkeProtocolException {
        int textLength = bodyLength - protection.ivLength() - protection.icvLength();
        if (textLength < 1) {
            return Optional.empty();
        }
        byte[] message = datagram.clone();
        int aadLength = message.length - bodyLength;
        int textOffset = aadLength + protection.ivLength();
        try (Protection.Keyed keyed = protection.withKeys(keys.encryption(), keys.integrity())) {
            if (!keyed.open(message, aadLength, textLength)) {
                return Optional.empty();
            }
        }
        int padding = message[textOffset + textLength - 1] & 0xff;
        if (padding + 1 > textLength) {
            throw IkeProtocolException.invalidSyntax(header + " has more padding than content");
        }
        return Optional.of(Arrays.copyOfRange(message, textOffset, textOffset + textLength - 1 - padding));
    }
}
