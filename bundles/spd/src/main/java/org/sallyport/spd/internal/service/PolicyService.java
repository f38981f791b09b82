package org.sallyport.spd.internal.service;

import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.sallyport.api.admin.ChangeOutcome;
import org.sallyport.api.admin.ChangePreview;
import org.sallyport.api.admin.ChildSaView;
import org.sallyport.api.admin.ConfigurationCandidate;
import org.sallyport.api.admin.ConfigurationChanges;
import org.sallyport.api.admin.ConfigurationInspection;
import org.sallyport.api.admin.ConfigurationProblem;
import org.sallyport.api.admin.ConfigurationWarning;
import org.sallyport.api.admin.Provisional;
import org.sallyport.api.event.Feed;
import org.sallyport.api.login.Login;
import org.sallyport.api.login.LoginListener;
import org.sallyport.api.negotiation.Identity;
import org.sallyport.api.negotiation.Pad;
import org.sallyport.api.negotiation.PadEntry;
import org.sallyport.api.negotiation.SecretSource;
import org.sallyport.api.policy.PolicyGeneration;
import org.sallyport.api.policy.PolicyListener;
import org.sallyport.api.policy.PolicyProvider;
import org.sallyport.api.policy.PolicySet;
import org.sallyport.api.policy.Spd;
import org.sallyport.api.pool.AssignedAddresses;
import org.sallyport.api.pool.HostConfiguration;
import org.sallyport.api.sa.ConnectionId;
import org.sallyport.api.sa.IkeSaId;
import org.sallyport.spd.internal.config.ConfigurationCompiler;
import org.sallyport.spd.internal.config.ConfigurationFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The policies and peers in force. Whatever changes is read whole, after a short quiet time, and either comes into force
 * whole or leaves everything as it is. One thread does all that; readers never wait for it.
 */
@Component(
        immediate = true,
        service = {
            Spd.class,
            Pad.class,
            AssignedAddresses.class,
            ConfigurationInspection.class,
            ConfigurationChanges.class,
            ConfigurationStore.class,
            LoginListener.class
        })
