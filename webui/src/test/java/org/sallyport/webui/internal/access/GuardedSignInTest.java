package org.sallyport.webui.internal.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.Principal;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import javax.security.auth.login.FailedLoginException;
import javax.security.auth.login.LoginException;
import org.apache.karaf.jaas.boot.principal.RolePrincipal;
import org.apache.karaf.jaas.boot.principal.UserPrincipal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class GuardedSignInTest {
    private Instant now = Instant.EPOCH;
    private final GuardedSignIn signIn = new GuardedSignIn(GuardedSignInTest::realm, () -> now);

    @Test
    void givesTheHighestRoleOfTheRealm() {
        assertThat(signIn.check("alice", "right", "a"))
                .isEqualTo(new SignIn.Outcome.Accepted(new User("alice", Role.ADMIN)));
        assertThat(signIn.check("bob", "right", "a"))
                .isEqualTo(new SignIn.Outcome.Accepted(new User("bob", Role.VIEWER)));
    }

    @Test
    void aWrongPasswordAnUnknownNameAndNoRoleLookAlike() {
        assertThat(signIn.check("alice", "wrong", "a")).isEqualTo(new SignIn.Outcome.Rejected());
        assertThat(signIn.check("nobody", "right", "a")).isEqualTo(new SignIn.Outcome.Rejected());
        assertThat(signIn.check("carol", "right", "a")).isEqualTo(new SignIn.Outcome.Rejected());
        assertThat(signIn.check("", "right", "a")).isEqualTo(new SignIn.Outcome.Rejected());
        assertThat(signIn.check("alice", "x".repeat(10_000), "a")).isEqualTo(new SignIn.Outcome.Rejected());
    }

    @Test
    void guessingGetsSlowerAndTheRightPasswordHasToWaitToo() {
        fail("alice", "a", 5);
        assertThat(signIn.check("alice", "right", "a")).isEqualTo(new SignIn.Outcome.Delayed(1));
        now = now.plusSeconds(1);
        fail("alice", "a", 1);
        assertThat(signIn.check("alice", "right", "a")).isEqualTo(new SignIn.Outcome.Delayed(2));
        now = now.plusSeconds(2);
        assertThat(signIn.check("alice", "right", "a")).isInstanceOf(SignIn.Outcome.Accepted.class);
        fail("alice", "a", 4);
        assertThat(signIn.check("alice", "right", "a"))
                .as("a success starts the count anew")
                .isInstanceOf(SignIn.Outcome.Accepted.class);
    }

    @Test
    void nobodyIsLockedOutForMoreThanAMinuteNorFromElsewhere() {
        for (int i = 0; i < 50; i++) {
            fail("alice", "a", 1);
            now = now.plus(Duration.ofMinutes(1));
        }
        assertThat(signIn.check("alice", "right", "b")).isInstanceOf(SignIn.Outcome.Accepted.class);
        assertThat(signIn.check("alice", "right", "a")).isInstanceOf(SignIn.Outcome.Accepted.class);
    }

    @Test
    void remembersABoundedNumberOfThoseWhoFailed() {
        AttemptLimit limit = new AttemptLimit(() -> now);
        for (int i = 0; i < AttemptLimit.FREE_FAILURES; i++) {
            limit.failed("first", "a");
        }
        assertThat(limit.wait("first", "a")).isPositive();
        for (int i = 0; i < AttemptLimit.REMEMBERED; i++) {
            limit.failed("other" + i, "a");
        }
        assertThat(limit.wait("first", "a")).isZero();
    }

    @Test
    void saysWhenTheRealmCannotBeAsked() {
        GuardedSignIn broken = new GuardedSignIn(
                (name, password) -> {
                    throw new LoginException("no realm");
                },
                () -> now);
        assertThat(broken.check("alice", "right", "a")).isInstanceOf(SignIn.Outcome.Unavailable.class);
    }

    @Test
    void onlyTwoPasswordsAreHashedAtATime() throws Exception {
        CountDownLatch inside = new CountDownLatch(2);
        CountDownLatch go = new CountDownLatch(1);
        GuardedSignIn slow = new GuardedSignIn(
                (name, password) -> {
                    inside.countDown();
                    await(go);
                    return Set.of(new RolePrincipal("viewer"));
                },
                () -> now);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<SignIn.Outcome> first = threads.submit(() -> slow.check("a", "p", "x"));
            Future<SignIn.Outcome> second = threads.submit(() -> slow.check("b", "p", "x"));
            assertThat(inside.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(slow.check("c", "p", "x")).isEqualTo(new SignIn.Outcome.Delayed(1));
            go.countDown();
            assertThat(first.get()).isInstanceOf(SignIn.Outcome.Accepted.class);
            assertThat(second.get()).isInstanceOf(SignIn.Outcome.Accepted.class);
        }
    }

    private void fail(String name, String address, int times) {
        for (int i = 0; i < times; i++) {
            assertThat(signIn.check(name, "wrong", address)).isEqualTo(new SignIn.Outcome.Rejected());
        }
    }

    private static Set<Principal> realm(String name, char[] password) throws LoginException {
        if (!Arrays.equals(password, "right".toCharArray())) {
            throw new FailedLoginException("wrong");
        }
        return switch (name) {
            case "alice" -> Set.of(new UserPrincipal(name), new RolePrincipal("viewer"), new RolePrincipal("admin"));
            case "bob" -> Set.of(new UserPrincipal(name), new RolePrincipal("viewer"));
            case "carol" -> Set.of(new UserPrincipal("admin"), new RolePrincipal("ssh"));
            default -> throw new FailedLoginException("unknown");
        };
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
