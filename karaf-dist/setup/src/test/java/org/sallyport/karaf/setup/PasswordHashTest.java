package org.sallyport.karaf.setup;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PasswordHashTest {
    private final SecureRandom random = new SecureRandom();

    @Test
    void theRightPasswordMatchesAndNoOther() {
        String hash = PasswordHash.of("sesame".toCharArray(), random);
        assertThat(PasswordHash.matches("sesame".toCharArray(), hash)).isTrue();
        assertThat(PasswordHash.matches("Sesame".toCharArray(), hash)).isFalse();
        assertThat(PasswordHash.matches(new char[0], hash)).isFalse();
        assertThat(PasswordHash.matches(hash.toCharArray(), hash)).isFalse();
    }

    @Test
    void twoUsersWithOnePasswordHaveTwoHashes() {
        assertThat(PasswordHash.of("sesame".toCharArray(), random))
                .isNotEqualTo(PasswordHash.of("sesame".toCharArray(), random));
    }

    @Test
    void agreesWithAnotherImplementation() {
        // hashlib.pbkdf2_hmac('sha512', b'password', b'0123456789abcdef', 1000, 32) in Python
        String known = "pbkdf2-sha512$1000$MDEyMzQ1Njc4OWFiY2RlZg$38DzhdBT7fPaUGBlsh42VTuuKSFAIYGZJ7l6feCDLIk";
        assertThat(PasswordHash.matches("password".toCharArray(), known)).isTrue();
    }

    @Test
    void nobodysHashMatchesNothing() {
        assertThat(PasswordHash.matches(new char[0], PasswordHash.ofNobody())).isFalse();
        assertThat(PasswordHash.matches("sesame".toCharArray(), PasswordHash.ofNobody()))
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "sesame",
                "pbkdf2-sha512$0$AAAA$AAAA",
                "pbkdf2-sha512$-1$AAAA$AAAA",
                "pbkdf2-sha512$2000000000$AAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
                "pbkdf2-sha512$x$AAAA$AAAA",
                "pbkdf2-sha512$1000$*$*",
                "md5$1000$AAAA$AAAA"
            })
    void whatIsNoHashMatchesNothing(String stored) {
        assertThat(PasswordHash.matches("sesame".toCharArray(), stored)).isFalse();
    }
}
