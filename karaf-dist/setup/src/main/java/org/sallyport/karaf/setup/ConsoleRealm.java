package org.sallyport.karaf.setup;

import java.util.Map;
import javax.security.auth.login.AppConfigurationEntry;
import javax.security.auth.login.AppConfigurationEntry.LoginModuleControlFlag;
import org.apache.karaf.jaas.boot.ProxyLoginModule;
import org.apache.karaf.jaas.config.JaasRealm;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/**
 * The JAAS realm {@code sallyport-console}, for people with passwords. Karaf's own realm, {@code karaf}, is left to ssh
 * and keys: its password module compares digests without salt, and when hashing is on delays every start by 10 s. Another
 * realm of this name and a higher rank replaces this one (LDAP, say). Thread-safe.
 */
@Component(immediate = true)
public final class ConsoleRealm implements JaasRealm {
    static final String ETC = "etc";

    private final BundleContext bundle;

    /** Made by Declarative Services. */
    @Activate
    public ConsoleRealm(BundleContext bundle) {
        this.bundle = bundle;
    }

    @Override
    public String getName() {
        return "sallyport-console";
    }

    @Override
    public int getRank() {
        return 0;
    }

    @Override
    public AppConfigurationEntry[] getEntries() {
        Map<String, Object> options = Map.of(
                ProxyLoginModule.PROPERTY_MODULE,
                ConsoleLoginModule.class.getName(),
                ProxyLoginModule.PROPERTY_BUNDLE,
                Long.toString(bundle.getBundle().getBundleId()),
                BundleContext.class.getName(),
                bundle,
                ETC,
                System.getProperty("karaf.etc", "etc"));
        return new AppConfigurationEntry[] {
            new AppConfigurationEntry(ProxyLoginModule.class.getName(), LoginModuleControlFlag.REQUIRED, options)
        };
    }
}
