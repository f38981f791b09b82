package org.sallyport.itests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sallyport.lab.appliance.ApplianceShell;
import org.sallyport.lab.appliance.Distribution;
import org.sallyport.lab.net.Namespace;
import org.sallyport.lab.peer.NumberedTraffic;
import org.sallyport.lab.process.Wait;
import org.sallyport.lab.session.Lab;
import org.sallyport.lab.session.PeerKind;
import org.sallyport.lab.topology.LabNetwork;

/** Bundles come and go in the running appliance. */
@Timeout(180)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class BundlesTest {
    private static final Duration SOON = Duration.ofSeconds(10);
    private static final Duration AFTER_START = Duration.ofSeconds(5);

    @RegisterExtension
    static final LabWatcher WATCHER = new LabWatcher();

    private static LabFixture fixture;
    private static Lab lab;

    @BeforeAll
    static void openLab() {
        fixture = WATCHER.watch(LabFixture.open("bundles", PeerKind.STRONGSWAN));
        lab = fixture.lab();
    }

    @AfterAll
    static void closeLab() {
        WATCHER.close();
    }

    @Test
    @Order(1)
    void allAreActiveWithinTwentySecondsOfTheStart() {
        assertThat(lab.readyAfter()).isLessThan(Duration.ofSeconds(20));
        assertThat(lab.host().shell("bundle:list", "-s", "-t", "0").lines())
                .filteredOn(line -> line.contains("org.sallyport."))
                .hasSizeGreaterThanOrEqualTo(12)
                .allMatch(line -> line.contains("Active"));
        assertThat(lab.host().log()).doesNotContain("ERROR");
    }

    @Test
    @Order(2)
    void nothingListensButWhatIsConfigured() {
        String listening = lab.network().host().command("ss", "-Hlntu").check();
        assertThat(listening.lines().map(line -> line.strip().split("\\s+", -1)[4]))
                .allMatch(
                        address -> address.matches(
                                "127\\.0\\.0\\.1:.*|\\[::ffff:127\\.0\\.0\\.1\\]:.*|.*:500|.*:4500|\\[?(::ffff:)?10\\.1\\.0\\.1\\]?:8080"));
    }

    @ParameterizedTest
    @Order(3)
    @ValueSource(strings = {"capture", "shell", "interceptor", "ike", "classifier", "sad", "spd"})
    void itStopsAndStartsAndFailsClosedInBetween(String bundle) {
        String name = "org.sallyport." + bundle;
        assertThat(lab.fetch().httpStatus()).isEqualTo(200);
        lab.host().shell("bundle:stop", name);
        // Outside the interceptor, so that nothing but policy stands between this program and the wire.
        lab.network()
                .host()
                .command("curl", "-s", "--max-time", "1", "http://" + LabNetwork.SERVER + ":8080/")
                .run();
        assertThat(fixture.clearTextSinceLast()).isEmpty();
        lab.host().shell("bundle:start", name);
        long started = System.nanoTime();
        Wait.until("a new connect to succeed", AFTER_START, () -> lab.fetch().httpStatus() == 200);
        assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(AFTER_START);
        assertThat(fixture.clearTextSinceLast()).isEmpty();
    }

    @ParameterizedTest
    @Order(4)
    @ValueSource(strings = {"ike", "classifier"})
    void itIsReplacedUnderTrafficAndTheSasStay(String bundle) throws Exception {
        assertThat(lab.fetch().httpStatus()).isEqualTo(200);
        Namespace host = lab.network().host();
        Set<String> before = spis();
        try (NumberedTraffic traffic = NumberedTraffic.start(
                host, LabNetwork.HOST_INNER, lab.network().server(), LabNetwork.SERVER, 9000, Duration.ofMillis(1))) {
            Wait.until("traffic", SOON, () -> traffic.received() > 500);
            String old = id("org.sallyport." + bundle);
            Path next = successor(bundle);
            lab.host().shell("bundle:install", "-s", next.toUri().toString());
            lab.host().shell("bundle:stop", old);
            long moved = traffic.received();
            Wait.until("traffic to go on", SOON, () -> traffic.received() > moved + 500);
            NumberedTraffic.Report report = traffic.finish(Duration.ofMillis(500));
            System.out.printf(
                    "replacing %s under traffic: %d of %d datagrams lost, longest gap %.1f ms%n",
                    bundle, report.lost().size(), report.sent(), report.longestGapMillis());
            lab.host().shell("bundle:uninstall", old);
        }
        assertThat(spis()).isEqualTo(before);
        assertThat(fixture.clearTextSinceLast()).isEmpty();
        fixture.hostShell().rekeyChild();
        Wait.until("a rekey by the successor", SOON, () -> !spis().equals(before));
    }

    private static Set<String> spis() {
        return fixture.hostShell().pairs().stream()
                .filter(pair -> pair.state().equals("active"))
                .map(ApplianceShell.Pair::spiIn)
                .collect(Collectors.toSet());
    }

    private static String id(String name) {
        return lab.host().shell("bundle:id", name).strip();
    }

    /** The same bundle with a later version: the successor that an update would bring. */
    private static Path successor(String bundle) throws IOException {
        Path built = Distribution.find().bundles().stream()
                .filter(jar -> jar.toString().contains("/org/sallyport/" + bundle + "/"))
                .findFirst()
                .orElseThrow();
        Path next = lab.directory().resolve(bundle + "-next.jar");
        try (JarFile from = new JarFile(built.toFile())) {
            Manifest manifest = new Manifest(from.getManifest());
            manifest.getMainAttributes().putValue("Bundle-Version", "0.1.1");
            try (JarOutputStream to = new JarOutputStream(Files.newOutputStream(next), manifest)) {
                for (JarEntry entry : from.stream().toList()) {
                    if (!entry.getName().equals(JarFile.MANIFEST_NAME)) {
                        to.putNextEntry(new JarEntry(entry.getName()));
                        from.getInputStream(entry).transferTo(to);
                    }
                }
            }
        }
        return next;
    }
}
