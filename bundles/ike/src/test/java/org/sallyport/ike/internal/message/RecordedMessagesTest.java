package org.sallyport.ike.internal.message;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.sallyport.ike.internal.keys.Recording;

/** Octets that strongSwan wrote are read as strongSwan reads them, and written again as they were. */
class RecordedMessagesTest {
    private static final Map<String, String> STRONGSWAN_NOTIFIES = Map.ofEntries(
            Map.entry("NATD_S_IP", "NAT_DETECTION_SOURCE_IP"),
            Map.entry("NATD_D_IP", "NAT_DETECTION_DESTINATION_IP"),
            Map.entry("FRAG_SUP", "IKEV2_FRAGMENTATION_SUPPORTED"),
            Map.entry("HASH_ALG", "SIGNATURE_HASH_ALGORITHMS"),
            Map.entry("REDIR_SUP", "REDIRECT_SUPPORTED"),
            Map.entry("CHDLESS_SUP", "CHILDLESS_IKEV2_SUPPORTED"),
            Map.entry("MULT_AUTH", "MULTIPLE_AUTH_SUPPORTED"),
            Map.entry("INIT_CONTACT", "INITIAL_CONTACT"),
            Map.entry("MOBIKE_SUP", "MOBIKE_SUPPORTED"),
            Map.entry("NO_ADD_ADDR", "NO_ADDITIONAL_ADDRESSES"),
            Map.entry("EAP_ONLY", "EAP_ONLY_AUTHENTICATION"),
            Map.entry("MSG_ID_SYN_SUP", "IKEV2_MESSAGE_ID_SYNC_SUPPORTED"),
            Map.entry("REKEY_SA", "REKEY_SA"));

    @ParameterizedTest
    @MethodSource("org.sallyport.ike.internal.keys.Recording#all")
    void payloadsAreTheOnesThatStrongSwanLists(Recording recording) throws Exception {
        List<Recording.Datagram> datagrams = recording.datagrams();
        List<IkeMessage> messages = recording.messages();
        assertThat(messages).hasSizeGreaterThanOrEqualTo(14);
        for (int i = 0; i < messages.size(); i++) {
            Recording.Datagram datagram = datagrams.get(i);
            String ours = messages.get(i).toString().replaceAll("D\\(\\w+\\)", "D");
            assertThat(ours).isEqualTo(datagram.summary() + " [" + inOurWords(datagram.payloads()) + "]");
        }
    }

    private static String inOurWords(String strongSwan) {
        String plain = strongSwan
                .replaceAll("\\bNo\\b", "Nonce")
                .replaceAll("\\bCPR[QP]\\([^)]*\\)", "CP")
                .replaceAll("EAP/\\S+", "EAP");
        return Arrays.stream(plain.split(" "))
                .map(word -> word.startsWith("N(") ? "N(" + notify(word.substring(2, word.length() - 1)) + ")" : word)
                .collect(Collectors.joining(" "));
    }

    private static String notify(String name) {
        assertThat(STRONGSWAN_NOTIFIES).containsKey(name);
        return STRONGSWAN_NOTIFIES.getOrDefault(name, name);
    }

    @ParameterizedTest
    @MethodSource("org.sallyport.ike.internal.keys.Recording#all")
    void writtenAgainTheyAreTheSameOctets(Recording recording) throws Exception {
        for (Recording.Datagram datagram : recording.datagrams()) {
            byte[] again = MessageEncoder.encode(MessageDecoder.decode(datagram.octets()));
            assertThat(HexFormat.of().formatHex(again))
                    .as(datagram.summary())
                    .isEqualTo(HexFormat.of().formatHex(datagram.octets()));
        }
    }

