package org.sallyport.api.sa;

/** RFC 4301 section 4.1. */
public enum IpsecMode {
    TUNNEL,
    TRANSPORT
}
