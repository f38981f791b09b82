package org.sallyport.ike.internal.message;

import java.util.ArrayList;
import java.util.List;

/** Reads the proposals of an SA payload (RFC 7296 section 3.3). */
final class ProposalReader {
    /** Bounds far above what any peer sends, so that a message costs little to read and to choose from. */
    private static final int MAX_PROPOSALS = 64;

    private static final int MAX_TRANSFORMS = 128;
    private static final int MAX_ATTRIBUTES = 8;
    private static final int MORE_PROPOSALS = 2;
    private static final int MORE_TRANSFORMS = 3;
    private static final int SHORT_FORM = 0x8000;

    private ProposalReader() {}

    static List<Proposal> proposals(WireReader in) throws IkeProtocolException {
        List<Proposal> proposals = new ArrayList<>();
        boolean more = true;
        while (more) {
            limit(proposals.size(), MAX_PROPOSALS, "proposals in SA");
            more = more(in.u8(), MORE_PROPOSALS, "proposal");
            in.skip(1);
            proposals.add(proposal(in.window(in.u16() - 4, "proposal")));
        }
        in.end();
        return proposals;
    }

    private static Proposal proposal(WireReader in) throws IkeProtocolException {
        int number = in.u8();
        int protocol = in.u8();
        int spiLength = in.u8();
        int count = in.u8();
        requireSpiLength(protocol, spiLength);
        if (count > MAX_TRANSFORMS) {
            throw IkeProtocolException.invalidSyntax("there are more than " + MAX_TRANSFORMS + " transforms");
        }
        Bytes spi = in.bytes(spiLength);
        List<Transform> transforms = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            boolean more = more(in.u8(), MORE_TRANSFORMS, "transform");
            if (more == (i == count - 1)) {
                throw IkeProtocolException.invalidSyntax("the last transform of a proposal is not marked as such");
            }
            in.skip(1);
            transforms.add(transform(in.window(in.u16() - 4, "transform")));
        }
        in.end();
        return new Proposal(number, protocol, spi, transforms);
    }

    private static void requireSpiLength(int protocol, int length) throws IkeProtocolException {
        boolean fits =
                switch (protocol) {
                    case ProtocolId.IKE -> length == 0 || length == ProtocolId.spiLength(protocol);
                    case ProtocolId.AH, ProtocolId.ESP -> length == ProtocolId.spiLength(protocol);
                    default -> true;
                };
        if (!fits) {
            throw IkeProtocolException.invalidSyntax(
                    "a proposal for " + ProtocolId.name(protocol) + " has an SPI of " + length + " octets");
        }
    }

    private static Transform transform(WireReader in) throws IkeProtocolException {
        int type = in.u8();
        in.skip(1);
        int id = in.u16();
        List<TransformAttribute> attributes = new ArrayList<>();
        while (in.remaining() > 0) {
            limit(attributes.size(), MAX_ATTRIBUTES, "attributes of a transform");
            attributes.add(attribute(in));
        }
        return new Transform(type, id, attributes);
    }

    private static TransformAttribute attribute(WireReader in) throws IkeProtocolException {
        int format = in.u16();
        boolean shortForm = (format & SHORT_FORM) != 0;
        Bytes value = in.bytes(shortForm ? 2 : in.u16());
        return new TransformAttribute(format & ~SHORT_FORM, shortForm, value);
    }

    private static boolean more(int field, int marker, String what) throws IkeProtocolException {
        if (field != 0 && field != marker) {
            throw IkeProtocolException.invalidSyntax("a " + what + " is marked " + field + ", neither last nor more");
        }
        return field == marker;
    }

    private static void limit(int size, int max, String what) throws IkeProtocolException {
        if (size == max) {
            throw IkeProtocolException.invalidSyntax("there are more than " + max + " " + what);
        }
    }
}
