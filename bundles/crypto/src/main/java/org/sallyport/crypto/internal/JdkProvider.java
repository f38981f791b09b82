package org.sallyport.crypto.internal;

import java.security.Provider;
import java.util.ArrayList;
import java.util.List;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.sallyport.crypto.CryptoProvider;
import org.sallyport.crypto.TransformId;

/**
 * What the JDK brings. AES, ChaCha20 and HMAC run on its intrinsics and have no rival in Java; its key exchanges are
 * sound and slow, and serve where Bouncy Castle is left out.
 */
@Component(service = CryptoProvider.class, immediate = true)
public final class JdkProvider implements CryptoProvider {
    private static final List<Integer> AES_KEY_BITS = List.of(128, 192, 256);

    private final List<Offer> offers;

    /** Takes the JDK's providers from the running VM. */
    @Activate
    public JdkProvider() {
        Provider jce = Jce.sunJce();
        Provider ec = Jce.sunEc();
        List<Offer> all = new ArrayList<>();
        addEncryption(all, jce);
        addIntegrity(all, jce);
        addPrfs(all, jce);
        all.add(new Offer(JdkXdh.x25519(ec), 279_000));
        all.add(new Offer(JdkXdh.x448(ec), 846_000));
        all.add(new Offer(new JdkEcp(ec, TransformId.KE_ECP_256, "secp256r1"), 725_000));
        all.add(new Offer(new JdkEcp(ec, TransformId.KE_ECP_384, "secp384r1"), 2_625_000));
        all.add(new Offer(new JdkEcp(ec, TransformId.KE_ECP_521, "secp521r1"), 4_016_000));
        offers = List.copyOf(all);
    }

    private static void addEncryption(List<Offer> all, Provider jce) {
        all.add(new Offer(JdkAead.aesGcm(jce, 128), 390));
        all.add(new Offer(JdkAead.aesGcm(jce, 192), 415));
        all.add(new Offer(JdkAead.aesGcm(jce, 256), 438));
        all.add(new Offer(JdkAead.chaCha20Poly1305(jce), 2_090));
        for (int bits : AES_KEY_BITS) {
            all.add(new Offer(new JdkAesCcm(jce, TransformId.ENCR_AES_CCM_16, bits, 16), 1_400));
            all.add(new Offer(new JdkAesCcm(jce, TransformId.ENCR_AES_CCM_8, bits, 8), 1_400));
            all.add(new Offer(new JdkAesCbc(jce, bits), 900));
            all.add(new Offer(new JdkGmac(jce, bits), 420));
        }
        all.add(new Offer(new NullEncryption(), 1));
    }

    private static void addIntegrity(List<Offer> all, Provider jce) {
        all.add(new Offer(new JdkHmacIntegrity(jce, TransformId.AUTH_HMAC_SHA2_256_128, "HmacSHA256", 32), 900));
        all.add(new Offer(new JdkHmacIntegrity(jce, TransformId.AUTH_HMAC_SHA2_384_192, "HmacSHA384", 48), 2_580));
        all.add(new Offer(new JdkHmacIntegrity(jce, TransformId.AUTH_HMAC_SHA2_512_256, "HmacSHA512", 64), 2_620));
        all.add(new Offer(new AesMacIntegrity(jce, TransformId.AUTH_AES_CMAC_96, AesMac.Kind.CMAC), 760));
        all.add(new Offer(new AesMacIntegrity(jce, TransformId.AUTH_AES_XCBC_96, AesMac.Kind.XCBC), 740));
        all.add(new Offer(new JdkGmacIntegrity(jce, TransformId.AUTH_AES_128_GMAC, 128), 390));
        all.add(new Offer(new JdkGmacIntegrity(jce, TransformId.AUTH_AES_192_GMAC, 192), 415));
        all.add(new Offer(new JdkGmacIntegrity(jce, TransformId.AUTH_AES_256_GMAC, 256), 438));
    }

    private static void addPrfs(List<Offer> all, Provider jce) {
        all.add(new Offer(new JdkHmac(jce, TransformId.PRF_HMAC_SHA2_256, "HmacSHA256", 32), 750));
        all.add(new Offer(new JdkHmac(jce, TransformId.PRF_HMAC_SHA2_384, "HmacSHA384", 48), 1_230));
        all.add(new Offer(new JdkHmac(jce, TransformId.PRF_HMAC_SHA2_512, "HmacSHA512", 64), 1_090));
        all.add(new Offer(new AesMacPrf(jce, TransformId.PRF_AES128_CMAC, AesMac.Kind.CMAC), 2_340));
        all.add(new Offer(new AesMacPrf(jce, TransformId.PRF_AES128_XCBC, AesMac.Kind.XCBC), 3_350));
    }

    @Override
    public String name() {
        return "jdk";
    }

    @Override
    public List<Offer> offers() {
        return offers;
    }
}
