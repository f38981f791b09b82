package org.sallyport.lab.attack;

/** What is done to a recorded packet. */
public enum Damage {
    /** Something is missing at the end. */
    TRUNCATED,
    /** Something was added at the end, up to what a UDP datagram can hold. */
    OVERSIZED,
    /** Octets, lengths, SPIs or sequence numbers are changed. */
    CORRUPTED,
    /** It is sent again as it was, from where it came or from elsewhere. */
    REPLAYED
}
