package org.sallyport.api.admin;

import java.util.List;

/** Who is logged in at this host, and what nobody but an administrator or a script can tell of it. Thread safe. */
public interface LoginControl {
    /**
     * A user who is logged in.
     *
     * @param user the name
     * @param userId the id
     * @param source who says so: "logind", "utmp" or "command"
     */
    record LoginView(String user, int userId, String source) {}

    /** Returns everybody who is logged in, once for each source, in the order of their names. */
    List<LoginView> logins();

    /**
     * Has a user count as logged in until {@link #logout}, or until the appliance restarts. When it returns, the policies for
     * who is logged in now are in force.
     *
     * @param user a name or a number
     * @throws IllegalArgumentException with words for the administrator, when there is no such user on this host
     */
    void login(String user);

    /**
     * Ends what {@link #login} began, and returns like it.
     *
     * @param user a name or a number
     * @return whether the user counted as logged in by it
     * @throws IllegalArgumentException with words for the administrator, when there is no such user on this host
     */
    boolean logout(String user);
}
