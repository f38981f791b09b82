package org.sallyport.crypto.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.sallyport.crypto.TransformId;
import org.sallyport.crypto.UnavailableTransformException;

class RegistryComponentTest {
    private static final TransformId X25519 = TransformId.keyExchange(TransformId.KE_X25519);

    @Test
    void followsProvidersThatComeAndGo() throws Exception {
        RegistryComponent registry = new RegistryComponent();
        JdkProvider jdk = new JdkProvider();
        BouncyCastleProvider bouncyCastle = new BouncyCastleProvider();
        assertThat(registry.supports(X25519)).isFalse();

        registry.addProvider(jdk);
        registry.addProvider(bouncyCastle);
        assertThat(registry.providerOf(X25519)).isEqualTo("bouncycastle");
        assertThat(registry.aead(TransformId.ENCR_AES_GCM_16, 128).keyMaterialLength())
                .isEqualTo(20);

        registry.removeProvider(bouncyCastle);
        assertThat(registry.providerOf(X25519)).isEqualTo("jdk");

        registry.removeProvider(jdk);
        assertThatThrownBy(() -> registry.keyExchange(TransformId.KE_X25519))
                .isInstanceOf(UnavailableTransformException.class);
        assertThat(registry.available()).isEmpty();
    }
}
