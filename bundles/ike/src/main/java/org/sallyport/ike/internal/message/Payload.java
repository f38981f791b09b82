package org.sallyport.ike.internal.message;

import java.util.List;

/** A payload (RFC 7296 section 3.2). The critical bit is kept of unknown payloads alone: it says nothing of others. */
public sealed interface Payload {
    /** Returns its number in the next payload field. */
    PayloadType payloadType();

    /** Returns the short form for logs, such as {@code KE} or {@code N(COOKIE)}. */
    default String label() {
        return payloadType().toString();
    }

    /**
     * SA: proposals in order of preference (section 3.3).
     *
     * @param proposals at least one
     */
    record SecurityAssociation(List<Proposal> proposals) implements Payload {
        /** Copies the list. */
        public SecurityAssociation {
            proposals = List.copyOf(proposals);
        }

        @Override
        public PayloadType payloadType() {
            return PayloadType.SA;
        }
    }

    /**
     * KE: a public value (section 3.4).
     *
     * @param method key exchange method
     * @param value as the method has it
     */
    record KeyExchange(int method, Bytes value) implements Payload {
        /** Checks the range. */
        public KeyExchange {
            Ranges.u16("key exchange method", method);
        }

        @Override
        public PayloadType payloadType() {
            return PayloadType.KE;
        }
    }

    /**
     * IDi or IDr (section 3.5).
     *
     * @param ofInitiator whether it is IDi
     * @param idType see {@link IdType}
     * @param reserved three octets, zero when sent; kept because AUTH covers what came (section 2.15)
     * @param value as the type has it
     */
    record Identification(boolean ofInitiator, int idType, Bytes reserved, Bytes value) implements Payload {
        private static final Bytes ZERO = Bytes.of(new byte[3]);

        /** Checks the ranges. */
        public Identification {
            Ranges.octet("identification type", idType);
            if (reserved.length() != 3) {
                throw new IllegalArgumentException("three octets are reserved, not " + reserved.length());
            }
        }

        /** An identity to send. */
        public Identification(boolean ofInitiator, int idType, Bytes value) {
            this(ofInitiator, idType, ZERO, value);
        }

        @Override
        public PayloadType payloadType() {
            return ofInitiator ? PayloadType.ID_I : PayloadType.ID_R;
        }

        /** Returns the payload without its generic header, which AUTH covers (section 2.15). */
        public byte[] body() {
            byte[] body = new byte[4 + value.length()];
            body[0] = (byte) idType;
            reserved.copyTo(body, 1);
            value.copyTo(body, 4);
            return body;
        }

        /** Returns the identity in words, such as {@code fqdn:gateway.example}. */
        public String text() {
            return IdType.text(idType, value);
        }
    }

    /**
     * CERT (section 3.6).
     *
     * @param encoding certificate encoding
     * @param data as the encoding has it
     */
    record Certificate(int encoding, Bytes data) implements Payload {
        /** Checks the range. */
        public Certificate {
            Ranges.octet("certificate encoding", encoding);
        }

        @Override
        public PayloadType payloadType() {
            return PayloadType.CERT;
        }
    }

    /**
     * CERTREQ (section 3.7).
     *
     * @param encoding certificate encoding
     * @param authorities concatenated hashes of trusted authorities' keys
     */
    record CertificateRequest(int encoding, Bytes authorities) implements Payload {
        /** Checks the range. */
        public CertificateRequest {
            Ranges.octet("certificate encoding", encoding);
        }

        @Override
        public PayloadType payloadType() {
            return PayloadType.CERTREQ;
        }
    }

    /**
     * AUTH (section 3.8).
     *
     * @param method see {@link AuthMethod}
     * @param data as the method has it
     */
    record Authentication(int method, Bytes data) implements Payload {
        /** Checks the range. */
        public Authentication {
            Ranges.octet("authentication method", method);
        }

        @Override
        public PayloadType payloadType() {
            return PayloadType.AUTH;
        }
    }

    /**
     * Ni or Nr (section 3.9).
     *
     * @param value 16 to 256 octets
     */
    record Nonce(Bytes value) implements Payload {
        /** The fewest octets of a nonce. */
        public static final int MIN = 16;
        /** The most octets of a nonce. */
        public static final int MAX = 256;

        /** Checks the range. */
        public Nonce {
            if (value.length() < MIN || value.length() > MAX) {
                throw new IllegalArgumentException("a nonce has 16 to 256 octets, not " + value.length());
            }
        }

        @Override
        public PayloadType payloadType() {
            return PayloadType.NONCE;
        }
    }

    /**
     * N (section 3.10).
     *
     * @param protocol of the SA it concerns, 0 for none
     * @param spi of the SA it concerns, empty for none
     * @param type what it says
     * @param data as the type has it
     */
    record Notify(int protocol, Bytes spi, NotifyType type, Bytes data) implements Payload {
        /** Checks the ranges. */
        public Notify {
            Ranges.octet("protocol", protocol);
            Ranges.octet("SPI length", spi.length());
        }

