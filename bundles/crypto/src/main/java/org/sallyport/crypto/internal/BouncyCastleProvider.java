package org.sallyport.crypto.internal;

import java.util.List;
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
            new Offer(new BcX25519(), 99_000),
            new Offer(new BcEcp(TransformId.KE_ECP_256, "secp256r1"), 239_000),
            new Offer(new BcEcp(TransformId.KE_ECP_384, "secp384r1"), 746_000));

    /** Needs nothing from outside. */
    @Activate
    public BouncyCastleProvider() {}

    @Override
    public String name() {
        return "bouncycastle";
    }

    @Override
    public List<Offer> offers() {
        return offers;
    }
}
