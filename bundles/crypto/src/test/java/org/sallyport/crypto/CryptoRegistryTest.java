package org.sallyport.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.SecureRandom;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.sallyport.api.secret.SecretBytes;
import org.sallyport.crypto.internal.BouncyCastleProvider;
import org.sallyport.crypto.internal.JdkProvider;

class CryptoRegistryTest {
    /** What a test, or a vendor, may bring: a key exchange of its own in the private range. */
    private record Toy(int id) implements KeyExchange {
        @Override
        public TransformId transform() {
            return TransformId.keyExchange(id);
        }

        @Override
        public KeyPair generate(SecureRandom random) {
            byte own = (byte) random.nextInt();
            return new KeyPair() {
                @Override
                public byte[] publicValue() {
                    return new byte[] {own};
                }

                @Override
                public SecretBytes agree(byte[] peerPublic) throws InvalidPublicValueException {
                    if (peerPublic.length != 1) {
                        throw new InvalidPublicValueException("a toy takes one octet");
                    }
                    return SecretBytes.owning(new byte[] {(byte) (own + peerPublic[0])});
                }

                @Override
                public void close() {}
            };
        }
    }

    private record Provider(String name, List<Offer> offers) implements CryptoProvider {
        static Provider of(String name, Transform transform, long cost) {
            return new Provider(name, List.of(new Offer(transform, cost)));
        }
    }

    @Test
    void theCheapestOfferIsChosen() throws Exception {
        CryptoRegistry registry = CryptoRegistry.of(StandardProviders.all());
        assertThat(registry.providerOf(TransformId.keyExchange(TransformId.KE_X25519)))
                .isIn("libcrypto", "bouncycastle"); // where OpenSSL is not installed
        assertThat(registry.providerOf(TransformId.keyExchange(TransformId.KE_ECP_256)))
                .isEqualTo("bouncycastle");
        assertThat(registry.providerOf(TransformId.keyExchange(TransformId.KE_ECP_384)))
                .isEqualTo("bouncycastle");
        assertThat(registry.providerOf(TransformId.encr(TransformId.ENCR_AES_GCM_16, 128)))
                .isIn("ipsec-mb", "libcrypto", "jdk"); // what is installed
        assertThat(registry.providerOf(TransformId.encr(TransformId.ENCR_AES_CBC, 128)))
                .isIn("libcrypto", "jdk");
        assertThat(registry.providerOf(TransformId.prf(TransformId.PRF_HMAC_SHA2_512)))
                .isEqualTo("jdk");
    }

    @Test
    void everyTransformThatIsShippedIsThere() {
        assertThat(CryptoRegistry.of(StandardProviders.all()).available().stream()
                        .map(TransformId::toString))
                .containsExactlyInAnyOrder(
                        "ENCR_NULL",
                        "ENCR_AES_CBC-128",
                        "ENCR_AES_CBC-192",
                        "ENCR_AES_CBC-256",
                        "ENCR_AES_CCM_8-128",
                        "ENCR_AES_CCM_8-192",
                        "ENCR_AES_CCM_8-256",
                        "ENCR_AES_CCM_16-128",
                        "ENCR_AES_CCM_16-192",
                        "ENCR_AES_CCM_16-256",
                        "ENCR_AES_GCM_16-128",
                        "ENCR_AES_GCM_16-192",
                        "ENCR_AES_GCM_16-256",
                        "ENCR_NULL_AUTH_AES_GMAC-128",
                        "ENCR_NULL_AUTH_AES_GMAC-192",
                        "ENCR_NULL_AUTH_AES_GMAC-256",
                        "ENCR_CHACHA20_POLY1305",
                        "AUTH_AES_XCBC_96",
                        "AUTH_AES_CMAC_96",
                        "AUTH_AES_128_GMAC",
                        "AUTH_AES_192_GMAC",
                        "AUTH_AES_256_GMAC",
                        "AUTH_HMAC_SHA2_256_128",
                        "AUTH_HMAC_SHA2_384_192",
                        "AUTH_HMAC_SHA2_512_256",
                        "PRF_AES128_XCBC",
                        "PRF_AES128_CMAC",
                        "PRF_HMAC_SHA2_256",
                        "PRF_HMAC_SHA2_384",
                        "PRF_HMAC_SHA2_512",
                        "MODP-2048",
                        "MODP-3072",
                        "MODP-4096",
                        "ECP-256",
                        "ECP-384",
                        "ECP-521",
                        "BRAINPOOL-256",
                        "BRAINPOOL-384",
                        "BRAINPOOL-512",
                        "x25519",
                        "x448");
    }

