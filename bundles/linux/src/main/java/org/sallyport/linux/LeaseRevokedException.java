package org.sallyport.linux;

/** The holder of a lease used it after it had been revoked or closed: another epoch acts now. */
public final class LeaseRevokedException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    /** @param what the thing that the lease was for ("the IKE ports") */
    public LeaseRevokedException(String what) {
        super("the lease on " + what + " was revoked: a newer epoch holds it");
    }
}
