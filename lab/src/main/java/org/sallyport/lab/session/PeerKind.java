package org.sallyport.lab.session;

/** Who stands on the far side. */
public enum PeerKind {
    SALLYPORT,
    STRONGSWAN
}
