package org.sallyport.ike.internal.message;

import java.util.List;

/** Writes messages (RFC 7296 section 3). */
public final class MessageEncoder {
    private static final int VERSION = 0x20;
    private static final int FLAG_INITIATOR = 0x08;
    private static final int FLAG_VERSION = 0x10;
    private static final int FLAG_RESPONSE = 0x20;

    private MessageEncoder() {}

    /**
     * Writes a whole message.
     *
     * @throws IllegalArgumentException when it does not fit into 65535 octets
     */
    public static byte[] encode(IkeMessage message) {
        WireWriter out = new WireWriter();
        header(out, message.header(), firstType(message.payloads()), 0);
        PayloadWriter.chain(out, message.payloads());
        out.patchU32(IkeHeader.LENGTH - 4, out.size());
        return out.toBytes();
    }

    /** Writes a chain of payloads without a header, as an SK payload holds it. */
    public static byte[] encodePayloads(List<Payload> payloads) {
        WireWriter out = new WireWriter();
        PayloadWriter.chain(out, payloads);
        return out.toBytes();
    }

    /** Returns the type of the first payload, none when there is none. */
    public static PayloadType firstType(List<Payload> payloads) {
        return payloads.isEmpty() ? PayloadType.NONE : payloads.getFirst().payloadType();
    }

    /**
     * Writes the fixed header and the generic header of an SK payload, which are the associated data of its protection
     * (RFC 5282 section 5.1).
     *
     * @param header the fixed header
     * @param inner what the SK payload will hold
     * @param messageLength length of the whole message in octets
     */
    public static byte[] encodeSealedHeader(IkeHeader header, List<Payload> inner, int messageLength) {
        if (messageLength > MessageDecoder.MAX_MESSAGE) {
            throw new IllegalArgumentException("a message has at most " + MessageDecoder.MAX_MESSAGE + " octets");
        }
        WireWriter out = new WireWriter();
        header(out, header, PayloadType.SK, messageLength);
        out.u8(firstType(inner).number());
        out.u8(0);
        out.u16(messageLength - IkeHeader.LENGTH);
        return out.toBytes();
    }

    /**
     * Writes what precedes the IV of a fragment: the fixed header, the generic header of an SKF payload and its numbers
     * (RFC 7383 section 2.5).
     *
     * @param header the fixed header
     * @param firstInner type of the first payload inside, in fragment 1; none in others
     * @param number from 1
     * @param total how many there are
     * @param messageLength length of the whole datagram in octets
     */
    public static byte[] encodeFragmentHeader(
            IkeHeader header, PayloadType firstInner, int number, int total, int messageLength) {
        WireWriter out = new WireWriter();
        header(out, header, PayloadType.SKF, messageLength);
        out.u8(firstInner.number());
        out.u8(0);
        out.u16(messageLength - IkeHeader.LENGTH);
        out.u16(number);
        out.u16(total);
        return out.toBytes();
    }

    private static void header(WireWriter out, IkeHeader header, PayloadType first, int length) {
        out.u64(header.initiatorSpi());
        out.u64(header.responderSpi());
        out.u8(first.number());
        out.u8(VERSION);
        out.u8(header.exchangeType().number());
        out.u8((header.fromInitiator() ? FLAG_INITIATOR : 0)
                | (header.higherVersion() ? FLAG_VERSION : 0)
                | (header.response() ? FLAG_RESPONSE : 0));
        out.u32(header.messageId());
        out.u32(length);
    }
}