    @Test
    void proposals() throws Exception {
        List<IkeMessage> messages = Recording.ECP_384.messages();
        Payload.SecurityAssociation offered = messages.get(0).only(Payload.SecurityAssociation.class);
        assertThat(offered.proposals()).hasSize(1);
        assertThat(offered.proposals().getFirst()).hasToString("IKE:ENCR_AES_GCM_16-256/PRF_HMAC_SHA2_512/ECP-384");
        assertThat(offered.proposals().getFirst().spi().isEmpty()).isTrue();

        Proposal child = messages.get(2)
                .only(Payload.SecurityAssociation.class)
                .proposals()
                .getFirst();
        assertThat(child).hasToString("ESP:ENCR_AES_GCM_16-192/NO_ESN");
        assertThat(child.spi().hex()).isEqualTo(Recording.ECP_384.text("child.0.spi_in"));
        Proposal chosen = messages.get(3)
                .only(Payload.SecurityAssociation.class)
                .proposals()
                .getFirst();
        assertThat(chosen.spi().hex()).isEqualTo(Recording.ECP_384.text("child.0.spi_out"));
    }

    @Test
    void identitiesSelectorsAndDeletes() throws Exception {
        Recording recording = Recording.X25519;
        List<IkeMessage> messages = recording.messages();
        IkeMessage auth = messages.get(2);
        assertThat(auth.all(Payload.Identification.class).map(Payload.Identification::text))
                .containsExactly("fqdn:carol.sallyport.test", "fqdn:moon.sallyport.test");
        assertThat(auth.only(Payload.Authentication.class).method()).isEqualTo(AuthMethod.SHARED_KEY);
        assertThat(auth.all(Payload.TrafficSelectors.class).map(ts -> ts.payloadType() + " " + ts.selectors()))
                .containsExactly("TSi [10.1.0.0..10.1.0.255]", "TSr [10.2.0.0..10.2.0.255]");

        IkeMessage rekey = messages.get(6);
        Payload.Notify rekeyed = rekey.notify(NotifyType.REKEY_SA).orElseThrow();
        assertThat(rekeyed.protocol()).isEqualTo(ProtocolId.ESP);
        assertThat(rekeyed.spi().hex()).isEqualTo(recording.text("child.0.spi_in"));

        assertThat(messages.get(8).only(Payload.Delete.class))
                .isEqualTo(new Payload.Delete(ProtocolId.ESP, List.of(Bytes.ofHex(recording.text("child.0.spi_in")))));
        assertThat(messages.get(9).only(Payload.Delete.class))
                .isEqualTo(new Payload.Delete(ProtocolId.ESP, List.of(Bytes.ofHex(recording.text("child.0.spi_out")))));
        assertThat(messages.get(12).only(Payload.Delete.class)).isEqualTo(Payload.Delete.ikeSa());
        assertThat(messages.get(10)
                        .only(Payload.SecurityAssociation.class)
                        .proposals()
                        .getFirst()
                        .spi()
                        .length())
                .isEqualTo(8);
    }

    @Test
    void certificatesConfigurationAndEap() throws Exception {
        List<IkeMessage> messages = Recording.EAP.messages();
        assertThat(messages.get(1)
                        .only(Payload.CertificateRequest.class)
                        .authorities()
                        .length())
                .isEqualTo(2 * 20);
        Payload.Certificate certificate = messages.get(3).only(Payload.Certificate.class);
        assertThat(certificate.encoding()).isEqualTo(4);
        assertThat(certificate.data().text()).contains("moon.sallyport.test");
        assertThat(messages.get(3).only(Payload.Authentication.class).method()).isEqualTo(AuthMethod.DIGITAL_SIGNATURE);
        assertThat(messages.get(4).only(Payload.Eap.class).message().text()).endsWith("carol.sallyport.test");

        Payload.Configuration asked = messages.get(2).only(Payload.Configuration.class);
        assertThat(asked.configType()).isEqualTo(Payload.Configuration.REQUEST);
        assertThat(asked.attributes()).containsExactly(new ConfigurationAttribute(1, Bytes.EMPTY));
        Payload.Configuration given = messages.get(9).only(Payload.Configuration.class);
        assertThat(given.configType()).isEqualTo(Payload.Configuration.REPLY);
        assertThat(given.attributes())
                .containsExactly(
                        new ConfigurationAttribute(1, Bytes.ofHex("0a030001")),
                        new ConfigurationAttribute(3, Bytes.ofHex("0a020035")));
        assertThat(messages.get(9)
                        .all(Payload.TrafficSelectors.class)
                        .map(ts -> ts.payloadType() + " " + ts.selectors()))
                .containsExactly("TSi [10.3.0.1..10.3.0.1]", "TSr [10.2.0.0..10.2.0.255]");
    }
}
