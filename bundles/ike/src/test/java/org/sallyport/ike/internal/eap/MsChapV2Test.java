package org.sallyport.ike.internal.eap;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.sallyport.api.secret.SecretBytes;

/** The numbers of RFC 2759 section 9.2 and RFC 3079 section 3.5.3. */
class MsChapV2Test {
    private static final String USER = "User";
    private static final byte[] SERVER_CHALLENGE = hex("5B5D7C7D7B3F2F3E3C2C602132262628");
    private static final byte[] PEER_CHALLENGE = hex("21402324255E262A28295F2B3A337C7E");
    private static final String RESPONSE = "82309ecd8d708b5ea08faa3981cd83544233114a3d85d6df";

    private static byte[] hex(String digits) {
        return HexFormat.of().parseHex(digits);
    }

    private static SecretBytes hash() {
        try (SecretBytes password = SecretBytes.owning("clientPass".getBytes(StandardCharsets.UTF_8))) {
            return MsChapV2.passwordHash(password);
        }
    }

    @Test
    void thePasswordHash() {
        try (SecretBytes hash = hash()) {
            assertThat(hash.<byte[]>use(byte[]::clone)).isEqualTo(hex("44ebba8d5312b8d611474411f56989ae"));
        }
    }

    @Test
    void theResponse() {
        try (SecretBytes hash = hash()) {
            assertThat(MsChapV2.response(SERVER_CHALLENGE, PEER_CHALLENGE, USER, hash))
                    .isEqualTo(hex(RESPONSE));
            assertThat(MsChapV2.response(SERVER_CHALLENGE, PEER_CHALLENGE, "DOMAIN\\User", hash))
                    .as("the domain does not count")
                    .isEqualTo(hex(RESPONSE));
        }
    }

    @Test
    void theAuthenticator() {
        try (SecretBytes hash = hash()) {
            assertThat(MsChapV2.authenticator(hash, hex(RESPONSE), PEER_CHALLENGE, SERVER_CHALLENGE, USER))
                    .isEqualTo("S=407A5589115FD0D6209F510FE9C04566932CDA56");
        }
    }

    @Test
    void theServersSendKey() {
        try (SecretBytes hash = hash();
                SecretBytes key = MsChapV2.key(hash, hex(RESPONSE))) {
            assertThat(key.length()).isEqualTo(64);
            assertThat(key.<byte[]>use(k -> Arrays.copyOfRange(k, 16, 32)))
                    .isEqualTo(hex("8b7cdc149b993a1ba118cb153f56dccb"));
        }
    }
}
