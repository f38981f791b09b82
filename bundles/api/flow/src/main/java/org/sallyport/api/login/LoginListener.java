package org.sallyport.api.login;

import java.util.Set;

/** Hears who is logged in: a service, told everybody when it appears and whenever that changes. Returns quickly. */
public interface LoginListener {
    /**
     * These and nobody else are logged in now.
     *
     * @param everybody each user once
     */
    void loggedIn(Set<Login> everybody);
}
