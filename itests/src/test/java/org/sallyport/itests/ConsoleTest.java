package org.sallyport.itests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.sallyport.itests.ConsoleBrowser.Note;
import org.sallyport.lab.appliance.ApplianceShell;
import org.sallyport.lab.appliance.EventLog;
import org.sallyport.lab.appliance.Site;
import org.sallyport.lab.process.Wait;
import org.sallyport.lab.session.Fetch;
import org.sallyport.lab.session.Lab;
import org.sallyport.lab.session.PeerKind;
import org.sallyport.lab.topology.LabNetwork;
import org.sallyport.lab.witness.CapturedPacket;
import org.sallyport.lab.witness.CapturedPacket.EspHeader;
import org.sallyport.lab.witness.Witness;

/** The console as a person has it: in Chromium, signed in, without ever loading the page anew. */
@Timeout(180)
class ConsoleTest {
    private static final String SECRET = "known to both gates";
    private static final Duration SOON = Duration.ofSeconds(10);
    private static final int CONNECTIONS = 20;
    private static final long PROMPTLY_MILLIS = 1000;
    private static final String ADMIN = "admin";
    private static final String VIEWER = "viewer";
    private static final ObjectMapper JSON = new ObjectMapper();

    @RegisterExtension
    static final LabWatcher WATCHER = new LabWatcher();

    private static LabFixture fixture;
    private static Lab lab;
    private static Site site;

    @BeforeAll
    static void openLab() {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/chromedriver")), "needs chromium-driver");
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/chromium")), "needs chromium");
        site = Site.host(SECRET).withFile("org.sallyport.capture.cfg", "count.esp = true\n");
        fixture = WATCHER.watch(LabFixture.open(
                Lab.Plan.standard("console", PeerKind.SALLYPORT).withHost(site).withGateway(Site.gateway(SECRET))));
        lab = fixture.lab();
    }

    @AfterAll
    static void closeLab() {
        WATCHER.close();
    }

    @Test
    void anSaAppearsAndVanishesWithinASecond(@TempDir Path directory) {
        fixture.forgetSas();
        try (ConsoleBrowser browser = signedIn(ADMIN, directory)) {
            browser.watch("#sas");
            Wait.until("the first look", SOON, () -> !browser.notes().isEmpty());
            long start = EventLog.now();
            assertThat(lab.fetch().httpStatus()).isEqualTo(200);
            String spi = onlySpi();
            long up = lab.host().journal().await(start, "child-sa-up", SOON).micros() / 1000;
            assertThat(firstSince(browser, 0, rows -> rows.contains(spi)) - up).isBetween(-20L, PROMPTLY_MILLIS);
            long middle = EventLog.now();
            fixture.hostShell().deleteChild();
            long down =
                    lab.host().journal().await(middle, "child-sa-down", SOON).micros() / 1000;
            assertThat(firstSince(browser, middle / 1000, rows -> !rows.contains(spi)) - down)
                    .isBetween(-20L, PROMPTLY_MILLIS);
            assertThat(browser.notes().getFirst().millis())
                    .as("the document is still the first")
                    .isLessThan(up);
        }
    }

    @Test
    void aConnectionIsShownAsItStandsAndWhy(@TempDir Path directory) {
        fixture.forgetSas();
        try (ConsoleBrowser browser = signedIn(ADMIN, directory)) {
            browser.goTo("connections", "#connections");
            Wait.until(
                    "the connection, with nothing up",
                    SOON,
                    () -> connection(browser).contains("configured")
                            && connection(browser).contains("waits for a flow that needs it"));
            assertThat(lab.fetch().httpStatus()).isEqualTo(200);
            Wait.until("the connection, up", SOON, () -> connection(browser).contains("1 of 1 policies have an SA"));
        }
    }

    private static String connection(ConsoleBrowser browser) {
        return browser.rows("#connections").toString();
    }

    @Test
    void aHeldRequestIsShownWhileItIsHeldAndThenWhy(@TempDir Path directory) {
        fixture.forgetSas();
        String unreachable = LabNetwork.GATEWAY_OUTER + "/32";
        lab.network().wan().ip("route", "add", "blackhole", unreachable);
        try (ConsoleBrowser browser = signedIn(ADMIN, directory)) {
            browser.goTo("held", "#held");
            CompletableFuture<Fetch> fetch = CompletableFuture.supplyAsync(lab::fetch);
            Wait.until(
                    "the request", SOON, () -> browser.rows("#held").toString().contains("curl"));
            assertThat(browser.rows("#held").toString()).contains(LabNetwork.SERVER);
            assertThat(fetch.join().exit()).isNotZero();
            Wait.until("its end", SOON, () -> browser.rows("#held").isEmpty());
            assertThat(browser.rows("#recent").getFirst().toString())
                    .contains("curl")
                    .contains("refused");
        } finally {
            lab.network().wan().ip("route", "del", "blackhole", unreachable);
        }
    }

