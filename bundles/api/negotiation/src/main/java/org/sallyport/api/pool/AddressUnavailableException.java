package org.sallyport.api.pool;

import org.sallyport.api.reason.Reason;

/** Why a pool gives no address, in words for our people; the peer hears INTERNAL_ADDRESS_FAILURE and no more. */
public final class AddressUnavailableException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient Reason reason;

    public AddressUnavailableException(Reason reason) {
        super(reason.text());
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
