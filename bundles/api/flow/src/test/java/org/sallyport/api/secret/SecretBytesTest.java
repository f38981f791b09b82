package org.sallyport.api.secret;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class SecretBytesTest {
    @Test
    void wipesItsBytesAndRefusesFurtherUse() {
        byte[] key = {1, 2, 3};
        SecretBytes secret = SecretBytes.owning(key);
        secret.close();
        assertThat(key).containsOnly(0);
        assertThatThrownBy(() -> secret.use(b -> b.length)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void neverShowsItself() {
        assertThat(SecretBytes.copyOf(new byte[] {65, 66})).hasToString("SecretBytes(2 octets)");
    }

    @Test
    void aSliceLivesOnWhenTheWholeIsWiped() {
        SecretBytes whole = SecretBytes.copyOf(new byte[] {1, 2, 3, 4});
        SecretBytes slice = whole.slice(1, 3);
        whole.close();
        assertThat(slice.constantTimeEquals(new byte[] {2, 3})).isTrue();
        assertThat(slice.constantTimeEquals(new byte[] {2, 4})).isFalse();
    }
}