        /** A notify that concerns no Child SA. */
        public static Notify of(NotifyType type, Bytes data) {
            return new Notify(ProtocolId.NONE, Bytes.EMPTY, type, data);
        }

        /** A notify that concerns no Child SA and carries no data. */
        public static Notify of(NotifyType type) {
            return of(type, Bytes.EMPTY);
        }

        @Override
        public PayloadType payloadType() {
            return PayloadType.NOTIFY;
        }

        @Override
        public String label() {
            return "N(" + type + ")";
        }
    }

    /**
     * D (section 3.11).
     *
     * @param protocol IKE without SPIs, or AH or ESP with those the sender receives on
     * @param spis of equal length
     */
    record Delete(int protocol, List<Bytes> spis) implements Payload {
        /** Checks ranges and copies the list. */
        public Delete {
            Ranges.octet("protocol", protocol);
            Ranges.u16("number of SPIs", spis.size());
            spis = List.copyOf(spis);
            if (spis.stream().mapToInt(Bytes::length).distinct().count() > 1) {
                throw new IllegalArgumentException("the SPIs of a delete payload are of one length");
            }
        }

        /** Deletes the IKE SA that carries it. */
        public static Delete ikeSa() {
            return new Delete(ProtocolId.IKE, List.of());
        }

        @Override
        public PayloadType payloadType() {
            return PayloadType.DELETE;
        }

        @Override
        public String label() {
            return "D(" + ProtocolId.name(protocol) + ")";
        }
    }

    /**
     * V (section 3.12).
     *
     * @param value whatever the vendor wrote
     */
    record VendorId(Bytes value) implements Payload {
        @Override
        public PayloadType payloadType() {
            return PayloadType.VENDOR_ID;
        }
    }

    /**
     * TSi or TSr (section 3.13).
     *
     * @param ofInitiator whether it is TSi
     * @param selectors at least one
     */
    record TrafficSelectors(boolean ofInitiator, List<TrafficSelector> selectors) implements Payload {
        /** Checks ranges and copies the list. */
        public TrafficSelectors {
            Ranges.octet("number of selectors", selectors.size());
            selectors = List.copyOf(selectors);
        }

        @Override
        public PayloadType payloadType() {
            return ofInitiator ? PayloadType.TS_I : PayloadType.TS_R;
        }
    }

    /**
     * SK as it is on the wire (section 3.14): what it holds is known once it is opened.
     *
     * @param firstInner type of the first payload inside
     * @param body IV, cipher text and integrity check value
     */
    record Encrypted(PayloadType firstInner, Bytes body) implements Payload {
        @Override
        public PayloadType payloadType() {
            return PayloadType.SK;
        }
    }

    /**
     * SKF as it is on the wire (RFC 7383 section 2.5).
     *
     * @param firstInner type of the first payload inside, in fragment 1; none in others
     * @param number from 1
     * @param total how many there are
     * @param body IV, cipher text and integrity check value
     */
    record Fragment(PayloadType firstInner, int number, int total, Bytes body) implements Payload {
        /** Checks the ranges. */
        public Fragment {
            Ranges.u16("fragment number", number);
            Ranges.u16("total fragments", total);
        }

        @Override
        public PayloadType payloadType() {
            return PayloadType.SKF;
        }

        @Override
        public String label() {
            return "SKF(" + number + "/" + total + ")";
        }
    }

    /**
     * CP (section 3.15).
     *
     * @param configType 1 request, 2 reply, 3 set, 4 acknowledgement
     * @param attributes in order
     */
    record Configuration(int configType, List<ConfigurationAttribute> attributes) implements Payload {
        /** CFG_REQUEST. */
        public static final int REQUEST = 1;
        /** CFG_REPLY. */
        public static final int REPLY = 2;
        /** CFG_SET. */
        public static final int SET = 3;
        /** CFG_ACK. */
        public static final int ACK = 4;

        /** Checks the range and copies the list. */
        public Configuration {
            Ranges.octet("configuration type", configType);
            attributes = List.copyOf(attributes);
        }

        @Override
        public PayloadType payloadType() {
            return PayloadType.CP;
        }
    }

    /**
     * EAP (section 3.16).
     *
     * @param message the EAP message
     */
    record Eap(Bytes message) implements Payload {
        @Override
        public PayloadType payloadType() {
            return PayloadType.EAP;
        }
    }

    /**
     * A payload that is not known here. One with the critical bit is refused by the decoder (section 2.5).
     *
     * @param payloadType its number
     * @param critical whether the sender wants the message refused
     * @param body without the generic header
     */
    record Unknown(PayloadType payloadType, boolean critical, Bytes body) implements Payload {}
}
