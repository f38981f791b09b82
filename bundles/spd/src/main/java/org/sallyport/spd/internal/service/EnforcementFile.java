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

/** The file {@code org.sallyport.enforcement.cfg}. */
@Component(
        immediate = true,
        service = {},
        configurationPid = "org.sallyport.enforcement",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
@Designate(ocd = EnforcementKeys.class)
public final class EnforcementFile {
    private final ConfigurationStore store;
    private final String pid;

    @Activate
    public EnforcementFile(@Reference ConfigurationStore store, Map<String, Object> properties) {
        this.store = store;
        this.pid = ConfigurationRecord.pid(properties);
        changed(properties);
    }

    @Modified
    void changed(Map<String, Object> properties) {
        store.put(pid, ConfigurationRecord.read(Kind.ENFORCEMENT, properties));
    }

    @Deactivate
    void gone() {
        store.remove(pid);
    }
}
