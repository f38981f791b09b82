package org.sallyport.karaf.setup;

import java.io.IOException;
import java.nio.file.Path;
import java.security.Principal;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.security.auth.Subject;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.CallbackHandler;
import javax.security.auth.callback.NameCallback;
import javax.security.auth.callback.PasswordCallback;
import javax.security.auth.callback.UnsupportedCallbackException;
import javax.security.auth.login.FailedLoginException;
import javax.security.auth.login.LoginException;
import javax.security.auth.spi.LoginModule;
import org.apache.karaf.jaas.boot.principal.RolePrincipal;
import org.apache.karaf.jaas.boot.principal.UserPrincipal;
import org.jspecify.annotations.Nullable;

/**
 * Checks a name and a password against {@link ConsoleUsers} and gives the subject its user and role. A wrong name and a
 * wrong password look alike, in words and in time. One object serves one sign-in, in one thread.
 */
public final class ConsoleLoginModule implements LoginModule {
    private static final int LONGEST_PASSWORD = 1024;

    private @Nullable Subject subject;
    private @Nullable CallbackHandler callbacks;
    private Path file = Path.of(ConsoleUsers.FILE);
    private Set<Principal> principals = Set.of();

    /** Made by JAAS. */
    public ConsoleLoginModule() {}

    @Override
    public void initialize(
            Subject subject, CallbackHandler callbackHandler, Map<String, ?> sharedState, Map<String, ?> options) {
        this.subject = subject;
        this.callbacks = callbackHandler;
        this.file = Path.of(String.valueOf(options.get(ConsoleRealm.ETC)), ConsoleUsers.FILE);
    }

    @Override
    public boolean login() throws LoginException {
        NameCallback name = new NameCallback("User: ");
        PasswordCallback password = new PasswordCallback("Password: ", false);
        ask(name, password);
        char[] secret = Optional.ofNullable(password.getPassword()).orElse(new char[0]);
        password.clearPassword();
        try {
            principals = check(String.valueOf(name.getName()), secret);
            return true;
        } finally {
            Arrays.fill(secret, '\0');
        }
    }

    @Override
    public boolean commit() {
        if (subject == null) {
            return false;
        }
        return subject.getPrincipals().addAll(principals);
    }

    @Override
    public boolean abort() {
        principals = Set.of();
        return true;
    }

    @Override
    public boolean logout() {
        if (subject != null) {
            subject.getPrincipals().removeAll(principals);
        }
        return abort();
    }

    private void ask(Callback... questions) throws LoginException {
        if (callbacks == null) {
            throw new LoginException("nobody to ask for name and password");
        }
        try {
            callbacks.handle(questions);
        } catch (IOException | UnsupportedCallbackException e) {
            throw failure("cannot ask for name and password", e);
        }
    }

    private Set<Principal> check(String name, char[] password) throws LoginException {
        Optional<ConsoleUsers.Entry> user = find(name);
        String hash = user.map(ConsoleUsers.Entry::hash).orElseGet(PasswordHash::ofNobody);
        boolean right = password.length <= LONGEST_PASSWORD && PasswordHash.matches(password, hash);
        if (!right || user.isEmpty()) {
            throw new FailedLoginException("wrong name or password");
        }
        return Set.of(
                new UserPrincipal(name), new RolePrincipal(user.get().role().label()));
    }

    private Optional<ConsoleUsers.Entry> find(String name) throws LoginException {
        try {
            return ConsoleUsers.isName(name) ? new ConsoleUsers(file).find(name) : Optional.empty();
        } catch (IOException e) {
            throw failure("cannot read " + file, e);
        }
    }

    private static LoginException failure(String message, Exception cause) {
        LoginException failure = new LoginException(message);
        failure.initCause(cause);
        return failure;
    }
}
