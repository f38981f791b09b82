package org.sallyport.interceptor.internal.login;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.sallyport.linux.login.LogindSessions;
import org.sallyport.linux.login.Utmp;
import org.sallyport.linux.process.Account;
import org.sallyport.linux.process.Accounts;

/**
 * What tells who is logged in.
 *
 * @param name as people read it
 * @param folder where something changes whenever that does
 * @param users reads it
 */
record LoginSource(String name, Path folder, Users users) {
    /** Reads who is logged in now. */
    interface Users {
        Set<Account> read() throws IOException;
    }

    /** Returns the best there is on this host. */
    static Optional<LoginSource> ofHost(Accounts accounts) {
        return LogindSessions.running().map(logind -> logind(logind, accounts)).or(() -> utmp(Utmp.FILE, accounts));
    }

    private static LoginSource logind(LogindSessions logind, Accounts accounts) {
        return new LoginSource("logind", LogindSessions.FOLDER, () -> {
            Set<Account> users = new HashSet<>();
            logind.users().forEach(id -> accounts.user(id).ifPresent(users::add));
            return users;
        });
    }

    /** Returns the book of logins that lies there, if one does. */
    static Optional<LoginSource> utmp(Path file, Accounts accounts) {
        Path folder = Objects.requireNonNull(file.getParent());
        return Files.isDirectory(folder)
                ? Utmp.at(file)
                        .map(utmp -> new LoginSource("utmp", folder, () -> {
                            Set<Account> users = new HashSet<>();
                            utmp.users().forEach(name -> accounts.user(name).ifPresent(users::add));
                            return users;
                        }))
                : Optional.empty();
    }
}
