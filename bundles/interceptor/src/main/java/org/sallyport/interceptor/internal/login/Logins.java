package org.sallyport.interceptor.internal.login;

import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.sallyport.api.admin.LoginControl.LoginView;
import org.sallyport.api.login.Login;
import org.sallyport.api.login.LoginListener;
import org.sallyport.linux.process.Account;

/**
 * Who is logged in, by all sources together. Listeners hear of one change after the other, and of none that is no change.
 * Thread safe.
 */
final class Logins {
    private final Map<String, Set<Account>> bySource = new TreeMap<>();
    private final Set<LoginListener> listeners = new HashSet<>();
    private Set<Login> told = Set.of();
    private CompletableFuture<Void> inForce = CompletableFuture.completedFuture(null);

    /**
     * A source says that these, and nobody else, are logged in.
     *
     * @return completes when what every listener makes of it is in force
     */
    synchronized CompletableFuture<Void> say(String source, Set<Account> users) {
        bySource.put(source, Set.copyOf(users));
        Set<Login> everybody = everybody();
        if (!everybody.equals(told)) {
            told = everybody;
            inForce = CompletableFuture.allOf(listeners.stream()
                    .map(listener -> listener.loggedIn(everybody).toCompletableFuture())
                    .toArray(CompletableFuture<?>[]::new));
        }
        return inForce;
    }

    /** Returns who is logged in by one source. */
    synchronized Set<Account> by(String source) {
        return bySource.getOrDefault(source, Set.of());
    }

    /** A listener hears everybody when it comes. */
    synchronized void add(LoginListener listener) {
        listeners.add(listener);
        var unused = listener.loggedIn(told);
    }

    synchronized void remove(LoginListener listener) {
        listeners.remove(listener);
    }

    private Set<Login> everybody() {
        return bySource.values().stream()
                .flatMap(Set::stream)
                .map(account -> new Login(account.name(), account.userId(), account.groupIds()))
                .collect(Collectors.toUnmodifiableSet());
    }

    /** Shows everybody, once for each source. */
    synchronized List<LoginView> views() {
        Stream<LoginView> views = bySource.entrySet().stream().flatMap(e -> e.getValue().stream()
                .map(account -> new LoginView(account.name(), account.userId(), e.getKey())));
        return views.sorted(Comparator.comparing(LoginView::user).thenComparing(LoginView::source))
                .toList();
    }
}
