package org.sallyport.api.checkpoint;

/** What an acknowledged checkpoint survives. */
public enum Durability {
    /** The update of any bundle but the SAD's. */
    MEMORY,
    /** A restart of the appliance. */
    DISK,
    /** The loss of this gateway. */
    REPLICATED
}
