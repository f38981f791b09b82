package org.sallyport.shell.internal;

import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.sallyport.api.admin.Journal;
import org.sallyport.api.negotiation.Negotiator;
import org.sallyport.api.policy.Spd;
import org.sallyport.api.sa.DataPlane;
import org.sallyport.api.sa.SaTable;

/**
 * Tells the journal when the appliance can protect a flow: policies, SAs, a negotiator and a data plane are there. Each
 * service appears once it is warm, so this comes last.
 */
@Component(immediate = true, service = Readiness.class)
public final class Readiness {
    @Activate
    public Readiness(
            @Reference Spd spd,
            @Reference SaTable saTable,
            @Reference Negotiator negotiator,
            @Reference DataPlane dataPlane) {
        Journal.event("ready").with("generation", spd.current().number()).write();
    }
}
