package org.sallyport.itests;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.sallyport.lab.appliance.Appliance;
import org.sallyport.lab.appliance.ApplianceShell;
import org.sallyport.lab.appliance.EventLog;
import org.sallyport.lab.net.PortForward;
import org.sallyport.lab.session.Fetch;
import org.sallyport.lab.session.Lab;
import org.sallyport.lab.session.PeerKind;
import org.sallyport.lab.topology.LabNetwork;
import org.sallyport.lab.witness.CapturedPacket;

/** What a person sees in a real browser, and when. */
@Timeout(180)
class ConsoleTest {
    private static final Duration SOON = Duration.ofSeconds(10);
    private static final String BROKEN = "org.sallyport.policy-broken.cfg";

    @RegisterExtension
    static final LabWatcher WATCHER = new LabWatcher();

    private static LabFixture fixture;
    private static Lab lab;
    private static PortForward console;
    private static Browser browser;

    @BeforeAll
    static void openLab() {
        fixture = WATCHER.watch(LabFixture.open("console", PeerKind.SALLYPORT));
        lab = fixture.lab();
        console = lab.kept(PortForward.open(lab.network().host(), "127.0.0.1", Appliance.CONSOLE_PORT));
        browser = lab.kept(Browser.signIn(console.port(), "admin", lab.host().consolePassword("admin")));
    }

    @AfterAll
    static void closeLab() {
        WATCHER.close();
    }

    @BeforeEach
    void startOnTheFirstPage() {
        fixture.forgetSas();
        browser.go("");
    }

    @Test
    void anSaAppearsAndVanishesWithinASecondWithoutReload() {
        browser.mark();
        browser.await("an empty list", "#sas", text -> !text.contains("lab"));
        long now = EventLog.now();
        CompletableFuture<Fetch> fetch = CompletableFuture.supplyAsync(lab::fetch);
        long seen = browser.await("the SA", "#sas", text -> text.contains("aes256gcm16"));
        assertThat(fetch.join().httpStatus()).isEqualTo(200);
        long up = lab.host().journal().await(now, "child-sa-up", SOON).micros();
        assertThat((seen - up) / 1e3).as("ms from the event to the screen").isLessThan(1000);
        ApplianceShell.Pair pair = fixture.hostShell().pairs().getFirst();
        assertThat(browser.text("#sas")).contains(pair.spiIn()).contains(pair.spiOut());

        long deleted = EventLog.now();
        CompletableFuture<Void> end =
                CompletableFuture.runAsync(() -> fixture.hostShell().deleteIke());
        long gone = browser.await("the end of the SA", "#sas", text -> !text.contains(pair.spiIn()));
        end.join();
        long down = lab.host().journal().await(deleted, "child-sa-down", SOON).micros();
        assertThat((gone - down) / 1e3).as("ms from the event to the screen").isLessThan(1000);
        assertThat(browser.isMarked()).as("the page was not loaded anew").isTrue();
    }

    @Test
    void aHeldRequestIsShownWhileItIsHeld() {
        lab.network().wan().ip("route", "add", "blackhole", LabNetwork.GATEWAY_OUTER + "/32");
        try {
            browser.go("held");
            CompletableFuture<Fetch> fetch = CompletableFuture.supplyAsync(lab::fetch);
            browser.await("the request", "#held", text -> text.contains("curl") && text.contains(LabNetwork.SERVER));
            assertThat(fetch.join().exit()).isNotZero();
            browser.await("its end", "#held", text -> !text.contains("curl"));
            browser.await("why", "#recent", text -> text.contains("hold time") || text.contains("did not answer"));
        } finally {
            lab.network().wan().ip("route", "del", "blackhole", LabNetwork.GATEWAY_OUTER + "/32");
        }
    }

    @Test
    void theCaptureCountsWhatTcpdumpCounts() {
        for (int round = 0; round < 5; round++) {
            assertThat(lab.fetch().httpStatus()).isEqualTo(200);
        }
        long esp = lab.outer().settled().stream()
                .filter(packet -> packet.esp().isPresent())
                .count();
        long syns = lab.inner().settled().stream().filter(CapturedPacket::isSyn).count();
        browser.go("capture");
        browser.await("ESP", "#capture-esp", text -> number(text) == esp);
        browser.await("SYNs", "#capture-syns", text -> number(text) == syns);
        assertThat(number(browser.text("#capture-repeated"))).isZero();
        assertThat(number(browser.text("#capture-clear"))).isZero();
        assertThat(number(browser.text("#capture-dropped"))).isZero();
    }

    private static long number(String text) {
        String digits = text.replaceAll("[^0-9]", "");
        return digits.isEmpty() ? -1 : Long.parseLong(digits);
    }

    @Test
    void aWrongFileChangesNothingAndItsMessageIsShown() {
        long now = EventLog.now();
        lab.host().configure(BROKEN, """
                schema-version = 1
                action = protekt
                local = 10.1.0.1
                remote = 10.2.0.0/24
                """);
        try {
            browser.await(
                    "the message",
                    "#configuration-problems",
                    text -> text.contains(BROKEN) && text.contains("protekt") && text.contains("protect"));
            assertThat(lab.host().journal().since(now, "policy-generation")).isEmpty();
            assertThat(lab.fetch().httpStatus()).isEqualTo(200);
        } finally {
            lab.host().unconfigure(BROKEN);
        }
        browser.await("its end", "#configuration-problems", String::isEmpty);
    }

    @Test
    void aViewerMayLookAndNotTouch() {
        assertThat(lab.fetch().httpStatus()).isEqualTo(200);
        browser.await("the SA", "#sas", text -> text.contains("aes256gcm16"));
        assertThat(browser.visible("#sas button")).isNotEmpty();
        try (Browser viewer =
                Browser.signIn(console.port(), "viewer", lab.host().consolePassword("viewer"))) {
            viewer.await("the SA", "#sas", text -> text.contains("aes256gcm16"));
            assertThat(viewer.visible("#sas button")).isEmpty();
            viewer.go("capture");
            viewer.await("the counters", "#capture-packets", text -> number(text) >= 0);
            assertThat(viewer.visible(".filter")).isEmpty();
        }
    }

    @Test
    void nobodyComesInWithAWrongPassword() {
        org.assertj.core.api.Assertions.assertThatThrownBy(
                        () -> Browser.signIn(console.port(), "admin", "guessed").close())
                .hasMessageContaining("the page after sign-in");
    }
}