public final class PolicyService
        implements Spd,
                Pad,
                AssignedAddresses,
                ConfigurationInspection,
                ConfigurationChanges,
                ConfigurationStore,
                LoginListener {
    private static final Logger LOG = LoggerFactory.getLogger(PolicyService.class);
    private static final Duration QUIET = Duration.ofMillis(100);
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(2);
    private static final Duration DELIVERY = Duration.ofSeconds(20);
    private static final Duration START = Duration.ofSeconds(30);

    private final ScheduledExecutorService executor;
    private final KernelEnforcement kernel;
    private final FileCollection collection;
    private final ProblemBoard board = new ProblemBoard();
    private final LivingSas sas = new LivingSas();
    private final Set<PolicyProvider> providers = new HashSet<>();
    private final AssignedBook assignedBook = new AssignedBook();
    private final Generations generations;
    private final Changes changes;
    private volatile Optional<Set<Login>> logins = Optional.empty();
    private @Nullable ScheduledFuture<?> pending;
    private long incompleteSince;

    @Activate
    public PolicyService(@Reference SecretSource secrets, BundleContext context) {
        this(
                secrets,
                Optional.ofNullable(context.getProperty("karaf.etc")).map(Path::of),
                Thread.ofPlatform().daemon().name("sallyport-policy").factory(),
                LinuxEnforcement::new);
    }

    /**
     * @param folder where the files lie
     * @param threads makes the one thread that changes generations
     * @param kernel makes what enforces them
     */
    PolicyService(
            SecretSource secrets,
            Optional<Path> folder,
            ThreadFactory threads,
            Function<ScheduledExecutorService, KernelEnforcement> kernel) {
        this.executor = Executors.newSingleThreadScheduledExecutor(threads);
        this.collection = new FileCollection(folder);
        this.kernel = kernel.apply(executor);
        this.generations = new Generations(this.kernel);
        Changes.Parts parts = new Changes.Parts(
                new ConfigurationCompiler(Optional.of(secrets), new LinuxAccounts()),
                generations,
                this.kernel,
                collection,
                board,
                sas,
                this::provided,
                assignedBook::byPeer,
                () -> logins,
                this::later,
                () -> considerSoon(LOOK_AGAIN));
        this.changes = new Changes(parts, folder);
        folder.ifPresent(this::start);
    }

    /** The first generation comes from the files themselves: whoever asks before Config Admin has delivered is answered. */
    private void start(Path folder) {
        try {
            executor.submit(() -> changes.begin(folder)).get(START.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            LOG.error("The first policies could not be put in force", e);
        }
    }

    private Runnable later(Duration pause, Runnable task) {
        ScheduledFuture<?> alarm = executor.schedule(task, pause.toMillis(), TimeUnit.MILLISECONDS);
        return () -> alarm.cancel(false);
    }

    @Override
    public PolicyGeneration current() {
        return generations.inForce().generation();
    }

    @Override
    public Optional<PadEntry> named(ConnectionId connection) {
        return generations.inForce().pad().named(connection);
    }

    @Override
    public Optional<PadEntry> find(Identity remote, Optional<Identity> local) {
        return generations.inForce().pad().find(remote, local);
    }

    @Override
    public List<PadEntry> candidates(InetAddress remote) {
        return generations.inForce().pad().candidates(remote);
    }

    @Override
    public List<PadEntry> entries() {
        return generations.inForce().pad().entries();
    }

    @Override
    public CompletionStage<Void> assigned(IkeSaId ikeSa, HostConfiguration configuration) {
        return assign(() -> {
            assignedBook.put(ikeSa, configuration);
            changes.hostChanged().ifPresent(problem -> {
                assignedBook.remove(ikeSa);
                throw new IllegalStateException(problem.text());
            });
        });
    }

    @Override
    public void released(IkeSaId ikeSa) {
        var unused = assign(() -> {
            assignedBook.remove(ikeSa);
            withdrawn();
        });
    }

    @Override
    public void standing(Map<IkeSaId, HostConfiguration> all) {
        var unused = assign(() -> {
            assignedBook.replace(all);
            withdrawn();
        });
    }

    @Override
    public CompletionStage<Void> loggedIn(Set<Login> everybody) {
        logins = Optional.of(Set.copyOf(everybody));
        return assign(() -> changes.hostChanged()
                .ifPresent(
                        p -> LOG.error("The policies for who is logged in now do not come into force: {}", p.text())));
    }

    private void withdrawn() {
        changes.hostChanged()
                .ifPresent(p -> LOG.error("Addresses that are no longer assigned are still in force: {}", p.text()));
    }

    private CompletionStage<Void> assign(Runnable task) {
        try {
            return CompletableFuture.runAsync(task, executor);
        } catch (RejectedExecutionException e) {
            return CompletableFuture.failedStage(e);
        }
    }

    @Override
    public Feed<String, ConfigurationProblem> problems() {
        return board.feed();
    }

    @Override
    public Feed<String, ConfigurationWarning> warnings() {
        return generations.warnings().feed();
    }

    @Override
    public Optional<Provisional> provisional() {
        return changes.provisional();
    }

    @Override
    public Map<String, ChildSaView.Traffic> clearTraffic() {
        try {
            return inTurn(kernel::counted);
        } catch (RuntimeException e) {
            LOG.debug("The guard's counters cannot be read", e);
            return Map.of();
        }
    }

    @Override
    public ChangePreview preview(ConfigurationCandidate candidate) {
        return inTurn(() -> changes.preview(candidate));
    }

    @Override
    public ChangeOutcome apply(ConfigurationCandidate candidate, Optional<Duration> confirmWithin) {
        return inTurn(() -> changes.apply(candidate, confirmWithin));
    }

    @Override
    public Optional<Provisional> confirm() {
        return inTurn(changes::confirm);
    }

    @Override
    public Optional<Provisional> rollBack() {
        return inTurn(() -> changes.rollBack("an administrator asked for it"));
    }

    @Override
    public LivingSas sas() {
        return sas;
    }

    /** Has the one thread that changes generations do it. */
    private <T> T inTurn(Callable<T> task) {
        try {
            return executor.submit(task).get(START.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(String.valueOf(e.getCause()), e);
        } catch (TimeoutException e) {
            throw new IllegalStateException(
                    "the policies are being changed for longer than " + START.toSeconds() + "s", e);
        }
    }

    @Override
    public void put(String pid, ConfigurationFile file) {
        collection.put(pid, file);
        considerSoon(QUIET);
    }

    @Override
    public void remove(String pid) {
        collection.remove(pid);
        considerSoon(QUIET);
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addProvider(PolicyProvider provider) {
        synchronized (providers) {
            providers.add(provider);
        }
        considerSoon(QUIET);
    }

    void updatedProvider(PolicyProvider provider) {
        considerSoon(QUIET);
    }

    void removeProvider(PolicyProvider provider) {
        synchronized (providers) {
            providers.remove(provider);
        }
        considerSoon(QUIET);
    }

    /** A listener hears of what is in force when it comes, and then of every change. */
    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addListener(PolicyListener listener) {
        execute(() -> generations.add(listener));
    }

    void removeListener(PolicyListener listener) {
        generations.remove(listener);
    }

    private void execute(Runnable task) {
        try {
            executor.execute(task);
        } catch (RejectedExecutionException e) {
            LOG.debug("A change came while stopping");
        }
    }

    private synchronized void considerSoon(Duration pause) {
        if (pending != null) {
            pending.cancel(false);
        }
        try {
            pending = executor.schedule(this::considerCollected, pause.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("A change came while stopping");
        }
    }

    private void considerCollected() {
        List<String> missing = collection.missing();
        if (missing.isEmpty()) {
            incompleteSince = 0;
            Input collected = new Input(collection.files(), provided(), assignedBook.byPeer(), logins);
            if (changes.consider(collected, List.of())) {
                considerSoon(LOOK_AGAIN);
            }
            return;
        }
        long now = System.nanoTime();
        incompleteSince = incompleteSince == 0 ? now : incompleteSince;
        if (now - incompleteSince > DELIVERY.toNanos()) {
            board.show(missing.stream()
                    .map(f -> new ConfigurationProblem(
                            f, "", "", "the file was not picked up; accepted: text in the form key = value"))
                    .toList());
        }
        considerSoon(LOOK_AGAIN);
    }

    private List<PolicySet> provided() {
        synchronized (providers) {
            return providers.stream().map(PolicyProvider::policies).toList();
        }
    }

    /** Stops; what stands in the kernel stays, but for a change that nobody confirmed. */
    @Deactivate
    public void close() {
        kernel.stopWatching();
        execute(() -> changes.rollBack("it was not confirmed before the stop"));
        executor.shutdown();
        try {
            if (!executor.awaitTermination(5, TimeUnit.SECONDS)) {
                executor.shutdownNow();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        kernel.close();
        board.feed().close();
        generations.warnings().feed().close();
    }
}
