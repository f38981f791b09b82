package org.sallyport.api.negotiation;

/** ID types (RFC 7296 section 3.5). */
public enum IdentityType {
    IPV4(1),
    FQDN(2),
    EMAIL(3),
    IPV6(5),
    DISTINGUISHED_NAME(9),
    KEY_ID(11);

    private final int id;

    IdentityType(int id) {
        this.id = id;
    }

    /** Returns the number on the wire. */
    public int id() {
        return id;
    }
}
