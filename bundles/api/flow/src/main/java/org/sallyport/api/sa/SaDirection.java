package org.sallyport.api.sa;

/** Which way an SA carries packets, seen from here. */
public enum SaDirection {
    INBOUND,
    OUTBOUND
}
