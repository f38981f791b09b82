package org.sallyport.lab.matrix;

/** Who made the IKE SA. */
public enum Initiator {
    SALLYPORT,
    STRONGSWAN
}
