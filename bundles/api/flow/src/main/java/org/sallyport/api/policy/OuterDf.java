package org.sallyport.api.policy;

/** What the DF bit of an outer IPv4 header is in tunnel mode (RFC 4301 section 8.1). */
public enum OuterDf {
    /** That of the packet inside; set for IPv6, which routers do not fragment either. */
    COPY,
    SET,
    CLEAR
}
