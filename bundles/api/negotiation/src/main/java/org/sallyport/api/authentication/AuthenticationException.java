package org.sallyport.api.authentication;

import org.sallyport.api.reason.Reason;

/** Why an identity was not proven, or cannot be, in words. They go to our people only, never to the peer. */
public final class AuthenticationException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient Reason reason;

    public AuthenticationException(Reason reason) {
        super(reason.text());
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