    @Test
    void whatItCountsIsWhatTcpdumpCounts(@TempDir Path directory) {
        fixture.forgetSas();
        try (ConsoleBrowser browser = signedIn(ADMIN, directory);
                Witness outer = Witness.start(
                        lab.network().host(), LabNetwork.OUTER_DEVICE, lab.directory(), "udp port 4500 or tcp")) {
            browser.goTo("capture", "#capture-packets");
            restartCapture(browser, "");
            int before = lab.inner().settled().size();
            for (int count = 0; count < CONNECTIONS; count++) {
                assertThat(lab.fetch().httpStatus()).isEqualTo(200);
            }
            Map<String, Long> esp = outer.settled().stream()
                    .flatMap(packet -> packet.esp().stream())
                    .collect(Collectors.groupingBy(ConsoleTest::spi, Collectors.counting()));
            long syns = lab.inner().settled().stream()
                    .skip(before)
                    .filter(CapturedPacket::isSyn)
                    .count();
            assertThat(esp).hasSize(2);
            assertThat(syns).isEqualTo(CONNECTIONS);
            Wait.until("the same counts", SOON, () -> esp.equals(espIn(browser)));
            assertThat(browser.number("#capture-esp"))
                    .isEqualTo(esp.values().stream().mapToLong(Long::longValue).sum());
            assertThat(browser.number("#capture-syns")).isEqualTo(syns);
            assertThat(browser.number("#capture-repeated")).isZero();
            assertThat(browser.number("#capture-clear")).isZero();
            assertThat(browser.number("#capture-dropped")).isZero();
        }
    }

    @Test
    void aFilterOfOnesOwnCountsWhatTcpdumpCounts(@TempDir Path directory) {
        String filter = "tcp port " + Lab.HTTP_PORT;
        try (ConsoleBrowser browser = signedIn(ADMIN, directory)) {
            browser.goTo("capture", "#capture-packets");
            restartCapture(browser, filter);
            try (Witness inner = Witness.start(lab.network().host(), Lab.INNER_DEVICE, lab.directory(), filter)) {
                assertThat(lab.fetch().httpStatus()).isEqualTo(200);
                long seen = inner.settled().size();
                assertThat(seen).isGreaterThan(5);
                Wait.until("as many packets", SOON, () -> browser.number("#capture-packets") == seen);
            }
            restartCapture(browser, "");
        }
    }

    @Test
    void aWrongFileChangesNothingAndItsMessageIsShown(@TempDir Path directory) {
        assertThat(lab.fetch().httpStatus()).isEqualTo(200);
        String policies = lab.host().shell("sallyport:policy-list", "--json");
        Set<ApplianceShell.Pair> pairs = Set.copyOf(fixture.hostShell().pairs());
        try (ConsoleBrowser browser = signedIn(ADMIN, directory)) {
            browser.watch("#sas");
            configure(site.withPolicy("action", "encrypt"));
            browser.awaitText("#configuration-problems", "encrypt");
            assertThat(browser.text("#configuration-problems"))
                    .contains(Site.POLICY_FILE)
                    .contains("action = encrypt")
                    .contains("protect")
                    .contains("bypass")
                    .contains("discard");
            assertThat(lab.host().shell("sallyport:policy-list", "--json")).isEqualTo(policies);
            assertThat(lab.fetch().httpStatus()).isEqualTo(200);
            assertThat(Set.copyOf(fixture.hostShell().pairs())).isEqualTo(pairs);
            putRight();
            Wait.until("the end of the message", SOON, () -> browser.text("#configuration-problems")
                    .isEmpty());
            assertThat(browser.notes()).as("the document is still the first").isNotEmpty();
        } finally {
            putRight();
        }
    }

    @Test
    void policiesSayForWhomTheyAreAndWhichWaitForOtherLogins(@TempDir Path directory) {
        try (ConsoleBrowser browser = signedIn(ADMIN, directory)) {
            browser.goTo("policies", "#policies");
            Wait.until("everybody's policy", SOON, () -> policies(browser).contains("anybody"));
            configure(site.withPolicy("user", "root"));
            Wait.until("root's policy", SOON, () -> policies(browser).contains("user 0"));
            configure(site.withPolicy("login", "anybody"));
            browser.awaitText("#asleep", Site.POLICY);
            assertThat(browser.rows("#policies")).isEmpty();
            putRight();
            Wait.until("everybody's policy again", SOON, () -> policies(browser).contains("anybody"));
        } finally {
            putRight();
        }
    }

