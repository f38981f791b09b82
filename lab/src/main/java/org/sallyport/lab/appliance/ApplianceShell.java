package org.sallyport.lab.appliance;

/** The shell commands of an appliance, as the lab and its tests use them. */
public record ApplianceShell(Appliance appliance) {
    /** Every Child SA pair, one line each. */
    public String saList() {
        return appliance.shell("sallyport:sa-list");
    }

    /** Every IKE SA, one line each. */
    public String ikeList() {
        return appliance.shell("sallyport:ike-list");
    }

    /** Deletes all IKE SAs of a connection and tells the peer. */
    public void deleteIke(String connection) {
        appliance.shell("sallyport:ike-delete", connection);
    }

    /** Replaces the IKE SA of a connection by a successor. */
    public void rekeyIke(String connection) {
        appliance.shell("sallyport:ike-rekey", connection);
    }

    /** Replaces the Child SAs of a connection by successors. */
    public void rekeyChild(String connection) {
        appliance.shell("sallyport:sa-rekey", connection);
    }

    /** Deletes the Child SAs of a connection and tells the peer. */
    public void deleteChild(String connection) {
        appliance.shell("sallyport:sa-delete", connection);
    }

    /** Whether there is neither an IKE SA nor a Child SA. */
    public boolean hasNoSas() {
        return !ikeList().contains(Site.PEER) && !saList().contains(Site.PEER);
    }
}
