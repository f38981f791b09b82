package org.sallyport.api.proposal;

/** RFC 7296 section 3.3.2, RFC 9827. */
public enum TransformType {
    ENCRYPTION(1),
    PRF(2),
    INTEGRITY(3),
    KEY_EXCHANGE(4),
    SEQUENCE_NUMBERS(5);

    private final int id;

    TransformType(int id) {
        this.id = id;
    }

    /** Returns the IANA transform type. */
    public int id() {
        return id;
    }
}
