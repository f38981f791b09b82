package org.sallyport.lab.session;

import java.time.Duration;
import org.sallyport.lab.appliance.Appliance;
import org.sallyport.lab.appliance.ApplianceShell;
import org.sallyport.lab.appliance.EventLog;
import org.sallyport.lab.process.Wait;

/** Brings a lab of two appliances back to no SA on either end. */
public final class Teardown {
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final Lab lab;

    public Teardown(Lab lab) {
        this.lab = lab;
    }

    /**
     * Deletes the IKE SA with its Child SAs, which tells the peer, and waits until both ends' journals say that they are
     * gone: asking both shells each time would cost more than what is measured.
     */
    public void run() {
        long began = EventLog.now();
        new ApplianceShell(lab.host()).deleteIke();
        Wait.until("no SA on either end", LIMIT, () -> isDown(lab.host(), began) && isDown(lab.gateway(), began));
    }

    /** Asks both shells whether any SA is left, once what was replaced had its time to receive. */
    public void verify() {
        Wait.until("no SA in either shell", LIMIT, () -> hasNoSas(lab.host()) && hasNoSas(lab.gateway()));
    }

    private static boolean hasNoSas(Appliance appliance) {
        return new ApplianceShell(appliance).hasNoSas();
    }

    private static boolean isDown(Appliance appliance, long since) {
        return !appliance.journal().since(since, "ike-sa-down").isEmpty()
                && !appliance.journal().since(since, "child-sa-down").isEmpty();
    }
}
