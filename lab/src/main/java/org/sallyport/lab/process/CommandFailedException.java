package org.sallyport.lab.process;

import java.io.Serial;

/** A program that was expected to succeed did not; the message holds the command line and what it printed. */
public final class CommandFailedException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    public CommandFailedException(String message) {
        super(message);
    }

    public CommandFailedException(String message, Throwable cause) {
        super(message, cause);
    }
}
