package org.sallyport.webui.internal.access;

import java.security.Principal;
import java.util.Set;
import javax.security.auth.login.LoginException;

/** Asks for the principals of a name and a password. Thread-safe. */
@FunctionalInterface
interface Realm {
    /**
     * Authenticates.
     *
     * @throws javax.security.auth.login.FailedLoginException if name or password is wrong
     * @throws LoginException if it could not be checked
     */
    Set<Principal> authenticate(String name, char[] password) throws LoginException;
}
