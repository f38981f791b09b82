package org.sallyport.linux;

import org.sallyport.api.sa.Epoch;

/** A lease was asked for with an epoch that is not above the one in force: whoever asks has been superseded. */
public final class StaleEpochException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    /**
     * @param what the thing that the lease is for
     * @param asked the epoch that was offered
     * @param inForce the highest epoch that a lease was granted with
     */
    public StaleEpochException(String what, Epoch asked, Epoch inForce) {
        super("a lease on " + what + " was asked for with epoch " + asked.value() + ", but epoch " + inForce.value()
                + " is in force; take UdpPorts.nextEpoch() or a higher one");
    }
}
