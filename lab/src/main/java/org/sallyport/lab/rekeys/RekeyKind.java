package org.sallyport.lab.rekeys;

import java.util.Locale;

/** How a rekey comes about. */
public enum RekeyKind {
    /** The command of our shell replaces the Child SA. */
    CHILD_BY_US,
    /** The peer's command replaces it. */
    CHILD_BY_PEER,
    /** The command of our shell replaces the IKE SA. */
    IKE_BY_US,
    /** The peer's command replaces it. */
    IKE_BY_PEER,
    /** The soft lifetime in time is over. */
    TIME,
    /** That in octets. */
    OCTETS,
    /** That in packets. */
    PACKETS;

    /** Tells whether lifetimes bring it about, and nobody's command. */
    public boolean byLimit() {
        return this == TIME || this == OCTETS || this == PACKETS;
    }

    /** Returns the event in our journal that tells of one. */
    public String event() {
        return this == IKE_BY_US || this == IKE_BY_PEER ? "ike-sa-rekeyed" : "child-sa-rekeyed";
    }

    /** Returns what the results call it. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }
}
