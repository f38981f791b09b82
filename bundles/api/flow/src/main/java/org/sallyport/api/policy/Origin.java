package org.sallyport.api.policy;

/** Where a packet comes from: this decides what happens when no policy matches. */
public enum Origin {
    /** This host's own: bypassed when no policy matches. */
    HOST,
    /** Forwarded for others: discarded when no policy matches. */
    FORWARDED
}
