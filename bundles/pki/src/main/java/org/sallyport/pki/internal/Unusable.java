package org.sallyport.pki.internal;

import org.sallyport.api.authentication.AuthenticationException;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.reason.ReasonCode;

/** Words for files that cannot be used. */
final class Unusable {
    private Unusable() {}

    static AuthenticationException file(Object file, String why) {
        return new AuthenticationException(Reason.of(ReasonCode.CREDENTIAL_UNUSABLE, file, why));
    }
}