    @Test
    void rankingIsByCostAndNotByOrder() throws Exception {
        CryptoProvider slow = Provider.of("slow", new Toy(1024), 10);
        CryptoProvider fast = Provider.of("fast", new Toy(1024), 9);
        assertThat(CryptoRegistry.of(List.of(slow, fast)).providerOf(TransformId.keyExchange(1024)))
                .isEqualTo("fast");
        assertThat(CryptoRegistry.of(List.of(fast, slow)).providerOf(TransformId.keyExchange(1024)))
                .isEqualTo("fast");
    }

    @Test
    void aKeyExchangeOfOnesOwnIsServed() throws Exception {
        CryptoRegistry registry = CryptoRegistry.of(List.of(Provider.of("toy", new Toy(65000), 1)));
        SecureRandom random = new SecureRandom();
        KeyExchange toy = registry.keyExchange(65000);
        try (KeyExchange.KeyPair pair = toy.generate(random);
                KeyExchange.Response response = toy.respond(pair.publicValue(), random);
                SecretBytes agreed = pair.agree(response.publicValue())) {
            assertThat(response.sharedSecret().constantTimeEquals(agreed.<byte[]>use(byte[]::clone)))
                    .isTrue();
        }
        assertThat(registry.available()).containsExactly(TransformId.keyExchange(65000));
    }

    @Test
    void whatNobodyBringsIsNamedTogetherWithWhoWould() {
        CryptoRegistry none = CryptoRegistry.of(List.of());
        assertThatThrownBy(() -> none.aead(TransformId.ENCR_AES_GCM_16, 256))
                .isInstanceOf(UnavailableTransformException.class)
                .hasMessageContaining("ENCR_AES_GCM_16-256")
                .hasMessageContaining("provider jdk brings it");
        assertThatThrownBy(() -> none.keyExchange(TransformId.KE_X25519))
                .hasMessageContaining("x25519 (transform type 4, id 31)")
                .hasMessageContaining("bouncycastle");
        CryptoRegistry standard = CryptoRegistry.of(StandardProviders.all());
        assertThatThrownBy(() -> standard.keyExchange(36))
                .hasMessageContaining("ML-KEM-768")
                .hasMessageContaining("install a bundle that registers a CryptoProvider");
        assertThatThrownBy(() -> standard.aead(TransformId.ENCR_AES_GCM_16, 512))
                .hasMessageContaining("its key length is 128, 192 or 256 bits");
        assertThatThrownBy(() -> standard.prf(2))
                .hasMessageContaining("PRF_HMAC_SHA1")
                .hasMessageContaining("SHA-1 is on its way out");
        assertThatThrownBy(() -> standard.keyExchange(2)).hasMessageContaining("too weak (RFC 8247)");
        assertThatThrownBy(() -> none.keyExchange(TransformId.KE_BRAINPOOL_256))
                .hasMessageContaining("provider bouncycastle brings it");
        assertThatThrownBy(() -> none.integrity(TransformId.AUTH_HMAC_SHA2_256_128))
                .hasMessageContaining("AUTH_HMAC_SHA2_256_128")
                .hasMessageContaining("provider jdk brings it");
    }

    @Test
    void eachProviderStandsAlone() throws Exception {
        CryptoRegistry bouncyCastle = CryptoRegistry.of(List.of(new BouncyCastleProvider()));
        assertThatThrownBy(() -> bouncyCastle.prf(TransformId.PRF_HMAC_SHA2_256))
                .isInstanceOf(UnavailableTransformException.class);
        CryptoRegistry jdk = CryptoRegistry.of(List.of(new JdkProvider()));
        assertThat(jdk.providerOf(TransformId.keyExchange(TransformId.KE_X25519)))
                .isEqualTo("jdk");
    }

    @Test
    void somethingOfTheWrongKindIsNamed() {
        Transform odd = () -> TransformId.prf(TransformId.PRF_HMAC_SHA2_256);
        CryptoRegistry registry = CryptoRegistry.of(List.of(Provider.of("odd", odd, 1)));
        assertThatThrownBy(() -> registry.prf(TransformId.PRF_HMAC_SHA2_256))
                .hasMessageContaining("provider odd")
                .hasMessageContaining("no Prf");
    }
}
