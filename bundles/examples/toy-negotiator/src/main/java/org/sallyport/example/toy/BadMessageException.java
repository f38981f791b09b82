package org.sallyport.example.toy;

/** A message that is none, in words. */
final class BadMessageException extends Exception {
    private static final long serialVersionUID = 1L;

    BadMessageException(String message) {
        super(message);
    }

    BadMessageException(String message, Throwable cause) {
        super(message, cause);
    }
}
