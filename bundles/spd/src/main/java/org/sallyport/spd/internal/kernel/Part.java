package org.sallyport.spd.internal.kernel;

/** A part of what the kernel enforces. */
public enum Part {
    /** The packet filter. */
    GUARD,
    /** The TUN device. */
    TUN,
    /** The addresses that peers assigned, on the TUN device. */
    ADDRESSES,
    /** The routes of the divert tables. */
    ROUTES,
    /** The policy rules that lead to them. */
    RULES
}
