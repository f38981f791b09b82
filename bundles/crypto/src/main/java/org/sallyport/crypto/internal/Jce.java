package org.sallyport.crypto.internal;

import java.security.GeneralSecurityException;
import java.security.Provider;
import java.security.Security;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import org.jspecify.annotations.Nullable;

/**
 * The JDK's own providers as instances. Others register theirs for the whole VM, in whatever order, so an algorithm is
 * never asked for without saying of whom.
 */
final class Jce {
    private Jce() {}

    static Provider sunJce() {
        return own("SunJCE");
    }

    static Provider sunEc() {
        return own("SunEC");
    }

    static Cipher cipher(String transformation, Provider provider) {
        try {
            return Cipher.getInstance(transformation, provider);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the JDK has no " + transformation, e);
        }
    }

    /** Takes a MAC's key away by giving it another: it keeps a copy of its own, which nothing else reaches. */
    static void forget(Mac mac, String algorithm) {
        try {
            mac.init(new SymmetricKey(new byte[1], algorithm));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the JDK does not take a key for " + algorithm, e);
        }
    }

    private static Provider own(String name) {
        @Nullable Provider provider = Security.getProvider(name);
        if (provider == null) {
            throw new IllegalStateException("the JDK's security provider " + name + " is not installed: "
                    + "list it in the JDK's conf/security/java.security");
        }
        @Nullable String module = provider.getClass().getModule().getName();
        if (module == null || !(module.startsWith("java.") || module.startsWith("jdk."))) {
            throw new IllegalStateException("the security provider named " + name + " is not the JDK's but "
                    + provider.getClass().getName());
        }
        return provider;
    }
}
