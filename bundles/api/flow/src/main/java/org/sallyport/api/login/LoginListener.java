package org.sallyport.api.login;

import java.util.Set;
import java.util.concurrent.CompletionStage;

/** Hears who is logged in: a service, told everybody when it appears and whenever that changes. Returns quickly. */
public interface LoginListener {
    /**
     * These and nobody else are logged in now.
     *
     * @param everybody each user once
     * @return completes when what this listener makes of it is in force
     */
    CompletionStage<Void> loggedIn(Set<Login> everybody);
}
