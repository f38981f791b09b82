package org.sallyport.ike.internal.keys;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.sallyport.api.secret.SecretBytes;
import org.sallyport.ike.internal.message.Bytes;
import org.sallyport.ike.internal.message.ExchangeType;
import org.sallyport.ike.internal.message.IkeHeader;
import org.sallyport.ike.internal.message.IkeMessage;
import org.sallyport.ike.internal.message.NotifyType;
import org.sallyport.ike.internal.message.Payload;

/** From what strongSwan sent and what its key exchanges yielded follow the keys that strongSwan logged. */
class RecordedKeysTest {
    private static final HexFormat HEX = HexFormat.of();

    @ParameterizedTest
    @MethodSource("org.sallyport.ike.internal.keys.Recording#all")
    void keysOfTheFirstIkeSa(Recording recording) throws Exception {
        List<IkeMessage> messages = recording.messages();
        IkeHeader header = messages.get(1).header();
        Bytes ni = nonce(messages.get(0));
        Bytes nr = nonce(messages.get(1));
        try (SecretBytes shared = recording.secret("ike.0.shared");
                SecretBytes skeyseed = KeySchedule.skeyseed(recording.prf(), ni, nr, shared);
                IkeKeys keys = KeySchedule.ikeKeys(
                        recording.prf(),
                        recording.ikeProtection(),
                        skeyseed,
                        ni,
                        nr,
                        header.initiatorSpi(),
                        header.responderSpi())) {
            assertThat(hex(skeyseed)).isEqualTo(recording.text("ike.0.skeyseed"));
            assertKeys(keys, recording, 0);
        }
    }

    @ParameterizedTest
    @MethodSource("org.sallyport.ike.internal.keys.Recording#all")
    void keysOfTheRekeyedIkeSa(Recording recording) throws Exception {
        List<IkeMessage> exchange = recording.messages().stream()
                .filter(m -> m.header().exchangeType().equals(ExchangeType.CREATE_CHILD_SA))
                .filter(m -> m.first(Payload.TrafficSelectors.class).isEmpty())
                .toList();
        Bytes ni = nonce(exchange.get(0));
        Bytes nr = nonce(exchange.get(1));
        try (SecretBytes oldSkD = recording.secret("ike.0.sk_d");
                SecretBytes shared = recording.secret("ike.1.shared");
                SecretBytes skeyseed = KeySchedule.rekeyedSkeyseed(recording.prf(), oldSkD, shared, ni, nr);
                IkeKeys keys = KeySchedule.ikeKeys(
                        recording.prf(),
                        recording.ikeProtection(),
                        skeyseed,
                        ni,
                        nr,
                        newSpi(exchange.get(0)),
                        newSpi(exchange.get(1)))) {
            assertThat(hex(skeyseed)).isEqualTo(recording.text("ike.1.skeyseed"));
            assertKeys(keys, recording, 1);
        }
    }

    @ParameterizedTest
    @MethodSource("org.sallyport.ike.internal.keys.Recording#all")
    void keysOfTheFirstChildSa(Recording recording) throws Exception {
        List<IkeMessage> messages = recording.messages();
        try (SecretBytes skD = recording.secret("ike.0.sk_d");
                ChildKeys keys = KeySchedule.childKeys(
                        recording.prf(),
                        KeyLengths.of(recording.childProtection()),
                        skD,
                        Optional.empty(),
                        nonce(messages.get(0)),
                        nonce(messages.get(1)))) {
            assertKeys(keys, recording, 0);
        }
    }

    @ParameterizedTest
    @MethodSource("org.sallyport.ike.internal.keys.Recording#withSharedKey")
    void keysOfAChildSaWithAKeyExchangeOfItsOwn(Recording recording) throws Exception {
        List<IkeMessage> exchange = childRekeying(recording);
        try (SecretBytes skD = recording.secret("ike.0.sk_d");
                SecretBytes shared = recording.secret("child.1.shared");
                ChildKeys keys = KeySchedule.childKeys(
                        recording.prf(),
                        KeyLengths.of(recording.childProtection()),
                        skD,
                        Optional.of(shared),
                        nonce(exchange.get(0)),
                        nonce(exchange.get(1)))) {
            assertKeys(keys, recording, 1);
        }
    }

    @Test
    void keysOfARekeyedChildSaWithoutOne() throws Exception {
        List<IkeMessage> exchange = childRekeying(Recording.EAP);
        try (SecretBytes skD = Recording.EAP.secret("ike.0.sk_d");
                ChildKeys keys = KeySchedule.childKeys(
                        Recording.EAP.prf(),
                        KeyLengths.of(Recording.EAP.childProtection()),
                        skD,
                        Optional.empty(),
                        nonce(exchange.get(0)),
                        nonce(exchange.get(1)))) {
            assertKeys(keys, Recording.EAP, 1);
        }
    }

