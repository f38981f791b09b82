package org.sallyport.pools.internal;

import java.net.URI;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.metatype.annotations.Designate;
import org.sallyport.api.admin.Journal;
import org.sallyport.api.admin.PoolInspection;
import org.sallyport.api.admin.PoolView;
import org.sallyport.api.pool.AddressPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One file {@code org.sallyport.pool-NAME.cfg}. A mistake in it changes nothing: what the pool was before it stays. */
@Component(
        immediate = true,
        service = PoolInspection.class,
        configurationPid = PoolFile.PID,
        configurationPolicy = ConfigurationPolicy.REQUIRE)
@Designate(ocd = PoolKeys.class, factory = true)
public final class PoolFile implements PoolInspection {
    static final String PID = "org.sallyport.pool";

    private static final Logger LOG = LoggerFactory.getLogger(PoolFile.class);
    private static final String FILE = "felix.fileinstall.filename";
    private static final String ENDING = ".cfg";
    private static final String NAME = "[A-Za-z0-9][A-Za-z0-9._-]{0,63}";
    private static final long REMEMBER_SECONDS = 1;

    private final BundleContext context;
    private final String file;
    private final String name;
    private final ScheduledExecutorService writer;
    private volatile @Nullable FilePool pool;
    private @Nullable ServiceRegistration<AddressPool> registration;

    @Activate
    public PoolFile(BundleContext context, Map<String, Object> properties) {
        this.context = context;
        this.file = file(properties);
        this.name = name(file);
        this.writer = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name("sallyport-pool-" + name).factory());
        changed(properties);
        var unused =
                writer.scheduleWithFixedDelay(this::remember, REMEMBER_SECONDS, REMEMBER_SECONDS, TimeUnit.SECONDS);
    }

    @Modified
    void changed(Map<String, Object> properties) {
        if (!name.matches(NAME)) {
            refuse("the name in the file's name, \"" + name
                    + "\", is not accepted; accepted: up to 64 letters, digits, dots, dashes and underscores");
            return;
        }
        PoolParser.Outcome outcome = PoolParser.parse(file, values(properties));
        outcome.problems().forEach(p -> refuse(p.text()));
        outcome.settings().ifPresent(this::configure);
    }

    private void refuse(String text) {
        LOG.error("{}{}", text, pool == null ? "" : "; the pool stays as it was");
        Journal.event("pool-rejected").with("pool", name).with("problem", text).write();
    }

    private void configure(PoolSettings settings) {
        FilePool standing = pool;
        if (standing != null) {
            standing.configure(settings);
            return;
        }
        FilePool made = new FilePool(name, settings, new LeaseFile(folder().resolve(name + ".leases")));
        pool = made;
        registration = context.registerService(
                AddressPool.class, made, FrameworkUtil.asDictionary(Map.of(AddressPool.NAME, name)));
    }

    private Path folder() {
        String data = Objects.requireNonNullElse(context.getProperty("karaf.data"), "data");
        return Path.of(data, "sallyport", "pools");
    }

    private void remember() {
        FilePool writing = pool;
        if (writing != null) {
            writing.remember();
        }
    }

    @Deactivate
    void gone() {
        if (registration != null) {
            registration.unregister();
        }
        writer.shutdownNow();
        try {
            if (writer.awaitTermination(2, TimeUnit.SECONDS)) {
                remember();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public Optional<PoolView> view() {
        return Optional.ofNullable(pool).map(FilePool::view);
    }

    // ---- the configuration as Declarative Services hands it over ----

    private static String file(Map<String, Object> properties) {
        Object written = properties.get(FILE);
        if (written == null) {
            return String.valueOf(properties.get("service.pid")) + ENDING;
        }
        String text = written.toString();
        Path path = text.startsWith("file:") ? Path.of(URI.create(text)) : Path.of(text);
        return String.valueOf(path.getFileName());
    }

    /** Config Admin parts name and PID by a tilde, files by a dash. */
    private static String name(String file) {
        return file.startsWith(PID) && file.endsWith(ENDING) && file.length() > PID.length() + ENDING.length()
                ? file.substring(PID.length() + 1, file.length() - ENDING.length())
                : file;
    }

    private static Map<String, String> values(Map<String, Object> properties) {
        Map<String, String> values = new TreeMap<>();
        properties.forEach((key, value) -> {
            if (!key.matches("(service|component|felix\\.fileinstall|osgi\\.ds)\\..*|:.*|org\\.apache\\.karaf\\..*")) {
                values.put(key, text(value));
            }
        });
        return values;
    }

    private static String text(Object value) {
        return value instanceof Object[] several
                ? Arrays.stream(several).map(String::valueOf).collect(Collectors.joining(","))
                : value.toString();
    }
}
