package org.sallyport.interceptor.internal.seccomp;

import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.sallyport.api.negotiation.Negotiator;
import org.sallyport.api.policy.Spd;
import org.sallyport.api.sa.DataPlane;
import org.sallyport.api.sa.Leases;
import org.sallyport.api.sa.SaTable;

/**
 * Has the programs of an earlier daemon served once policies, SAs, a negotiator and a data plane are there: their calls
 * have waited, and are not to fail because one of these is still on its way.
 */
@Component(immediate = true, service = KeptPrograms.class)
public final class KeptPrograms {
    @Activate
    public KeptPrograms(
            @Reference SeccompFrontEnd frontEnd,
            @Reference Spd spd,
            @Reference SaTable saTable,
            @Reference Leases leases,
            @Reference Negotiator negotiator,
            @Reference DataPlane dataPlane) {
        frontEnd.serveKept();
    }
}
