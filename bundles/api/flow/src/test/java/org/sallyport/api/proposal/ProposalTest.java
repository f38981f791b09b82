package org.sallyport.api.proposal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProposalTest {
    @Test
    void readsTheFormThatAdministratorsWrite() {
        Proposal proposal = Proposal.parse("aes256gcm16-aes128gcm16-prfsha384-ecp384");
        assertThat(proposal.of(TransformType.ENCRYPTION))
                .containsExactly(
                        new Transform(TransformType.ENCRYPTION, 20, 256),
                        new Transform(TransformType.ENCRYPTION, 20, 128));
        assertThat(proposal.of(TransformType.KEY_EXCHANGE))
                .containsExactly(new Transform(TransformType.KEY_EXCHANGE, 20, 0));
        assertThat(proposal).hasToString("aes256gcm16-aes128gcm16-prfsha384-ecp384");
    }

    @Test
    void tellsWhichPartIsUnknownAndWhatIsKnown() {
        assertThatThrownBy(() -> Proposal.parse("aes256gcm16-modp1024"))
                .hasMessageContaining("\"modp1024\"")
                .hasMessageContaining("x25519");
    }

    @Test
    void namesWhatItDoesNotKnowByNumber() {
        assertThat(new Transform(TransformType.ENCRYPTION, 3, 0)).hasToString("encryption#3");
    }

    @ParameterizedTest
    @CsvSource({
        "aes256gcm16-prfsha384-ecp384, aes256gcm16-prfsha384-ecp384",
        "aes256-sha256-modp2048, aes256-sha256-modp2048-prfsha256",
        "aes128-sha256-sha512-prfaesxcbc-x448, aes128-sha256-sha512-prfaesxcbc-x448",
        "aes128-aesxcbc-aescmac-ecp512bp, aes128-aesxcbc-aescmac-ecp512bp-prfaesxcbc-prfaescmac",
        "aes256gcm16-sha384-curve25519, aes256gcm16-x25519-prfsha384",
        "aes128ccm64-prfsha256-modp4096, aes128ccm8-prfsha256-modp4096",
        "encryption#1024/256-prfsha256-key_exchange#65000, encryption#1024/256-prfsha256-key_exchange#65000",
    })
    void readsProposalsForAnIkeSaAsStrongSwanDoes(String text, String read) {
        assertThat(Proposal.ike(text)).hasToString(read);
    }

    @ParameterizedTest
    @CsvSource({
        "aes256gcm16-esn, aes256gcm16-esn",
        "chacha20poly1305-x25519-noesn, chacha20poly1305-x25519-noesn",
        "aes128-aes256-sha2_256-modp3072, aes128-aes256-sha256-modp3072",
        "null-sha256, null-sha256",
        "aes128gmac-aes256gmac-esn, aes128gmac-aes256gmac-esn",
    })
    void readsProposalsForAChildSa(String text, String read) {
        assertThat(Proposal.esp(text)).hasToString(read);
    }

    @ParameterizedTest
    @CsvSource({
        "sha256-sha512-esn-noesn, sha256-sha512-esn-noesn",
        "aes256gmac-aescmac, aes256gmac-aescmac",
        "aes128gmac-x25519-esn, aes128gmac-x25519-esn",
    })
    void readsProposalsForAh(String text, String read) {
        assertThat(Proposal.ah(text)).hasToString(read);
    }

    @Test
    void givesAhNoEncryption() {
        assertThatThrownBy(() -> Proposal.ah("aes256-sha256"))
                .hasMessage("\"aes256-sha256\" has aes256, which encrypts, and AH does not; leave it out, or use"
                        + " ipsec-protocol = esp");
        assertThatThrownBy(() -> Proposal.ah("esn")).hasMessageContaining("has no integrity algorithm");
        assertThatThrownBy(() -> Proposal.ah("sha256-prfsha256")).hasMessageContaining("has a PRF");
    }

    @Test
    void numbersGmacAsIanaDoes() {
        assertThat(Proposal.ah("aes128gmac-aes192gmac-aes256gmac").transforms())
                .containsExactly(
                        new Transform(TransformType.INTEGRITY, 9, 0),
                        new Transform(TransformType.INTEGRITY, 10, 0),
                        new Transform(TransformType.INTEGRITY, 11, 0));
        assertThat(Proposal.esp("aes128gmac").transforms())
                .containsExactly(new Transform(TransformType.ENCRYPTION, 21, 128));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            modp1536          | is too small a group (RFC 8247 section 2.4: MUST NOT and SHOULD NOT); accepted in its place: x25519, x448, ecp256
            modp2048s256      | has small subgroups
            3des              | is too weak (RFC 8221 section 5: SHOULD NOT); accepted in its place: aes128gcm16
            des               | is broken, and RFC 8221 and 8247 forbid it
            md5               | accepted in its place: sha256, sha384, sha512, aescmac, aesxcbc
            sha1              | is on its way out
            sha               | is on its way out
            prfsha1           | accepted in its place: prfsha256
            aes256gcm12       | has an integrity check value below 16 octets
            ke1_mlkem768      | is an additional key exchange (RFC 9370), which this release does not perform
            encryption#3      | is not a known algorithm
            AES256            | is not a known algorithm; known are aes128gcm16
            ``                | is not a known algorithm
            """)
    void tellsWhyANameIsRefused(String name, String why) {
        assertThatThrownBy(() -> Proposal.parse("aes128-" + name))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("\"" + name + "\" in proposal \"aes128-" + name + "\" ")
                .hasMessageContaining(why);
    }
}
