package org.sallyport.crypto.internal;

import java.security.Provider;
import java.security.Security;
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
