package org.sallyport.spd.internal.service;

import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.sallyport.api.admin.SaInspection;
import org.sallyport.api.sa.SaTable;

/** Tells the policy service of the SAD. Apart from it, since the SAD itself waits for the policies. */
@Component(
        immediate = true,
        service = {})
public final class LivingSasObserver {
    private final ConfigurationStore store;
    private final SaInspection inspection;

    @Activate
    public LivingSasObserver(
            @Reference ConfigurationStore store, @Reference SaInspection inspection, @Reference SaTable table) {
        this.store = store;
        this.inspection = inspection;
        store.sas().appeared(inspection, table);
    }

    @Deactivate
    void gone() {
        store.sas().vanished(inspection);
    }
}
