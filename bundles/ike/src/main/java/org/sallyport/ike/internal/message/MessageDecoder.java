package org.sallyport.ike.internal.message;

import java.util.ArrayList;
import java.util.List;

/**
 * Reads messages (RFC 7296 section 3). Whatever the octets, it returns a value or throws {@link IkeProtocolException},
 * and allocates no more than a small multiple of what it was given.
 */
public final class MessageDecoder {
    /** The most payloads of a message; real ones have a few dozen at most. */
    public static final int MAX_PAYLOADS = 128;

    /** The largest message in octets. */
    public static final int MAX_MESSAGE = 0xffff;

    private static final int MAJOR_VERSION = 2;
    private static final int FLAG_INITIATOR = 0x08;
    private static final int FLAG_VERSION = 0x10;
    private static final int FLAG_RESPONSE = 0x20;
    private static final int CRITICAL = 0x80;

    private MessageDecoder() {}

    /**
     * Reads the fixed header alone, to find the IKE SA. Neither version nor length are judged.
     *
     * @throws IkeProtocolException when the datagram is shorter than a header
     */
    public static IkeHeader decodeHeader(byte[] datagram) throws IkeProtocolException {
        WireReader in = new WireReader(datagram, 0, datagram.length, "header");
        long initiatorSpi = in.u64();
        long responderSpi = in.u64();
        in.skip(2);
        ExchangeType exchangeType = new ExchangeType(in.u8());
        int flags = in.u8();
        long messageId = in.u32();
        in.skip(4);
        return new IkeHeader(
                initiatorSpi,
                responderSpi,
                exchangeType,
                (flags & FLAG_INITIATOR) != 0,
                (flags & FLAG_RESPONSE) != 0,
                (flags & FLAG_VERSION) != 0,
                messageId);
    }

    /**
     * Reads a whole message; an SK or SKF payload stays closed.
     *
     * @throws IkeProtocolException INVALID_SYNTAX; INVALID_MAJOR_VERSION; UNSUPPORTED_CRITICAL_PAYLOAD with the type
     */
    public static IkeMessage decode(byte[] datagram) throws IkeProtocolException {
        IkeHeader header = decodeHeader(datagram);
        WireReader in = new WireReader(datagram, 0, datagram.length, "message");
        in.skip(16);
        PayloadType first = new PayloadType(in.u8());
        requireVersion(in.u8() >> 4);
        in.skip(6);
        requireLength(in.u32(), datagram.length);
        if (header.initiatorSpi() == 0) {
            throw IkeProtocolException.invalidSyntax("the initiator's SPI is zero");
        }
        return new IkeMessage(header, chain(in, first));
    }

    /**
     * Reads a chain of payloads without a header, as an SK payload holds it.
     *
     * @param first type of the first payload
     * @param octets the payloads and nothing else
     */
    public static List<Payload> decodePayloads(PayloadType first, byte[] octets) throws IkeProtocolException {
        List<Payload> payloads = chain(new WireReader(octets, 0, octets.length, "encrypted payloads"), first);
        if (!payloads.isEmpty() && PayloadReader.isSealed(payloads.getLast().payloadType())) {
            throw IkeProtocolException.invalidSyntax("an encrypted payload holds another");
        }
        return payloads;
    }

    private static void requireVersion(int major) throws IkeProtocolException {
        if (major != MAJOR_VERSION) {
            throw new IkeProtocolException(
                    NotifyType.INVALID_MAJOR_VERSION,
                    Bytes.of((byte) MAJOR_VERSION),
                    "major version " + major + " is not spoken, only 2");
        }
    }

    private static void requireLength(long stated, int there) throws IkeProtocolException {
        if (stated != there || there > MAX_MESSAGE) {
            throw IkeProtocolException.invalidSyntax(
                    "the header states " + stated + " octets and " + there + " are there, of at most " + MAX_MESSAGE);
        }
    }

    private static List<Payload> chain(WireReader in, PayloadType first) throws IkeProtocolException {
        List<Payload> payloads = new ArrayList<>();
        PayloadType type = first;
        while (!type.equals(PayloadType.NONE)) {
            if (payloads.size() == MAX_PAYLOADS) {
                throw IkeProtocolException.invalidSyntax("there are more than " + MAX_PAYLOADS + " payloads");
            }
            PayloadType next = new PayloadType(in.u8());
            boolean critical = (in.u8() & CRITICAL) != 0;
            int length = in.u16();
            WireReader body = in.window(length - PayloadWriter.GENERIC_HEADER, type.toString());
            payloads.add(PayloadReader.read(type, next, critical, body));
            if (PayloadReader.isSealed(type)) {
                break; // its next payload field names what is inside (section 3.14)
            }
            type = next;
        }
        in.end();
        return payloads;
    }
}
