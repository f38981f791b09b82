package org.sallyport.ike.internal.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class MessageDecoderTest {
    private static final String SPIS = "0102030405060708" + "1112131415161718";
    private static final Bytes NONCE = Bytes.of(new byte[32]);

    @Test
    void aHeaderByHand() throws Exception {
        IkeMessage message =
                MessageDecoder.decode(octets(SPIS + "29 20 25 08 00000007 00000024", "00 00 0008 00 00 4000"));
        assertThat(message.header())
                .isEqualTo(IkeHeader.request(
                        0x0102030405060708L, 0x1112131415161718L, ExchangeType.INFORMATIONAL, true, 7));
        assertThat(message).hasToString("INFORMATIONAL request 7 [N(INITIAL_CONTACT)]");
    }

    @Test
    void everyKindOfPayloadIsReadAsItWasWritten() throws Exception {
        InetAddress low = InetAddress.ofLiteral("2001:db8::");
        InetAddress high = InetAddress.ofLiteral("2001:db8::ffff");
        Transform odd = new Transform(
                1,
                12,
                List.of(TransformAttribute.keyLength(256), new TransformAttribute(77, false, Bytes.ofHex("aabbcc"))));
        List<Payload> payloads = List.of(
                new Payload.SecurityAssociation(List.of(
                        new Proposal(
                                1, ProtocolId.ESP, Bytes.ofHex("c0ffee01"), List.of(Transform.of(1, 20, 128), odd)),
                        new Proposal(
                                2, ProtocolId.AH, Bytes.ofHex("c0ffee02"), List.of(Transform.of(Transform.ESN, 1))),
                        new Proposal(3, ProtocolId.IKE, Bytes.ofHex("0102030405060708"), List.of()))),
                new Payload.KeyExchange(31, NONCE),
                new Payload.Identification(true, IdType.FQDN, Bytes.ofText("a.example")),
                new Payload.Identification(false, IdType.IPV4_ADDR, Bytes.ofHex("0a000001")),
                new Payload.Certificate(4, Bytes.ofHex("3000")),
                new Payload.CertificateRequest(4, Bytes.EMPTY),
                new Payload.Authentication(AuthMethod.SHARED_KEY, NONCE),
                new Payload.Nonce(NONCE),
                new Payload.Notify(ProtocolId.ESP, Bytes.ofHex("c0ffee01"), NotifyType.REKEY_SA, Bytes.EMPTY),
                new Payload.Delete(ProtocolId.AH, List.of(Bytes.ofHex("00000100"), Bytes.ofHex("00000101"))),
                Payload.Delete.ikeSa(),
                new Payload.VendorId(Bytes.EMPTY),
                new Payload.TrafficSelectors(
                        true,
                        List.of(
                                TrafficSelector.range(low, high, 6, 443, 443),
                                TrafficSelector.range(
                                        InetAddress.ofLiteral("10.0.0.0"),
                                        InetAddress.ofLiteral("10.255.255.255"),
                                        0,
                                        65535,
                                        0),
                                TrafficSelector.unknown(9, 1, Bytes.ofHex("0102")))),
                new Payload.Configuration(1, List.of(new ConfigurationAttribute(1, Bytes.EMPTY))),
                new Payload.Eap(Bytes.ofHex("03010004")),
                new Payload.Unknown(new PayloadType(200), false, Bytes.ofHex("00ff")),
                new Payload.Fragment(PayloadType.ID_I, 1, 3, NONCE));
        IkeMessage message = new IkeMessage(
                new IkeHeader(-1L, Long.MIN_VALUE, new ExchangeType(240), false, true, true, 0xffffffffL), payloads);
        assertThat(MessageDecoder.decode(MessageEncoder.encode(message))).isEqualTo(message);
        assertThat(message.toString())
                .startsWith("EXCHANGE_240 response 4294967295 [SA KE IDi IDr CERT CERTREQ AUTH Nonce N(REKEY_SA) D(AH)")
                .endsWith("D(IKE) V TSi CP EAP payload 200 SKF(1/3)]");
        assertThat(odd.keyBits()).isEqualTo(256);
        assertThat(odd.hasUnknownAttributes()).isTrue();
    }

    @Test
    void anotherMajorVersionIsRefusedByName() {
        byte[] octets = octets(SPIS + "00 30 25 08 00000000 0000001c", "");
        IkeProtocolException e = refused(octets);
        assertThat(e.type()).isEqualTo(NotifyType.INVALID_MAJOR_VERSION);
        assertThat(e.data()).isEqualTo(Bytes.ofHex("02"));
        octets[17] = 0x10;
        assertThat(refused(octets).type()).isEqualTo(NotifyType.INVALID_MAJOR_VERSION);
        octets[17] = 0x2f;
        assertThat(decoded(octets).payloads())
                .as("a higher minor version is read")
                .isEmpty();
    }

    @Test
    void anUnknownPayloadIsAValueUnlessItIsCritical() {
        assertThat(decoded(octets(SPIS + "c8 20 25 08 00000000 00000022", "00 00 0006 abcd"))
                        .payloads())
                .containsExactly(new Payload.Unknown(new PayloadType(200), false, Bytes.ofHex("abcd")));
        IkeProtocolException e = refused(octets(SPIS + "c8 20 25 08 00000000 00000022", "00 80 0006 abcd"));
        assertThat(e.type()).isEqualTo(NotifyType.UNSUPPORTED_CRITICAL_PAYLOAD);
        assertThat(e.toNotify())
                .isEqualTo(Payload.Notify.of(NotifyType.UNSUPPORTED_CRITICAL_PAYLOAD, Bytes.ofHex("c8")));
        assertThat(decoded(octets(SPIS + "29 20 25 08 00000000 00000024", "00 80 0008 00004000"))
                        .payloads())
                .as("the critical bit of a known payload says nothing")
                .containsExactly(Payload.Notify.of(NotifyType.INITIAL_CONTACT));
    }

    @Test
    void lengthsThatDoNotFitAreRefused() {
        String notify = SPIS + "29 20 25 08 00000000 ";
        refusedSyntax(new byte[0], "header ends early");
        refusedSyntax(octets(notify + "00000025", "00 00 0008 00004000"), "states 37 octets and 36 are there");
        refusedSyntax(octets(notify + "00000023", "00 00 0008 00004000"), "states 35");
        refusedSyntax(octets(notify + "ffffffff", "00 00 0008 00004000"), "states 4294967295");
        refusedSyntax(octets(notify + "00000024", "00 00 0009 00004000"), "ends early: 5 octets wanted, 4 there");
        refusedSyntax(octets(notify + "00000024", "00 00 0003 00004000"), "ends early: -1 octets");
        refusedSyntax(octets(notify + "00000024", "00 00 0007 00004000"), "N ends early");
        refusedSyntax(octets(notify + "00000024", "00 00 0008 00094000"), "N ends early: 9 octets wanted, 0 there");
        refusedSyntax(octets(notify + "00000026", "00 00 0008 00004000 0000"), "2 octets too many");
        refusedSyntax(octets(notify + "00000024", "29 00 0008 00004000"), "message ends early");
        refusedSyntax(octets(SPIS + "00 20 25 08 00000000 0000001c").clone(), 0, "initiator's SPI is zero");
    }

    @Test
    void contentsThatCannotBeAreRefused() {
        refusedSyntax(chain("28", "00 00 000f" + "00".repeat(11)), "a nonce has 16 to 256 octets, not 11");
        refusedSyntax(chain("28", "00 00 0105" + "00".repeat(257)), "not 257");
        refusedSyntax(chain("2c", "00 00 0008 00000000"), "no traffic selector");
        refusedSyntax(chain("2c", "00 00 0010 01000000 07 00 0008 0000 ffff"), "traffic selector ends early");
        refusedSyntax(chain("2a", "00 00 0008 03 04 ffff"), "65535 SPIs of 4 octets");
        refusedSyntax(chain("2a", "00 00 0008 01 00 ffff"), "65535 SPIs of 0 octets");
        refusedSyntax(chain("35", "00 00 0008 0000 0000"), "fragment 0 of 0");
        refusedSyntax(chain("35", "00 00 0008 0003 0002"), "fragment 3 of 2");
        refusedSyntax(chain("2e", "00 00 0004 00 00 0004"), "octets too many");
        String esp = "00 00 0010 00 00 000c 01 03 04 ";
        refusedSyntax(chain("21", "00 00 000c 00 00 0008 01 03 00 00"), "SPI of 0 octets");
        refusedSyntax(chain("21", esp + "01 00000001"), "proposal ends early");
        refusedSyntax(chain("21", esp + "ff 00000001"), "more than 128 transforms");
        refusedSyntax(chain("21", "00 00 0008 01 00 0004"), "marked 1, neither last nor more");
        refusedSyntax(
                chain("21", "00 00 0018 00 00 0014 01 03 04 01 00000001 03 00 0008 05 00 0000"), "last transform");
        refusedSyntax(chain("2f", "00 00 000c 01000000 0001 ffff"), "ends early");
    }

    @Test
    void thereIsAnEndToPayloads() {
        String vendorId = "2b 00 0004";
        refusedSyntax(
                chain("2b", vendorId.repeat(MessageDecoder.MAX_PAYLOADS) + "00 00 0004"), "more than 128 payloads");
        assertThat(decoded(chain("2b", vendorId.repeat(MessageDecoder.MAX_PAYLOADS - 1) + "00 00 0004"))
                        .payloads())
                .hasSize(MessageDecoder.MAX_PAYLOADS);
    }

    @Test
    void anIpv6RangeStaysOneWhereItsAddressesAreMapped() {
        String mapped = "00000000000000000000ffff0a000001";
        TrafficSelector selector = new TrafficSelector(
                TrafficSelector.IPV6_ADDR_RANGE, 0, 0, 65535, Bytes.ofHex(mapped), Bytes.ofHex("ff".repeat(16)));
        assertThat(selector.start().getAddress()).hasSize(16);
        assertThat(TrafficSelector.range(selector.start(), selector.end(), 0, 0, 65535))
                .isEqualTo(selector);
    }

    @Test
    void anEncryptedPayloadHoldsNoOther() {
        assertThatExceptionOfType(IkeProtocolException.class)
                .isThrownBy(() -> MessageDecoder.decodePayloads(
                        PayloadType.SK, Bytes.ofHex("00000004").toArray()))
                .withMessageContaining("holds another");
    }

    @Test
    void aLargeMessageCostsASmallMultipleOfItself() throws Exception {
        byte[] deletes = MessageEncoder.encode(new IkeMessage(
                IkeHeader.request(1, 2, ExchangeType.INFORMATIONAL, true, 0),
                List.of(new Payload.Delete(ProtocolId.ESP, Collections.nCopies(16_000, Bytes.ofHex("00000100"))))));
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        MessageDecoder.decode(deletes);
        long before = threads.getCurrentThreadAllocatedBytes();
        IkeMessage message = MessageDecoder.decode(deletes);
        long cost = threads.getCurrentThreadAllocatedBytes() - before;
        assertThat(message.only(Payload.Delete.class).spis()).hasSize(16_000);
        assertThat(cost).isLessThan(32L * deletes.length);
    }

    @Test
    void namesForPeople() {
        assertThat(NotifyType.INVALID_KE_PAYLOAD).hasToString("INVALID_KE_PAYLOAD");
        assertThat(new NotifyType(9000)).hasToString("ERROR_9000");
        assertThat(new NotifyType(40960)).hasToString("STATUS_40960");
        assertThat(Transform.of(6, 36)).hasToString("ADDKE1_ML-KEM-768");
        assertThat(new Payload.Identification(true, IdType.FQDN, Bytes.ofText("a\nb")).text())
                .isEqualTo("fqdn:a?b");
        assertThat(new Payload.Identification(true, IdType.IPV6_ADDR, Bytes.ofHex("0a")).text())
                .isEqualTo("ip:0a");
    }

    @Test
    void onlyOneMeansOne() {
        IkeMessage none = new IkeMessage(IkeHeader.request(1, 0, ExchangeType.IKE_SA_INIT, true, 0), List.of());
        assertThatExceptionOfType(IkeProtocolException.class)
                .isThrownBy(() -> none.only(Payload.Nonce.class))
                .withMessage("INVALID_SYNTAX: IKE_SA_INIT request 0 carries 0 payloads Nonce, not one");
    }

    private static byte[] octets(String header, String payloads) {
        return Bytes.ofHex((header + payloads).replace(" ", "")).toArray();
    }

    private static byte[] octets(String header) {
        return octets(header, "");
    }

    /** Puts a header with the right length before a chain of payloads. */
    private static byte[] chain(String firstType, String payloads) {
        byte[] body = octets(payloads);
        String length = String.format("%08x", IkeHeader.LENGTH + body.length);
        return octets(SPIS + firstType + "20 25 08 00000000" + length, payloads);
    }

    private static IkeMessage decoded(byte[] octets) {
        try {
            return MessageDecoder.decode(octets);
        } catch (IkeProtocolException e) {
            throw new AssertionError(e);
        }
    }

    private static IkeProtocolException refused(byte[] octets) {
        try {
            throw new AssertionError("was read: " + MessageDecoder.decode(octets));
        } catch (IkeProtocolException e) {
            return e;
        }
    }

    private static void refusedSyntax(byte[] octets, String why) {
        IkeProtocolException e = refused(octets);
        assertThat(e.type()).isEqualTo(NotifyType.INVALID_SYNTAX);
        assertThat(e).hasMessageContaining(why);
    }

    private static void refusedSyntax(byte[] octets, int spi, String why) {
        for (int i = 0; i < Long.BYTES; i++) {
            octets[i] = (byte) spi;
        }
        refusedSyntax(octets, why);
    }
}