    @ParameterizedTest
    @MethodSource("org.sallyport.ike.internal.keys.Recording#withSharedKey")
    void bothSidesProveTheSharedKey(Recording recording) throws Exception {
        List<IkeMessage> messages = recording.messages();
        for (int side = 0; side < 2; side++) {
            boolean initiator = side == 0;
            byte[] first = recording.datagrams().get(side).octets();
            Bytes peerNonce = nonce(messages.get(1 - side));
            Payload.Identification id = messages.get(2 + side)
                    .all(Payload.Identification.class)
                    .filter(i -> i.ofInitiator() == initiator)
                    .findFirst()
                    .orElseThrow();
            try (SecretBytes skP = recording.secret(initiator ? "ike.0.sk_pi" : "ike.0.sk_pr");
                    SecretBytes secret = recording.secret("auth." + side + ".secret");
                    SecretBytes wrong = SecretBytes.owning(new byte[] {1})) {
                byte[] octets = AuthOctets.signed(recording.prf(), first, peerNonce, skP, id);
                assertThat(HEX.formatHex(octets)).isEqualTo(recording.text("auth." + side + ".octets"));
                Bytes sent = messages.get(2 + side)
                        .only(Payload.Authentication.class)
                        .data();
                assertThat(sent.hex()).isEqualTo(recording.text("auth." + side + ".data"));
                assertThat(AuthOctets.sharedKey(recording.prf(), secret, octets))
                        .isEqualTo(sent);
                assertThat(AuthOctets.verifySharedKey(recording.prf(), secret, octets, sent))
                        .isTrue();
                assertThat(AuthOctets.verifySharedKey(recording.prf(), wrong, octets, sent))
                        .isFalse();
                octets[0] ^= 1;
                assertThat(AuthOctets.verifySharedKey(recording.prf(), secret, octets, sent))
                        .isFalse();
            }
        }
    }

    /** The peers force encapsulation, and so the initiator's source hash is wrong on purpose; the others are true. */
    @ParameterizedTest
    @MethodSource("org.sallyport.ike.internal.keys.Recording#all")
    void natDetectionHashesAreThoseOfTheAddresses(Recording recording) throws Exception {
        for (int i = 0; i < 2; i++) {
            Recording.Datagram datagram = recording.datagrams().get(i);
            IkeMessage message = recording.messages().get(i);
            IkeHeader header = message.header();
            Bytes expected = NatDetection.hash(
                    header.initiatorSpi(),
                    header.responderSpi(),
                    datagram.to().getAddress(),
                    datagram.to().getPort());
            assertThat(message.notify(NotifyType.NAT_DETECTION_DESTINATION_IP)
                            .orElseThrow()
                            .data())
                    .isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @MethodSource("org.sallyport.ike.internal.keys.Recording#all")
    void sealedAgainUnderTheSameIvTheyAreTheSameOctets(Recording recording) throws Exception {
        List<Recording.Datagram> datagrams = recording.datagrams();
        List<IkeMessage> messages = recording.messages();
        for (int i = 2; i < messages.size(); i++) {
            IkeMessage message = messages.get(i);
            byte[] octets = datagrams.get(i).octets();
            try (SecretBytes key = recording.encryptionKey(message.header())) {
                byte[] again = new SkCipher(recording.ikeProtection())
                        .seal(
                                Recording.withoutIntegrity(key),
                                counterBefore(octets),
                                message.header(),
                                message.payloads());
                assertThat(HEX.formatHex(again)).as(message.toString()).isEqualTo(HEX.formatHex(octets));
            }
        }
    }

    private static IvCounter counterBefore(byte[] octets) {
        long iv = Long.parseUnsignedLong(HEX.formatHex(octets, 32, 40), 16);
        return IvCounter.resume((int) (iv >>> 48), (iv & 0xffffffffffffL) - 1);
    }

    private static List<IkeMessage> childRekeying(Recording recording) throws Exception {
        return recording.messages().stream()
                .filter(m -> m.header().exchangeType().equals(ExchangeType.CREATE_CHILD_SA))
                .filter(m -> m.first(Payload.TrafficSelectors.class).isPresent())
                .toList();
    }

    private static long newSpi(IkeMessage message) throws Exception {
        return Long.parseUnsignedLong(
                message.only(Payload.SecurityAssociation.class)
                        .proposals()
                        .getFirst()
                        .spi()
                        .hex(),
                16);
    }

    private static Bytes nonce(IkeMessage message) throws Exception {
        return message.only(Payload.Nonce.class).value();
    }

    private static void assertKeys(IkeKeys keys, Recording recording, int ikeSa) {
        String prefix = "ike." + ikeSa + ".";
        assertThat(hex(keys.skD())).isEqualTo(recording.text(prefix + "sk_d"));
        assertThat(hex(keys.skEi())).isEqualTo(recording.text(prefix + "sk_ei"));
        assertThat(hex(keys.skEr())).isEqualTo(recording.text(prefix + "sk_er"));
        assertThat(hex(keys.skPi())).isEqualTo(recording.text(prefix + "sk_pi"));
        assertThat(hex(keys.skPr())).isEqualTo(recording.text(prefix + "sk_pr"));
        assertThat(keys.toString()).doesNotContain(recording.text(prefix + "sk_d"));
    }

    private static void assertKeys(ChildKeys keys, Recording recording, int child) {
        assertThat(hex(keys.initiatorToResponder())).isEqualTo(recording.text("child." + child + ".initiator"));
        assertThat(hex(keys.responderToInitiator())).isEqualTo(recording.text("child." + child + ".responder"));
    }

    private static String hex(SecretBytes secret) {
        return secret.use(HEX::formatHex);
    }
}
