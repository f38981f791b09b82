package org.sallyport.crypto.internal;

import java.util.List;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.sallyport.crypto.CryptoProvider;

/**
 * What OpenSSL's libcrypto brings where it is installed: X25519, in two thirds of Bouncy Castle's time for who
 * responds. Where it is not, it brings nothing, and the others serve.
 */
@Component(service = CryptoProvider.class, immediate = true)
public final class LibcryptoProvider implements CryptoProvider {
    private final List<Offer> offers;

    /** Looks for the library. */
    @Activate
    public LibcryptoProvider() {
        offers = Libcrypto.find()
                .map(library -> List.of(new Offer(new LibcryptoX25519(library), 60_000)))
                .orElse(List.of());
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
