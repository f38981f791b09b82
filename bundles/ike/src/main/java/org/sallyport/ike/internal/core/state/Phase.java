package org.sallyport.ike.internal.core.state;

/** How far a session is. */
public enum Phase {
    /** We initiate; the peer has not authenticated itself. */
    CONNECTING,
    /** The peer initiates; it has not authenticated itself. */
    HALF_OPEN,
    /** Both sides are authenticated. */
    ESTABLISHED,
    /** We told the peer that it ends. */
    DELETING,
    /** It ended; late retransmissions of the last request are still answered. */
    CLOSED;

    /** Tells whether nothing new may start. */
    public boolean ending() {
        return this == DELETING || this == CLOSED;
    }
}
