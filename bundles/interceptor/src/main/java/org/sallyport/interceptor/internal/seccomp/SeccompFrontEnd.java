package org.sallyport.interceptor.internal.seccomp;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.osgi.service.metatype.annotations.Designate;
import org.sallyport.api.flow.FlowGate;
import org.sallyport.api.sa.Leases;
import org.sallyport.linux.seccomp.Architecture;
import org.sallyport.linux.seccomp.Keeping;
import org.sallyport.linux.seccomp.ListenerPark;

/**
 * Supervises programs by seccomp user notification. When it stops, their calls wait in the kernel until it starts again;
 * when the whole daemon ends, they wait while a keeper keeps them, or get ENOSYS where there is none.
 */
@Component(service = SeccompFrontEnd.class, immediate = true, configurationPid = "org.sallyport.interceptor")
@Designate(ocd = FrontEndSettings.class)
public final class SeccompFrontEnd {
    /** Where the keeper listens, behind the path where launchers connect. */
    private static final String KEEPER_SUFFIX = ".keeper";

    /** Not one for each call: what a thread keeps for its system calls would be made anew for each. */
    private final ExecutorService executor = Executors.newFixedThreadPool(
            2 * Runtime.getRuntime().availableProcessors(),
            Thread.ofPlatform().daemon().name("requests-", 0).factory());

    private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("held-calls").factory());
    private final HeldCalls heldCalls = new HeldCalls(timer);
    private final FlowResolver resolver = new FlowResolver();
    private final Readers readers;
    private final HandoverServer server;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile @Nullable Leases leases;

    @Activate
    public SeccompFrontEnd(@Reference FlowGate gate, @Reference ListenerPark park, FrontEndSettings settings) {
        RequestReader reader = new RequestReader(Architecture.current());
        new Rehearsal(reader, resolver, heldCalls, executor).play();
        CallHandler handler =
                new CallHandler(reader, resolver, gate, () -> Optional.ofNullable(leases), heldCalls, executor);
        readers = new Readers(park, handler, settings.maximum_programs(), settings.maximum_programs_per_user());
        server = new HandoverServer(Path.of(settings.socket()), readers);
        readers.takeOver();
        park.keepBy(keeping(settings));
        server.start();
    }

    private static Optional<Keeping> keeping(FrontEndSettings settings) {
        return settings.keeper().isBlank()
                ? Optional.empty()
                : Optional.of(new Keeping(
                        Path.of(System.getProperty("karaf.home", "")).resolve(settings.keeper()),
                        Path.of(settings.socket() + KEEPER_SUFFIX),
                        Duration.ofSeconds(settings.keep_for()),
                        settings.maximum_programs()));
    }

    /** Serves the programs that an earlier daemon has served, once calls can be decided. */
    void serveKept() {
        readers.takeOver();
    }

    @Deactivate
    void stop() throws InterruptedException {
        server.stop();
        readers.stop();
        heldCalls.abandonAll();
        timer.shutdownNow();
        executor.shutdown();
        resolver.close();
    }
}
