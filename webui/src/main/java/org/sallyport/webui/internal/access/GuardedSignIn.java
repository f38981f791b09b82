package org.sallyport.webui.internal.access;

import java.security.Principal;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import javax.security.auth.login.FailedLoginException;
import javax.security.auth.login.LoginException;
import org.apache.karaf.jaas.boot.principal.RolePrincipal;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sign-in with its limits: on attempts that fail, and on how many passwords are hashed at a time. */
@Component
public final class GuardedSignIn implements SignIn {
    private static final Logger AUDIT = LoggerFactory.getLogger("audit");
    private static final Logger LOG = LoggerFactory.getLogger(GuardedSignIn.class);
    /** Checking a password is made slow on purpose; more than this at a time would take the packets' processor. */
    private static final int AT_A_TIME = 2;

    private static final int LONGEST = 256;

    private final Realm realm;
    private final AttemptLimit limit;
    private final Semaphore permits = new Semaphore(AT_A_TIME);

    /** Made by Declarative Services. */
    @Activate
    public GuardedSignIn() {
        this(new JaasRealm(), InstantSource.system());
    }

    GuardedSignIn(Realm realm, InstantSource clock) {
        this.realm = realm;
        this.limit = new AttemptLimit(clock);
    }

    @Override
    public Outcome check(String name, String password, String address) {
        if (name.isEmpty() || name.length() > LONGEST || password.length() > LONGEST) {
            return new Outcome.Rejected();
        }
        Duration wait = limit.wait(name, address);
        if (wait.isPositive()) {
            return new Outcome.Delayed(Math.max(1, wait.toSeconds()));
        }
        if (!permits.tryAcquire()) {
            return new Outcome.Delayed(1);
        }
        try {
            return authenticate(name, password, address);
        } finally {
            permits.release();
        }
    }

    private Outcome authenticate(String name, String password, String address) {
        char[] secret = password.toCharArray();
        try {
            Optional<Role> role = role(realm.authenticate(name, secret));
            if (role.isPresent()) {
                limit.succeeded(name, address);
                AUDIT.info("console sign-in user={} role={} from={}", name, role.get(), address);
                return new Outcome.Accepted(new User(name, role.get()));
            }
        } catch (FailedLoginException e) {
            // The audit line below says all there is to say.
        } catch (LoginException e) {
            LOG.warn("Nobody can sign in to the console: {}", e.getMessage(), e);
            return new Outcome.Unavailable("Sign-in is not available; the log says why.");
        } finally {
            Arrays.fill(secret, '\0');
        }
        limit.failed(name, address);
        AUDIT.info("console sign-in refused user={} from={}", name, address);
        return new Outcome.Rejected();
    }

    private static Optional<Role> role(Set<Principal> principals) {
        return Arrays.stream(Role.values())
                .filter(role -> principals.stream()
                        .anyMatch(principal -> principal instanceof RolePrincipal
                                && principal.getName().equalsIgnoreCase(role.name())))
                .findFirst();
    }
}
