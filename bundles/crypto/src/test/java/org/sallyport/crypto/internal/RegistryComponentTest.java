package org.sallyport.crypto.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.sallyport.api.secret.SecretBytes;
import org.sallyport.crypto.CryptoProvider;
import org.sallyport.crypto.InvalidPublicValueException;
import org.sallyport.crypto.KeyExchange;
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

    @Test
    void leavesOutWhatTheAdministratorDoesNotWant() throws Exception {
        RegistryComponent registry = new RegistryComponent();
        registry.addProvider(new JdkProvider());
        registry.leaveOut(" bouncycastle, nobody ");
        registry.addProvider(new BouncyCastleProvider());
        assertThat(registry.providerOf(X25519)).isEqualTo("jdk");
        assertThat(registry.supports(TransformId.keyExchange(TransformId.KE_MODP_2048)))
                .isFalse();

        registry.leaveOut("");
        assertThat(registry.providerOf(X25519)).isEqualTo("bouncycastle");
        registry.leaveOut("jdk");
        assertThat(registry.supports(TransformId.encr(TransformId.ENCR_AES_GCM_16, 256)))
                .isFalse();
    }

    // ---- providers of others ----

    private static final int ACME = 65000;

    private interface Making {
        KeyExchange.KeyPair generate();
    }

    private static CryptoProvider acme(Making making) {
        KeyExchange method = new KeyExchange() {
            @Override
            public TransformId transform() {
                return TransformId.keyExchange(ACME);
            }

            @Override
            public KeyPair generate(SecureRandom random) {
                return making.generate();
            }
        };
        return provider(() -> List.of(new CryptoProvider.Offer(method, 1)));
    }

    private static CryptoProvider provider(Supplier<List<CryptoProvider.Offer>> offers) {
        return new CryptoProvider() {
            @Override
            public String name() {
                return "acme";
            }

            @Override
            public List<Offer> offers() {
                return offers.get();
            }
        };
    }

    @SuppressWarnings("ArrayRecordComponent")
    private record Pair(byte[] publicValue, Supplier<SecretBytes> secret) implements KeyExchange.KeyPair {
        @Override
        public SecretBytes agree(byte[] peerPublic) throws InvalidPublicValueException {
            if (peerPublic.length == 0) {
                throw new InvalidPublicValueException("it is empty");
            }
            return secret.get();
        }

        @Override
        public void close() {}
    }

    private static KeyExchange taken(Making making) throws UnavailableTransformException {
        RegistryComponent registry = new RegistryComponent();
        registry.addProvider(new JdkProvider());
        registry.addProvider(acme(making));
        return registry.keyExchange(ACME);
    }

    private static SecretBytes secret(int length) {
        return SecretBytes.owning(new byte[length]);
    }

    @Test
    void aKeyExchangeOfOthersServesUntilItsProviderGoes() throws Exception {
        RegistryComponent registry = new RegistryComponent();
        CryptoProvider provider = acme(() -> new Pair(new byte[] {1}, () -> secret(32)));
        registry.addProvider(provider);
        try (KeyExchange.KeyPair pair = registry.keyExchange(ACME).generate(new SecureRandom());
                SecretBytes agreed = pair.agree(new byte[] {2})) {
            assertThat(pair.publicValue()).containsExactly(1);
            assertThat(agreed.length()).isEqualTo(32);
            assertThatThrownBy(() -> pair.agree(new byte[0])).isInstanceOf(InvalidPublicValueException.class);
        }
        registry.removeProvider(provider);
        assertThatThrownBy(() -> registry.keyExchange(ACME))
                .isInstanceOf(UnavailableTransformException.class)
                .hasMessageContaining("install a bundle");
    }

    @Test
    void aKeyExchangeThatThrowsOrAnswersNonsenseIsNamed() throws Exception {
        SecureRandom random = new SecureRandom();
        assertThatThrownBy(() -> taken(() -> {
                            throw new NoClassDefFoundError("com/acme/Token");
                        })
                        .generate(random))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("acme")
                .hasMessageContaining("com/acme/Token");
        assertThatThrownBy(() ->
                        taken(() -> new Pair(new byte[0], () -> secret(32))).generate(random))
                .hasMessageContaining("a public value of 0 octets");
        try (KeyExchange.KeyPair empty =
                taken(() -> new Pair(new byte[1], () -> secret(0))).generate(random)) {
            assertThatThrownBy(() -> empty.agree(new byte[1])).hasMessageContaining("empty secret");
        }
    }

    @Test
    void aKeyExchangeThatComputesForEverIsGivenUp() throws Exception {
        AtomicBoolean over = new AtomicBoolean();
        KeyExchange endless = taken(() -> {
            while (!over.get()) {
                Thread.onSpinWait();
            }
            return new Pair(new byte[1], () -> secret(32));
        });
        try {
            assertThatThrownBy(() -> endless.generate(new SecureRandom())).hasMessageContaining("did not answer");
        } finally {
            over.set(true);
        }
    }

    @Test
    void aProviderThatCannotSayWhatItBringsIsNotTaken() throws Exception {
        RegistryComponent registry = new RegistryComponent();
        registry.addProvider(new JdkProvider());
        CryptoProvider broken = provider(() -> {
            throw new IllegalStateException("not configured");
        });
        registry.addProvider(broken);
        assertThat(registry.providerOf(X25519)).isEqualTo("jdk");
        registry.removeProvider(broken);
        assertThat(registry.providerOf(X25519)).isEqualTo("jdk");
    }
}
