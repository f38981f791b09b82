package org.sallyport.ike.internal.core.state;

/** How far a pair of Child SAs is. */
public enum ChildStatus {
    /** It receives; it sends once its predecessor is deleted (RFC 7296 section 2.8). */
    INSTALLED,
    /** It receives and sends. */
    ACTIVE,
    /** It only receives; we are to tell the peer to delete it. */
    RETIRED,
    /** It only receives what is still on its way; the peer deleted it. */
    LINGERING
}
