package org.sallyport.api.sa;

import org.sallyport.api.reason.Reason;

/** The SA table or the data plane does not take an SA: outside PAD or policy, over a bound, or nobody to carry it. */
public final class SaRefusedException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient Reason reason;

    public SaRefusedException(Reason reason) {
        super(reason.text());
        this.reason = reason;
    }

    /** Returns the reason, for notifies and people. */
    public Reason reason() {
        return reason;
    }
}
