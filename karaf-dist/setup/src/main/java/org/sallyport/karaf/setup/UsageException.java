package org.sallyport.karaf.setup;

/** A mistake of the person who calls the program; the message says what would be accepted. */
final class UsageException extends RuntimeException {
    private static final long serialVersionUID = 1;

    UsageException(String message) {
        super(message);
    }
}
