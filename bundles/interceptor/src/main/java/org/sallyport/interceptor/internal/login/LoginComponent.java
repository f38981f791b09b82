package org.sallyport.interceptor.internal.login;

import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.sallyport.api.admin.Journal;
import org.sallyport.api.admin.LoginControl;
import org.sallyport.api.login.LoginListener;
import org.sallyport.linux.process.Account;
import org.sallyport.linux.process.Accounts;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Follows logins by what this host has for that, and takes those that are told by hand. */
@Component(immediate = true, service = LoginControl.class)
public final class LoginComponent implements LoginControl {
    private static final Logger LOG = LoggerFactory.getLogger(LoginComponent.class);
    private static final String BY_COMMAND = "command";
    private static final Duration SWITCH = Duration.ofSeconds(10);

    private final Accounts accounts = new Accounts();
    private final Logins logins = new Logins();
    private final Optional<LoginWatch> watch;

    @Activate
    public LoginComponent() {
        watch = LoginSource.ofHost(accounts).flatMap(this::begin);
        if (watch.isEmpty()) {
            LOG.info(
                    "this host has neither systemd-logind nor utmp: who is logged in is known by sallyport:login alone");
        }
    }

    private Optional<LoginWatch> begin(LoginSource source) {
        try {
            LoginWatch begun = LoginWatch.begin(source, logins);
            Journal.event("logins-followed").with("source", source.name()).write();
            return Optional.of(begun);
        } catch (IOException e) {
            LOG.error("logins cannot be followed by {}", source.name(), e);
            return Optional.empty();
        }
    }

    @Deactivate
    void stop() throws IOException {
        if (watch.isPresent()) {
            watch.get().close();
        }
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addListener(LoginListener listener) {
        logins.add(listener);
    }

    void removeListener(LoginListener listener) {
        logins.remove(listener);
    }

    @Override
    public List<LoginView> logins() {
        return logins.views();
    }

    @Override
    public void login(String user) {
        await(logIn(user));
    }

    private synchronized CompletableFuture<Void> logIn(String user) {
        Set<Account> users = new HashSet<>(logins.by(BY_COMMAND));
        Account account = account(user);
        users.add(account);
        Journal.event("login")
                .with("user", account.name())
                .with("source", BY_COMMAND)
                .write();
        return logins.say(BY_COMMAND, users);
    }

    @Override
    public boolean logout(String user) {
        Optional<CompletableFuture<Void>> switched = logOut(user);
        switched.ifPresent(LoginComponent::await);
        return switched.isPresent();
    }

    private synchronized Optional<CompletableFuture<Void>> logOut(String user) {
        Set<Account> users = new HashSet<>(logins.by(BY_COMMAND));
        Account account = account(user);
        boolean there = users.removeIf(known -> known.userId() == account.userId());
        if (!there) {
            return Optional.empty();
        }
        Journal.event("logout")
                .with("user", account.name())
                .with("source", BY_COMMAND)
                .write();
        return Optional.of(logins.say(BY_COMMAND, users));
    }

    /** Whoever is answered can count on the policies. */
    private static void await(CompletableFuture<Void> switched) {
        try {
            switched.get(SWITCH.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("the policies for who is logged in now are not in force yet", e);
        }
    }

    private Account account(String user) {
        Optional<Account> account =
                user.matches("[0-9]{1,10}") ? accounts.user((int) Long.parseLong(user)) : accounts.user(user);
        return account.orElseThrow(
                () -> new IllegalArgumentException("there is no user \"" + user + "\" on this host"));
    }
}
