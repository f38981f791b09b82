package org.sallyport.crypto;

/** A peer's key exchange value that must not be used: wrong length, not on the curve, or of small order. */
public final class InvalidPublicValueException extends Exception {
    private static final long serialVersionUID = 1L;

    /** Says what is wrong with the value; never contains the value of a secret. */
    public InvalidPublicValueException(String message) {
        super(message);
    }

    /** Says what is wrong with the value and what found it. */
    public InvalidPublicValueException(String message, Throwable cause) {
        super(message, cause);
    }
}
