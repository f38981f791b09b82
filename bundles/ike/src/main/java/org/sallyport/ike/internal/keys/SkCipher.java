package org.sallyport.ike.internal.keys;

import java.util.Arrays;
import java.util.List;
import org.sallyport.crypto.Protection;
import org.sallyport.ike.internal.message.IkeHeader;
import org.sallyport.ike.internal.message.IkeMessage;
import org.sallyport.ike.internal.message.IkeProtocolException;
import org.sallyport.ike.internal.message.MessageDecoder;
import org.sallyport.ike.internal.message.MessageEncoder;
import org.sallyport.ike.internal.message.Payload;

/**
 * Seals and opens messages with an SK payload (RFC 7296 section 3.14, with an AEAD RFC 5282). Holds no key.
 *
 * <p>Thread safety: immutable.
 */
public final class SkCipher {
    private static final int GENERIC_HEADER = 4;

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
        byte[] inner = MessageEncoder.encodePayloads(payloads);
        int aadLength = IkeHeader.LENGTH + GENERIC_HEADER;
        int textOffset = aadLength + protection.ivLength();
        int textLength = Math.ceilDiv(inner.length + 1, protection.blockLength()) * protection.blockLength();
        int total = textOffset + textLength + protection.icvLength();
        byte[] message = Arrays.copyOf(MessageEncoder.encodeSealedHeader(header, payloads, total), total);
        long iv = ivs.next();
        System.arraycopy(inner, 0, message, textOffset, inner.length);
        message[textOffset + textLength - 1] = (byte) (textLength - inner.length - 1);
        try (Protection.Keyed keyed = protection.withKeys(keys.encryption(), keys.integrity())) {
            keyed.seal(iv, message, aadLength, textLength);
        }
        return message;
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
        if (outer.payloads().isEmpty() || !(outer.payloads().getLast() instanceof Payload.Encrypted sk)) {
            return new Opened.Dropped(outer + " carries no SK payload");
        }
        int textLength = sk.body().length() - protection.ivLength() - protection.icvLength();
        if (textLength < 1) {
            return new Opened.Dropped(
                    outer + " has an SK payload of " + sk.body().length() + " octets");
        }
        return open(keys, datagram.clone(), outer.header(), sk, textLength);
    }

    private Opened open(DirectionKeys keys, byte[] message, IkeHeader header, Payload.Encrypted sk, int textLength)
            throws IkeProtocolException {
        int aadLength = message.length - sk.body().length();
        int textOffset = aadLength + protection.ivLength();
        try (Protection.Keyed keyed = protection.withKeys(keys.encryption(), keys.integrity())) {
            if (!keyed.open(message, aadLength, textLength)) {
                return new Opened.Dropped(header + " fails its integrity check");
            }
        }
        int padding = message[textOffset + textLength - 1] & 0xff;
        if (padding + 1 > textLength) {
            throw IkeProtocolException.invalidSyntax(header + " has more padding than content");
        }
        byte[] inner = Arrays.copyOfRange(message, textOffset, textOffset + textLength - 1 - padding);
        return new Opened.Genuine(new IkeMessage(header, MessageDecoder.decodePayloads(sk.firstInner(), inner)));
    }
}