    private static String policies(ConsoleBrowser browser) {
        return browser.rows("#policies").toString();
    }

    @Test
    void aViewerMayLookAndNotTouch(@TempDir Path first, @TempDir Path second) {
        assertThat(lab.fetch().httpStatus()).isEqualTo(200);
        String calls = callsThatDelete(first);
        assertThat(lab.fetch().httpStatus()).isEqualTo(200);
        Set<ApplianceShell.Pair> pairs = Set.copyOf(fixture.hostShell().pairs());
        try (ConsoleBrowser viewer = signedIn(VIEWER, second)) {
            Wait.until("the SA on the viewer's page", SOON, () -> viewer.rows("#sas")
                    .toString()
                    .contains(onlySpi()));
            assertThat(viewer.all("button.action, vaadin-text-field, vaadin-confirm-dialog"))
                    .isEmpty();
            viewer.recordRequests();
            viewer.goTo("capture", "#capture-packets");
            assertThat(viewer.all("button.action, vaadin-text-field, vaadin-confirm-dialog"))
                    .isEmpty();
            assertThat(viewer.text("main")).doesNotContain("Start anew");
            viewer.goTo("", "#sas");
            viewer.forge(calls);
            assertThat(viewer.all("vaadin-confirm-dialog")).isEmpty();
            viewer.reload("#sas");
            Wait.until("the SA on the viewer's page", SOON, () -> viewer.rows("#sas")
                    .toString()
                    .contains(onlySpi()));
        }
        assertThat(Set.copyOf(fixture.hostShell().pairs())).isEqualTo(pairs);
    }

    /**
     * Has an administrator delete the SA with the mouse, and answers what their page sent to do so: enough to delete the
     * next one without the mouse, in a session that may.
     */
    private static String callsThatDelete(Path directory) {
        try (ConsoleBrowser admin = signedIn(ADMIN, directory)) {
            admin.recordRequests();
            admin.click("button.action", "Delete");
            admin.click("vaadin-button[slot=confirm-button]", "Delete");
            Wait.until(
                    "the end of the SA", SOON, () -> fixture.hostShell().pairs().isEmpty());
            String calls = admin.recordedCalls();
            assertThat(lab.fetch().httpStatus()).isEqualTo(200);
            Wait.until("the next SA", SOON, () -> admin.rows("#sas").toString().contains(onlySpi()));
            admin.forge(calls);
            Wait.until("the end of the next SA", SOON, () -> fixture.hostShell()
                    .pairs()
                    .isEmpty());
            return calls;
        }
    }

    private static void putRight() {
        configure(site);
    }

    private static void configure(Site changed) {
        lab.host()
                .configureIfDifferent(
                        Site.POLICY_FILE, changed.files(lab.host().base()).getOrDefault(Site.POLICY_FILE, ""));
    }

    private static ConsoleBrowser signedIn(String user, Path directory) {
        ConsoleBrowser browser = ConsoleBrowser.open(lab.network().host(), directory);
        try {
            browser.signIn(user, lab.host().consolePassword(user));
            return browser;
        } catch (RuntimeException failure) {
            browser.close();
            throw failure;
        }
    }

    private static String onlySpi() {
        List<ApplianceShell.Pair> pairs = fixture.hostShell().pairs();
        assertThat(pairs).hasSize(1);
        return pairs.getFirst().spiIn();
    }

    /** When the browser first showed rows that are wanted, in milliseconds since the epoch. */
    private static long firstSince(ConsoleBrowser browser, long millis, Predicate<String> wanted) {
        Wait.until(
                "what the browser is to show",
                SOON,
                () -> wanted.test(browser.notes().getLast().rows()));
        return browser.notes().stream()
                .filter(note -> note.millis() >= millis && wanted.test(note.rows()))
                .mapToLong(Note::millis)
                .findFirst()
                .orElseThrow();
    }

    private static void restartCapture(ConsoleBrowser browser, String filter) {
        browser.type("vaadin-text-field input", filter);
        browser.click("vaadin-button", "Start anew");
        Wait.until("the capture on both devices", SOON, () -> {
            JsonNode capture = JSON.readTree(lab.host().shell("sallyport:capture-list", "--json"));
            String interfaces = capture.path("interfaces").asText();
            return interfaces.contains(LabNetwork.OUTER_DEVICE)
                    && interfaces.contains(Lab.INNER_DEVICE)
                    && capture.path("packets").asLong() == 0;
        });
    }

    private static Map<String, Long> espIn(ConsoleBrowser browser) {
        return browser.rows("#capture-spis").stream()
                .collect(Collectors.toMap(List::getFirst, row -> ConsoleBrowser.parse(row.getLast())));
    }

    private static String spi(EspHeader header) {
        return "%08x".formatted(header.spi());
    }
}
