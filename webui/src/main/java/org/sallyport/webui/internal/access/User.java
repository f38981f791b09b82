package org.sallyport.webui.internal.access;

/**
 * Somebody who signed in. Immutable.
 *
 * @param name as in the realm
 * @param role the highest one that the realm gave
 */
public record User(String name, Role role) {
    /** Whether this user may change things. */
    public boolean isAdmin() {
        return role == Role.ADMIN;
    }
}
