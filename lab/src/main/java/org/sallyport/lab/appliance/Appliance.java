package org.sallyport.lab.appliance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.sallyport.lab.net.Place;
import org.sallyport.lab.process.Background;
import org.sallyport.lab.process.Command;
import org.sallyport.lab.process.CommandFailedException;
import org.sallyport.lab.process.Wait;

/**
 * A Sallyport appliance in a namespace: an instance directory of its own, a Karaf process, its shell and its journal.
 * Safe for use by many threads except {@code start}, {@code stop} and {@code kill}.
 */
public final class Appliance implements AutoCloseable {
    /** Where the console listens inside the namespace. */
    public static final int CONSOLE_PORT = 8443;

    /** What the path of the keeper's socket has behind that of the interceptor's. */
    static final String KEEPER_SUFFIX = ".keeper";

    /** Where bin/setenv has the virtual machine write what it knows when it crashes. */
    private static final String ERROR_REPORT = "data/log/crash.log";

    private static final int QUOTED = 4000;
    private static final String INTERCEPTOR_SOCKET = "/run/sallyport/interceptor.sock";
    private static final Pattern CONFIGURED_SOCKET = Pattern.compile("(?m)^socket *= *(.+?) *$");
    private static final Pattern HISTOGRAM_TOTAL = Pattern.compile("(?m)^Total +\\d+ +(\\d+)");
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(200);
    private static final Duration STOP = Duration.ofSeconds(30);

    private final Place place;
    private final Distribution distribution;
    private final Path base;
    private Optional<Background> karaf = Optional.empty();
    private long startedAt;
    private String javaOptions = "";

    private Appliance(Place place, Distribution distribution, Path base) {
        this.place = place;
        this.distribution = distribution;
        this.base = base;
    }

    /** An instance that exists already. */
    public static Appliance existing(Place place, Distribution distribution, Path base) {
        return new Appliance(place, distribution, base);
    }

    /** Makes an instance with its own keys and the given files in etc; nothing runs yet. */
    public static Appliance create(
            Place place, Distribution distribution, Path base, Map<String, String> configuration) {
        Command.of(distribution.script("sallyport-instance"), "create", "--base", base.toString(), "--viewer")
                .within(Duration.ofSeconds(60))
                .check();
        Appliance appliance = new Appliance(place, distribution, base);
        configuration.forEach(appliance::configure);
        return appliance;
    }

    /** The same instance, to be run somewhere else. */
    public Appliance at(Place other) {
        return new Appliance(other, distribution, base);
    }

    public Place place() {
        return place;
    }

    public Path base() {
        return base;
    }

    public Path etc() {
        return base.resolve("etc");
    }

