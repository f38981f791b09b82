package org.sallyport.api.sa;

/** How ESP travels: IP protocol 50, in UDP (RFC 3948) or in TCP (RFC 9329). */
public enum Encapsulation {
    RAW,
    UDP,
    TCP
}
