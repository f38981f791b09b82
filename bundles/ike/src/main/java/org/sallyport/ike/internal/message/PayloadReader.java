package org.sallyport.ike.internal.message;

import java.util.ArrayList;
import java.util.List;

/** Reads the bodies of payloads, each from a window that holds it alone. */
final class PayloadReader {
    private static final int MAX_CONFIGURATION_ATTRIBUTES = 256;

    private PayloadReader() {}

    static boolean isSealed(PayloadType type) {
        return type.equals(PayloadType.SK) || type.equals(PayloadType.SKF);
    }

    static Payload read(PayloadType type, PayloadType next, boolean critical, WireReader in)
            throws IkeProtocolException {
        return switch (type.number()) {
            case 33 -> new Payload.SecurityAssociation(ProposalReader.proposals(in));
            case 34 -> keyExchange(in);
            case 35 -> identification(true, in);
            case 36 -> identification(false, in);
            case 37 -> new Payload.Certificate(in.u8(), in.rest());
            case 38 -> new Payload.CertificateRequest(in.u8(), in.rest());
            case 39 -> authentication(in);
            case 40 -> nonce(in);
            case 41 -> notification(in);
            case 42 -> delete(in);
            case 43 -> new Payload.VendorId(in.rest());
            case 44 -> selectors(true, in);
            case 45 -> selectors(false, in);
            case 46 -> new Payload.Encrypted(next, in.rest());
            case 47 -> configuration(in);
            case 48 -> new Payload.Eap(in.rest());
            case 53 -> fragment(next, in);
            default -> unknown(type, critical, in);
        };
    }

    private static Payload unknown(PayloadType type, boolean critical, WireReader in) throws IkeProtocolException {
        if (critical) {
            throw new IkeProtocolException(
                    NotifyType.UNSUPPORTED_CRITICAL_PAYLOAD,
                    Bytes.of((byte) type.number()),
                    type + " is not known here and marked critical");
        }
        return new Payload.Unknown(type, false, in.rest());
    }

    private static Payload keyExchange(WireReader in) throws IkeProtocolException {
        int method = in.u16();
        in.skip(2);
        return new Payload.KeyExchange(method, in.rest());
    }

    private static Payload identification(boolean ofInitiator, WireReader in) throws IkeProtocolException {
        int type = in.u8();
        Bytes reserved = in.bytes(3);
        return new Payload.Identification(ofInitiator, type, reserved, in.rest());
    }

    private static Payload authentication(WireReader in) throws IkeProtocolException {
        int method = in.u8();
        in.skip(3);
        return new Payload.Authentication(method, in.rest());
    }

    private static Payload nonce(WireReader in) throws IkeProtocolException {
        int length = in.remaining();
        if (length < Payload.Nonce.MIN || length > Payload.Nonce.MAX) {
            throw IkeProtocolException.invalidSyntax("a nonce has 16 to 256 octets, not " + length);
        }
        return new Payload.Nonce(in.rest());
    }

    private static Payload notification(WireReader in) throws IkeProtocolException {
        int protocol = in.u8();
        int spiLength = in.u8();
        NotifyType type = new NotifyType(in.u16());
        Bytes spi = in.bytes(spiLength);
        return new Payload.Notify(protocol, spi, type, in.rest());
    }

    private static Payload delete(WireReader in) throws IkeProtocolException {
        int protocol = in.u8();
        int spiLength = in.u8();
        int count = in.u16();
        if ((spiLength == 0 && count != 0) || spiLength * count != in.remaining()) {
            throw IkeProtocolException.invalidSyntax("D states " + count + " SPIs of " + spiLength + " octets and "
                    + in.remaining() + " octets are there");
        }
        List<Bytes> spis = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            spis.add(in.bytes(spiLength));
        }
        return new Payload.Delete(protocol, spis);
    }

    private static Payload selectors(boolean ofInitiator, WireReader in) throws IkeProtocolException {
        int count = in.u8();
        in.skip(3);
        if (count == 0) {
            throw IkeProtocolException.invalidSyntax("there is no traffic selector in TS");
        }
        List<TrafficSelector> selectors = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            selectors.add(selector(in));
        }
        in.end();
        return new Payload.TrafficSelectors(ofInitiator, selectors);
    }

    private static TrafficSelector selector(WireReader in) throws IkeProtocolException {
        int type = in.u8();
        int protocol = in.u8();
        WireReader body = in.window(in.u16() - 4, "traffic selector");
        int length = TrafficSelector.addressLength(type);
        if (length == 0) {
            return TrafficSelector.unknown(type, protocol, body.rest());
        }
        TrafficSelector selector =
                new TrafficSelector(type, protocol, body.u16(), body.u16(), body.bytes(length), body.bytes(length));
        body.end();
        return selector;
    }

    private static Payload fragment(PayloadType next, WireReader in) throws IkeProtocolException {
        int number = in.u16();
        int total = in.u16();
        if (number == 0 || number > total) {
            throw IkeProtocolException.invalidSyntax("SKF is fragment " + number + " of " + total);
        }
        return new Payload.Fragment(next, number, total, in.rest());
    }

    private static Payload configuration(WireReader in) throws IkeProtocolException {
        int type = in.u8();
        in.skip(3);
        List<ConfigurationAttribute> attributes = new ArrayList<>();
        while (in.remaining() > 0) {
            if (attributes.size() == MAX_CONFIGURATION_ATTRIBUTES) {
                throw IkeProtocolException.invalidSyntax(
                        "CP has more than " + MAX_CONFIGURATION_ATTRIBUTES + " attributes");
            }
            int attribute = in.u16() & 0x7fff; // the top bit is reserved and ignored (section 3.15.1)
            attributes.add(new ConfigurationAttribute(attribute, in.bytes(in.u16())));
        }
        return new Payload.Configuration(type, attributes);
    }
}
