package org.sallyport.api.negotiation;

/** What becomes of an IKE SA when its peer, by the same identity, comes with another one (RFC 7296 section 2.4). */
public enum Uniqueness {
    /** Both stand, unless the peer says that the new one is its only one (INITIAL_CONTACT). */
    NO,
    /** Both stand, whatever the peer says: several devices share the identity. */
    NEVER,
    /** The new one is refused, unless the peer says that it is its only one. */
    KEEP,
    /** The elder ends a while after the new one stands. */
    REPLACE
}
