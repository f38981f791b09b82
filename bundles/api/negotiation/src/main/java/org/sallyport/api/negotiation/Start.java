package org.sallyport.api.negotiation;

/** When a connection's SAs are negotiated. */
public enum Start {
    /** When a flow needs them; those that nobody needs any more end as their policy says. */
    ON_DEMAND,
    /** As soon as the connection is configured, and again whenever they are gone. */
    AT_START,
    /** When an administrator says so: flows wait for nobody and are refused until then. */
    BY_HAND
}
