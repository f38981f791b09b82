package org.sallyport.crypto.internal;

import java.security.Provider;
import java.util.List;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.sallyport.crypto.CryptoProvider;
import org.sallyport.crypto.TransformId;

/**
 * What the JDK brings. AES-GCM and HMAC run on its intrinsics and have no rival in Java; its key exchanges are sound
 * and slow, and serve where Bouncy Castle is left out.
 */
@Component(service = CryptoProvider.class, immediate = true)
public final class JdkProvider implements CryptoProvider {
    private final List<Offer> offers;

    /** Takes the JDK's providers from the running VM. */
    @Activate
    public JdkProvider() {
        Provider jce = Jce.sunJce();
        Provider ec = Jce.sunEc();
        offers = List.of(
                new Offer(new JdkAesGcm(jce, 128), 390),
                new Offer(new JdkAesGcm(jce, 192), 415),
                new Offer(new JdkAesGcm(jce, 256), 438),
                new Offer(new JdkHmac(jce, TransformId.PRF_HMAC_SHA2_256, "HmacSHA256", 32), 750),
                new Offer(new JdkHmac(jce, TransformId.PRF_HMAC_SHA2_384, "HmacSHA384", 48), 1_230),
                new Offer(new JdkHmac(jce, TransformId.PRF_HMAC_SHA2_512, "HmacSHA512", 64), 1_090),
                new Offer(new JdkX25519(ec), 279_000),
                new Offer(new JdkEcp(ec, TransformId.KE_ECP_256, "secp256r1"), 725_000),
                new Offer(new JdkEcp(ec, TransformId.KE_ECP_384, "secp384r1"), 2_625_000));
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
