package org.sallyport.spd.internal.service;

import java.util.Map;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.Designate;
import org.sallyport.spd.internal.config.ConfigurationFile.Kind;

/** One file {@code org.sallyport.policy-NAME.cfg}. */
@Component(
        immediate = true,
        service = {},
        configurationPid = "org.sallyport.policy",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
@Designate(ocd = PolicyKeys.class, factory = true)
public final class PolicyFile {
    private final ConfigurationStore store;
    private final String pid;

    @Activate
    public PolicyFile(@Reference ConfigurationStore store, Map<String, Object> properties) {
        this.store = store;
        this.pid = ConfigurationRecord.pid(properties);
        changed(properties);
    }

    @Modified
    void changed(Map<String, Object> properties) {
        store.put(pid, ConfigurationRecord.read(Kind.POLICY, properties));
    }

    @Deactivate
    void gone() {
        store.remove(pid);
    }
}
