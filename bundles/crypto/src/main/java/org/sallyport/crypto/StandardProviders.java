package org.sallyport.crypto;

import java.util.List;
import org.sallyport.crypto.internal.BouncyCastleProvider;
import org.sallyport.crypto.internal.IpsecMbProvider;
import org.sallyport.crypto.internal.JdkProvider;
import org.sallyport.crypto.internal.LibcryptoProvider;

/** The providers of this bundle, for use outside OSGi. */
public final class StandardProviders {
    private StandardProviders() {}

    /** Returns the JDK's, Bouncy Castle's, libcrypto's and ipsec-mb's. */
    public static List<CryptoProvider> all() {
        return List.of(new JdkProvider(), new BouncyCastleProvider(), new LibcryptoProvider(), new IpsecMbProvider());
    }
}
