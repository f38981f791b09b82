package org.sallyport.crypto;

/** The transform types of RFC 7296 section 3.3.2 that need an algorithm behind them. */
public enum TransformType {
    /** Encryption algorithm. */
    ENCR(1),
    /** Pseudorandom function. */
    PRF(2),
    /** Integrity algorithm. */
    INTEG(3),
    /** Key exchange method, once called Diffie-Hellman group (renamed by RFC 9370). */
    KE(4);

    private final int number;

    TransformType(int number) {
        this.number = number;
    }

    /** Returns the number on the wire. */
    public int number() {
        return number;
    }
}
