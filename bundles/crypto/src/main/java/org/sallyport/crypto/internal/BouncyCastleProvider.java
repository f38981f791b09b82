package org.sallyport.crypto.internal;

import java.util.List;
import org.bouncycastle.asn1.teletrust.TeleTrusTNamedCurves;
import org.bouncycastle.crypto.agreement.DHStandardGroups;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.sallyport.crypto.CryptoProvider;
import org.sallyport.crypto.TransformId;

/**
 * What Bouncy Castle brings: key exchanges, through its lightweight classes. They need no registration, so it does not
 * matter which version somebody else registered for the VM under its name.
 */
@Component(service = CryptoProvider.class, immediate = true)
public final class BouncyCastleProvider implements CryptoProvider {
    private final List<Offer> offers = List.of(
            new Offer(BcXdh.x25519(), 99_000),
            new Offer(BcXdh.x448(), 332_000),
            new Offer(nist(TransformId.KE_ECP_256, "secp256r1"), 239_000),
            new Offer(nist(TransformId.KE_ECP_384, "secp384r1"), 746_000),
            new Offer(nist(TransformId.KE_ECP_521, "secp521r1"), 1_447_000),
            new Offer(brainpool(TransformId.KE_BRAINPOOL_256, "brainpoolP256r1"), 1_376_000),
            new Offer(brainpool(TransformId.KE_BRAINPOOL_384, "brainpoolP384r1"), 3_447_000),
            new Offer(brainpool(TransformId.KE_BRAINPOOL_512, "brainpoolP512r1"), 6_779_000),
            new Offer(new BcModp(TransformId.KE_MODP_2048, DHStandardGroups.rfc3526_2048), 2_545_000),
            new Offer(new BcModp(TransformId.KE_MODP_3072, DHStandardGroups.rfc3526_3072), 8_018_000),
            new Offer(new BcModp(TransformId.KE_MODP_4096, DHStandardGroups.rfc3526_4096), 18_742_000));

    /** Needs nothing from outside. */
    @Activate
    public BouncyCastleProvider() {}

    private static BcEcp nist(int method, String curve) {
        return new BcEcp(method, CustomNamedCurves.getByName(curve));
    }

    private static BcEcp brainpool(int method, String curve) {
        return new BcEcp(method, TeleTrusTNamedCurves.getByName(curve));
    }

    @Override
    public String name() {
        return "bouncycastle";
    }

    @Override
    public List<Offer> offers() {
        return offers;
    }
}
