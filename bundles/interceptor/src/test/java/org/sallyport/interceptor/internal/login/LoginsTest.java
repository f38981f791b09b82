package org.sallyport.interceptor.internal.login;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.sallyport.api.admin.LoginControl.LoginView;
import org.sallyport.api.login.Login;
import org.sallyport.linux.process.Account;
import org.sallyport.linux.process.Accounts;

/** The two users are ones that every Debian has. */
@Timeout(30)
class LoginsTest {
    private static final Account ALICE = new Account("alice", 1001, Set.of(1001));
    private static final Account BOB = new Account("bob", 1002, Set.of(1002));
    private static final int RECORD = 384;
    private static final short USER_PROCESS = 7;

    private final Logins logins = new Logins();
    private final List<Set<String>> told = new CopyOnWriteArrayList<>();

    private void listen() {
        logins.add(this::hear);
    }

    private void say(String source, Set<Account> users) {
        assertThat(logins.say(source, users)).isCompleted();
    }

    private CompletionStage<Void> hear(Set<Login> everybody) {
        told.add(everybody.stream().map(Login::user).collect(Collectors.toUnmodifiableSet()));
        return CompletableFuture.completedStage(null);
    }

    @Test
    void whoListensHearsEverybodyAtFirstAndThenOfChangesAlone() {
        say("utmp", Set.of(ALICE));
        listen();
        say("utmp", Set.of(ALICE));
        say("command", Set.of(ALICE, BOB));
        say("utmp", Set.of());
        say("command", Set.of(BOB));
        assertThat(told)
                .as("alice was logged in twice, and went once")
                .containsExactly(Set.of("alice"), Set.of("alice", "bob"), Set.of("bob"));
        assertThat(logins.views()).containsExactly(new LoginView("bob", 1002, "command"));
    }

    @Test
    void whoIsLoggedInByHandHasToBeSomebody() throws IOException {
        LoginComponent component = new LoginComponent();
        component.addListener(this::hear);
        component.login("mail");
        component.login("8");
        assertThat(component.logins()).contains(new LoginView("mail", 8, "command"));
        assertThat(component.logout("8")).isTrue();
        assertThat(component.logout("mail")).isFalse();
        assertThatThrownBy(() -> component.login("nobody-has-this-name"))
                .hasMessage("there is no user \"nobody-has-this-name\" on this host");
        assertThat(told.getLast()).doesNotContain("mail");
        component.stop();
    }

    @Test
    void whoIsLoggedInByHandIsAnsweredWhenThePoliciesAreInForce() throws Exception {
        LoginComponent component = new LoginComponent();
        CompletableFuture<Void> inForce = new CompletableFuture<>();
        component.addListener(
                everybody -> everybody.stream().anyMatch(login -> login.user().equals("mail"))
                        ? inForce
                        : CompletableFuture.completedStage(null));
        CompletableFuture<Void> answered = CompletableFuture.runAsync(() -> component.login("mail"));
        until(() -> component.logins().contains(new LoginView("mail", 8, "command")));
        Thread.sleep(100);
        assertThat(answered).isNotDone();
        inForce.complete(null);
        answered.get(5, TimeUnit.SECONDS);
        component.stop();
    }

    @Test
    void theBookOfLoginsIsFollowed(@TempDir Path folder) throws Exception {
        Path file = Files.write(folder.resolve("utmp"), new byte[0]);
        listen();
        try (LoginWatch watch =
                LoginWatch.begin(LoginSource.utmp(file, new Accounts()).orElseThrow(), logins)) {
            assertThat(watch).isNotNull();
            Process session = new ProcessBuilder("sleep", "60").start();
            Files.write(file, entry("games", session.pid()));
            until(() -> told.getLast().equals(Set.of("games")));

            Files.write(
                    file,
                    both(
                            entry("games", session.pid()),
                            entry("mail", ProcessHandle.current().pid())));
            until(() -> told.getLast().equals(Set.of("games", "mail")));

            session.destroyForcibly().waitFor();
            until(() -> told.getLast().equals(Set.of("mail")));

            Files.write(
                    file, entry("nobody-has-this-name", ProcessHandle.current().pid()));
            until(() -> told.getLast().isEmpty());
        }
    }

    @Test
    void whileTheBookCannotBeReadEverythingStaysAsItWas(@TempDir Path folder) throws Exception {
        Path file = Files.write(
                folder.resolve("utmp"), entry("games", ProcessHandle.current().pid()));
        try (LoginWatch watch =
                LoginWatch.begin(LoginSource.utmp(file, new Accounts()).orElseThrow(), logins)) {
            assertThat(watch).isNotNull();
            listen();
            Files.delete(file);
            Files.createDirectory(file);
            Thread.sleep(500);
            assertThat(told).containsExactly(Set.of("games"));
        }
    }

    private static byte[] entry(String user, long pid) {
        ByteBuffer record = ByteBuffer.allocate(RECORD).order(ByteOrder.nativeOrder());
        record.putShort(0, USER_PROCESS).putInt(4, (int) pid);
        record.put(44, user.getBytes(StandardCharsets.UTF_8));
        return record.array();
    }

    private static byte[] both(byte[] first, byte[] second) {
        return ByteBuffer.allocate(first.length + second.length)
                .put(first)
                .put(second)
                .array();
    }

    private static void until(BooleanSupplier condition) throws InterruptedException {
        while (!condition.getAsBoolean()) {
            Thread.sleep(20);
        }
    }
}
