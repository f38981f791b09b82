package org.sallyport.spd.internal.service;

import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
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
import org.sallyport.api.admin.ConfigurationInspection;
import org.sallyport.api.admin.ConfigurationProblem;
import org.sallyport.api.admin.Journal;
import org.sallyport.api.event.Feed;
import org.sallyport.api.negotiation.Identity;
import org.sallyport.api.negotiation.Pad;
import org.sallyport.api.negotiation.PadEntry;
import org.sallyport.api.negotiation.SecretSource;
import org.sallyport.api.policy.Action;
import org.sallyport.api.policy.PolicyGeneration;
import org.sallyport.api.policy.PolicyListener;
import org.sallyport.api.policy.PolicyProvider;
import org.sallyport.api.policy.PolicySet;
import org.sallyport.api.policy.Spd;
import org.sallyport.api.sa.ConnectionId;
import org.sallyport.spd.internal.config.Configuration;
import org.sallyport.spd.internal.config.ConfigurationCompiler;
import org.sallyport.spd.internal.config.ConfigurationFile;
import org.sallyport.spd.internal.config.ConfigurationFolder;
import org.sallyport.spd.internal.config.Problems;
import org.sallyport.spd.internal.kernel.Enforcement;
import org.sallyport.spd.internal.match.CompiledGeneration;
import org.sallyport.spd.internal.match.CompiledPad;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The policies and peers in force. Whatever changes is read whole, after a short quiet time, and either comes into force
 * whole or leaves everything as it is. One thread does all that; readers never wait for it.
 */
@Component(
        immediate = true,
        service = {Spd.class, Pad.class, ConfigurationInspection.class, ConfigurationStore.class})
public final class PolicyService implements Spd, Pad, ConfigurationInspection, ConfigurationStore {
    private static final Logger LOG = LoggerFactory.getLogger(PolicyService.class);
    private static final Duration QUIET = Duration.ofMillis(100);
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(2);
    private static final Duration DELIVERY = Duration.ofSeconds(20);
    private static final Duration START = Duration.ofSeconds(30);

    private final ScheduledExecutorService executor;
    private final ConfigurationCompiler compiler;
    private final KernelEnforcement kernel;
    private final FileCollection collection;
    private final ProblemBoard board = new ProblemBoard();
    private final Set<PolicyProvider> providers = new HashSet<>();
    private final List<PolicyListener> listeners = new CopyOnWriteArrayList<>();
    private volatile InForce inForce = new InForce(Configuration.EMPTY, 0);
    private Set<Object> lastInput = Set.of();
    private @Nullable ScheduledFuture<?> pending;
    private long incompleteSince;

    private record InForce(Configuration configuration, PolicyGeneration generation, Pad pad) {
        InForce(Configuration configuration, long number) {
            this(
                    configuration,
                    new CompiledGeneration(
                            number,
                            configuration.policies(),
                            configuration.enforcement().forwardedDefault() == Enforcement.Default.DISCARD
                                    ? Action.DISCARD
                                    : Action.BYPASS),
                    new CompiledPad(configuration.peers()));
        }
    }

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
        this.compiler = new ConfigurationCompiler(Optional.of(secrets));
        this.collection = new FileCollection(folder);
        this.kernel = kernel.apply(executor);
        folder.ifPresent(this::start);
    }

    /** The first generation comes from the files themselves: whoever asks before Config Admin has delivered is answered. */
    private void start(Path folder) {
        try {
            executor.submit(() -> readFolder(folder)).get(START.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            LOG.error("The first policies could not be put in force", e);
        }
    }

    private void readFolder(Path folder) {
        Problems unreadable = new Problems();
        List<ConfigurationFile> files = ConfigurationFolder.read(folder, unreadable);
        consider(files, List.of(), unreadable.found());
    }

    @Override
    public PolicyGeneration current() {
        return inForce.generation;
    }

    @Override
    public Optional<PadEntry> named(ConnectionId connection) {
        return inForce.pad.named(connection);
    }

    @Override
    public Optional<PadEntry> find(Identity remote, Optional<Identity> local) {
        return inForce.pad.find(remote, local);
    }

    @Override
    public List<PadEntry> candidates(InetAddress remote) {
        return inForce.pad.candidates(remote);
    }

    @Override
    public List<PadEntry> entries() {
        return inForce.pad.entries();
    }

    @Override
    public Feed<String, ConfigurationProblem> problems() {
        return board.feed();
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
        execute(() -> {
            listeners.add(listener);
            if (inForce.generation.number() > 0) {
                tell(listener);
            }
        });
    }

    void removeListener(PolicyListener listener) {
        listeners.remove(listener);
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
            consider(collection.files(), provided(), List.of());
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

    private void consider(
            List<ConfigurationFile> files, List<PolicySet> provided, List<ConfigurationProblem> unreadable) {
        Set<Object> input = new HashSet<>(files);
        input.addAll(provided);
        if (unreadable.isEmpty() && input.equals(lastInput)) {
            board.show(List.of());
            return;
        }
        Configuration.Outcome outcome = compiler.compile(files, provided);
        List<ConfigurationProblem> problems = new ArrayList<>(unreadable);
        problems.addAll(outcome.problems());
        if (problems.isEmpty()) {
            kernel.tighten(outcome.sound(), inForce.configuration)
                    .ifPresent(why -> problems.add(new ConfigurationProblem("kernel", "", "", why)));
        }
        board.show(problems);
        if (problems.isEmpty()) {
            lastInput = input;
            comeIntoForce(outcome.sound());
        } else {
            considerSoon(LOOK_AGAIN);
        }
    }

    /** The kernel enforces both generations by now; the one before goes when nobody judges by it any more. */
    private void comeIntoForce(Configuration configuration) {
        inForce = new InForce(configuration, inForce.generation.number() + 1);
        Journal.event("policy-generation")
                .with("generation", inForce.generation.number())
                .with("policies", configuration.policies().size())
                .with("peers", configuration.peers().size())
                .write();
        listeners.forEach(this::tell);
        kernel.settle();
    }

    /** A listener is another bundle's code: its fault must not stop the others. */
    private void tell(PolicyListener listener) {
        try {
            listener.generationChanged(inForce.generation);
        } catch (RuntimeException e) {
            LOG.error("A listener failed on generation {}", inForce.generation.number(), e);
        }
    }

    /** Stops; what stands in the kernel stays. */
    @Deactivate
    public void close() {
        kernel.stopWatching();
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
    }
}