    /** Writes a file below etc, whole; secret files and all others are readable by the owner alone. */
    public void configure(String name, String content) {
        Path file = etc().resolve(name);
        try {
            Files.createDirectories(file.getParent());
            Path next = Files.createTempFile(base, "next", ".tmp");
            Files.writeString(next, content);
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Writes a file below etc unless it is there with this content; answers whether it had to be written. */
    public boolean configureIfDifferent(String name, String content) {
        if (read(etc().resolve(name)).equals(content)) {
            return false;
        }
        configure(name, content);
        return true;
    }

    /** Takes a file below etc away; answers whether there was one. */
    public boolean unconfigure(String name) {
        try {
            return Files.deleteIfExists(etc().resolve(name));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Lays the guard, as the host's boot would do before its network comes up. */
    public void applyGuard() {
        GuardCommand.apply(distribution, etc()).inside(place).check();
    }

    /** Takes away what outlives the appliance: guard, divert table, TUN. */
    public void removeGuard() {
        GuardCommand.clean(distribution).inside(place).check();
    }

    /** Ends whoever keeps held calls while the appliance is away: they fail, and so do later ones of these programs. */
    public void endKeeper() {
        Path keeper = Path.of(distribution.script("sallyport-keeper"));
        if (Files.isExecutable(keeper)) {
            String socket = CONFIGURED_SOCKET
                    .matcher(read(etc().resolve(Site.INTERCEPTOR_FILE)))
                    .results()
                    .map(configured -> configured.group(1))
                    .reduce(INTERCEPTOR_SOCKET, (first, last) -> last);
            Command.of(place.inside(List.of(keeper.toString(), "--end", socket + KEEPER_SUFFIX)))
                    .check();
        }
    }

    /** Says what stands in the kernel. */
    public String guardStatus() {
        return GuardCommand.status(distribution).inside(place).check();
    }

    /** Gives further options to the appliance's Java at the next start. */
    public void useJavaOptions(String options) {
        javaOptions = options;
    }

    /**
     * The octets that are alive on the heap, after a full collection. The virtual machine takes no attachment; one that
     * was started with {@code -XX:+PrintClassHistogram} prints them at a signal.
     */
    public long liveHeapBytes() {
        Path out = base.resolve("karaf.out");
        int before = HISTOGRAM_TOTAL.matcher(read(out)).results().toList().size();
        Command.of("kill", "-QUIT", Long.toString(pid())).check();
        Wait.until(
                "a class histogram",
                Duration.ofSeconds(20),
                () -> HISTOGRAM_TOTAL.matcher(read(out)).results().toList().size() > before);
        return Long.parseLong(
                HISTOGRAM_TOTAL.matcher(read(out)).results().toList().getLast().group(1));
    }

    /** Starts Karaf without waiting for it. */
    public void start() {
        startedAt = EventLog.now();
        karaf = Optional.of(Background.start(
                base.resolve("karaf.out"),
                Map.of(
                        "KARAF_BASE",
                        base.toString(),
                        "JAVA_HOME",
                        System.getProperty("java.home"),
                        "SALLYPORT_JAVA_OPTS",
                        javaOptions),
                place.inside(List.of(distribution.script("karaf"), "daemon"))));
    }

    /** Waits until the appliance says that it is ready, and answers how long that took from the start. */
    public Duration awaitReady(Duration limit) {
        long end = System.nanoTime() + limit.toNanos();
        while (System.nanoTime() - end < 0) {
            if (!isRunning()) {
                throw new CommandFailedException("the appliance in " + place + " ended: " + diagnosis());
            }
            Optional<JournalEvent> ready =
                    journal().since(startedAt, "ready").stream().findFirst();
            if (ready.isPresent()) {
                return Duration.ofNanos((ready.get().micros() - startedAt) * 1000);
            }
            Wait.pause(BETWEEN_LOOKS);
        }
        throw new CommandFailedException(
                "the appliance in %s was not ready within %s: %s".formatted(place, limit, diagnosis()));
    }

    public boolean isRunning() {
        return karaf.filter(Background::isAlive).isPresent();
    }

    /** The process id of the Java process. */
    public long pid() {
        return karaf.orElseThrow(() -> new IllegalStateException("not started")).pid();
    }

    /** Runs a command in the appliance's own shell, by ssh, and answers what it prints. */
    public String shell(String... command) {
        return shellCommand(command).check();
    }

    /** A command for the appliance's own shell, to be run by the caller. */
    public Command shellCommand(String... command) {
        List<String> line = new ArrayList<>(List.of(distribution.script("sallyport-shell")));
        line.addAll(List.of(command));
        return Command.of(place.inside(line))
                .with("KARAF_BASE", base.toString())
                .within(Duration.ofSeconds(30));
    }

    /** What the appliance noted. */
    public EventLog journal() {
        return new EventLog(base.resolve("data/log"), "journal.log");
    }

    /** The appliance's log for people. */
    public String log() {
        return read(base.resolve("data/log/sallyport.log"));
    }

    /** Why it does not run, as far as its output tells; the first line names the crash of its virtual machine. */
    public String diagnosis() {
        String text = output() + log();
        String end = text.length() > QUOTED ? text.substring(text.length() - QUOTED) : text;
        return crash().map(crash -> crash + "\n" + end).orElse(end);
    }

    /** What its virtual machine said when it crashed, cause first; empty when it did not. */
    public Optional<String> crash() {
        return JvmCrash.in(output(), read(base.resolve(ERROR_REPORT))).map(JvmCrash::toString);
    }

    private String output() {
        return read(base.resolve("karaf.out"));
    }

    private static String read(Path file) {
        try {
            return Files.exists(file) ? Files.readString(file) : "";
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** The password that the first start made for a user of the console. */
    public String consolePassword(String user) {
        return read(etc().resolve("keys/console-password"))
                .lines()
                .filter(line -> line.startsWith(user + " "))
                .map(line -> line.substring(user.length() + 1).strip())
                .findFirst()
                .orElseThrow(() -> new CommandFailedException("the first start made no password for " + user));
    }

    /** kill -9. */
    public void kill() {
        karaf.ifPresent(Background::kill);
        karaf = Optional.empty();
    }

    /** Stops in order; the guard stays. */
    public void stop() {
        karaf.ifPresent(process -> {
            ProcessHandle.of(process.pid()).ifPresent(ProcessHandle::destroy);
            if (!process.awaitEnd(STOP)) {
                process.kill();
                throw new CommandFailedException("the appliance did not stop within " + STOP);
            }
        });
        karaf = Optional.empty();
    }

    /** Ends it in whatever way works. */
    @Override
    public void close() {
        karaf.ifPresent(Background::close);
        karaf = Optional.empty();
    }
}
