package org.sallyport.lab.session;

import java.time.Duration;
import org.sallyport.lab.appliance.ApplianceShell;
import org.sallyport.lab.process.Wait;

/** Brings a lab of two appliances back to no SA on either end. */
public final class Teardown {
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final Lab lab;

    public Teardown(Lab lab) {
        this.lab = lab;
    }

    /** Deletes the IKE SA with its Child SAs, which tells the peer, and waits until both ends have none. */
    public void run() {
        ApplianceShell host = new ApplianceShell(lab.host());
        host.deleteIke();
        ApplianceShell gateway = new ApplianceShell(lab.gateway());
        Wait.until("no SA on either end", LIMIT, () -> host.hasNoSas() && gateway.hasNoSas());
    }
}
