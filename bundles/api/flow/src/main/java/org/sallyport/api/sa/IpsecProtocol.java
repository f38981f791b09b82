package org.sallyport.api.sa;

/** ESP (RFC 4303) or AH (RFC 4302). */
public enum IpsecProtocol {
    ESP(50, 3),
    AH(51, 2);

    private final int ipProtocol;
    private final int securityProtocol;

    IpsecProtocol(int ipProtocol, int securityProtocol) {
        this.ipProtocol = ipProtocol;
        this.securityProtocol = securityProtocol;
    }

    /** Returns the IP protocol number. */
    public int ipProtocol() {
        return ipProtocol;
    }

    /** Returns the security protocol identifier of RFC 7296 section 3.3.1. */
    public int securityProtocol() {
        return securityProtocol;
    }
}
