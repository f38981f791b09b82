package org.sallyport.api.sa;

import java.util.Optional;

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

    /** Returns the protocol that proposals name by this identifier; empty for IKE itself and for what nobody knows. */
    public static Optional<IpsecProtocol> of(int securityProtocol) {
        return switch (securityProtocol) {
            case 2 -> Optional.of(AH);
            case 3 -> Optional.of(ESP);
            default -> Optional.empty();
        };
    }

    /** Returns the security protocol identifier of RFC 7296 section 3.3.1. */
    public int securityProtocol() {
        return securityProtocol;
    }
}
