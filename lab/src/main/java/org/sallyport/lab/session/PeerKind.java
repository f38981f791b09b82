package org.sallyport.lab.session;

/** Who stands on the far side. */
public enum PeerKind {
    SALLYPORT,
    /** With its user-space data plane. */
    STRONGSWAN,
    /** strongSwan with the data plane of a kernel, in an emulated machine that is gateway and server in one. */
    KERNEL
}
