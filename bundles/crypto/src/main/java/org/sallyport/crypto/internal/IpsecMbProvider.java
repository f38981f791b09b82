package org.sallyport.crypto.internal;

import java.security.Provider;
import java.util.List;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.sallyport.crypto.CryptoProvider;

/**
 * What Intel's ipsec-mb brings where it is installed (Debian's libipsec-mb1): AES-GCM on packets in memory, in a quarter of
 * the JDK's time. Where it is not, it brings nothing, and the JDK serves.
 */
@Component(service = CryptoProvider.class, immediate = true)
public final class IpsecMbProvider implements CryptoProvider {
    private final List<Offer> offers;

    /** Looks for the library. */
    @Activate
    public IpsecMbProvider() {
        offers = IpsecMb.find().map(IpsecMbProvider::gcm).orElse(List.of());
    }

    private static List<Offer> gcm(IpsecMb library) {
        Provider jce = Jce.sunJce();
        return List.of(
                new Offer(new IpsecMbGcm(library, JdkAead.aesGcm(jce, 128)), 88),
                new Offer(new IpsecMbGcm(library, JdkAead.aesGcm(jce, 192)), 95),
                new Offer(new IpsecMbGcm(library, JdkAead.aesGcm(jce, 256)), 102));
    }

    @Override
    public String name() {
        return "ipsec-mb";
    }

    @Override
    public List<Offer> offers() {
        return offers;
    }
}
