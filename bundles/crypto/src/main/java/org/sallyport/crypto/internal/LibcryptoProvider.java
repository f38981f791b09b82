package org.sallyport.crypto.internal;

import java.security.Provider;
import java.util.ArrayList;
import java.util.List;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.sallyport.crypto.Aead;
import org.sallyport.crypto.CryptoProvider;
import org.sallyport.crypto.TransformId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What OpenSSL's libcrypto brings where it is installed: X25519, in two thirds of Bouncy Castle's time for who
 * responds, and ciphers and HMAC on packets in memory, without garbage. Their costs are the JDK's times what was measured
 * beside it with 1400 octets and AVX-512, which is where the JDK does best: AES-GCM is as fast there, and a quarter faster
 * without. Where it is not installed, it brings nothing, and the others serve.
 */
@Component(service = CryptoProvider.class, immediate = true)
public final class LibcryptoProvider implements CryptoProvider {
    private static final Logger LOG = LoggerFactory.getLogger(LibcryptoProvider.class);

    private final List<Offer> offers;

    /** Looks for the library. */
    @Activate
    public LibcryptoProvider() {
        List<Offer> all = new ArrayList<>();
        Libcrypto.find().ifPresent(library -> all.add(new Offer(new LibcryptoX25519(library), 60_000)));
        Provider jce = Jce.sunJce();
        Evp.find().ifPresent(evp -> {
            addAeads(all, evp, jce);
            addCbc(all, evp, jce);
        });
        EvpMac.find().ifPresent(macs -> addHmacs(all, macs, jce));
        if (all.isEmpty()) {
            LOG.info("there is no {}, and the JDK goes on without; install Debian's libssl3 for it", Libcrypto.LIBRARY);
        }
        offers = List.copyOf(all);
    }

    private static void addAeads(List<Offer> all, Evp evp, Provider jce) {
        addAead(all, evp, "AES-128-GCM", JdkAead.aesGcm(jce, 128), 380);
        addAead(all, evp, "AES-192-GCM", JdkAead.aesGcm(jce, 192), 405);
        addAead(all, evp, "AES-256-GCM", JdkAead.aesGcm(jce, 256), 430);
        addAead(all, evp, "ChaCha20-Poly1305", JdkAead.chaCha20Poly1305(jce), 1_900);
        for (int bits : new int[] {128, 192, 256}) {
            String name = "AES-" + bits + "-CCM";
            addAead(all, evp, name, new JdkAesCcm(jce, TransformId.ENCR_AES_CCM_16, bits, 16), 1_100);
            addAead(all, evp, name, new JdkAesCcm(jce, TransformId.ENCR_AES_CCM_8, bits, 8), 1_100);
        }
    }

    private static void addAead(List<Offer> all, Evp evp, String name, Aead onArrays, long cost) {
        boolean lengthFirst = name.endsWith("CCM");
        evp.cipher(name)
                .ifPresent(cipher -> all.add(new Offer(new LibcryptoAead(cipher, onArrays, lengthFirst), cost)));
    }

    private static void addCbc(List<Offer> all, Evp evp, Provider jce) {
        for (int bits : new int[] {128, 192, 256}) {
            evp.cipher("AES-" + bits + "-CBC")
                    .ifPresent(cipher -> all.add(new Offer(new LibcryptoCbc(cipher, new JdkAesCbc(jce, bits)), 880)));
        }
    }

    private static void addHmacs(List<Offer> all, EvpMac macs, Provider jce) {
        addHmac(all, macs, "SHA256", TransformId.AUTH_HMAC_SHA2_256_128, 880, jce);
        addHmac(all, macs, "SHA384", TransformId.AUTH_HMAC_SHA2_384_192, 2_150, jce);
        addHmac(all, macs, "SHA512", TransformId.AUTH_HMAC_SHA2_512_256, 2_180, jce);
    }

    private static void addHmac(List<Offer> all, EvpMac macs, String digest, int id, long cost, Provider jce) {
        int octets = Integer.parseInt(digest.substring(3)) / Byte.SIZE;
        JdkHmacIntegrity onArrays = new JdkHmacIntegrity(jce, id, "Hmac" + digest, octets);
        all.add(new Offer(new LibcryptoHmac(macs, digest, onArrays), cost));
    }

    @Override
    public String name() {
        return "libcrypto";
    }

    @Override
    public List<Offer> offers() {
        return offers;
    }
}
