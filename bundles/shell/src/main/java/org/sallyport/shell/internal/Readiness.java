package org.sallyport.shell.internal;

import java.time.Duration;
import org.apache.karaf.features.BootFinished;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.sallyport.api.admin.Journal;
import org.sallyport.api.negotiation.Negotiator;
import org.sallyport.api.policy.Spd;
import org.sallyport.api.sa.DataPlane;
import org.sallyport.api.sa.SaTable;

/**
 * Tells the journal when the appliance can protect a flow: policies, SAs and a negotiator are there, each once it is warm,
 * the data plane carries packets, and Karaf has installed and configured everything, so that its shell answers too.
 */
@Component(immediate = true, service = Readiness.class)
public final class Readiness {
    private static final Duration LOOK = Duration.ofMillis(20);

    private final Thread waiting;

    @Activate
    public Readiness(
            @Reference Spd spd,
            @Reference SaTable saTable,
            @Reference Negotiator negotiator,
            @Reference DataPlane dataPlane,
            @Reference BootFinished booted) {
        waiting = Thread.ofVirtual().name("sallyport-readiness").start(() -> await(dataPlane, spd));
    }

    private static void await(DataPlane dataPlane, Spd spd) {
        try {
            while (!dataPlane.carries()) {
                Thread.sleep(LOOK);
            }
            Journal.event("ready").with("generation", spd.current().number()).write();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Deactivate
    void stop() {
        waiting.interrupt();
    }
}
