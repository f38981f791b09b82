package org.sallyport.itests;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.sallyport.lab.appliance.EventLog;
import org.sallyport.lab.net.Namespace;
import org.sallyport.lab.peer.NumberedTraffic;
import org.sallyport.lab.process.Wait;
import org.sallyport.lab.session.Lab;
import org.sallyport.lab.session.PeerKind;
import org.sallyport.lab.topology.LabNetwork;
import org.sallyport.lab.witness.CapturedPacket;

/** The appliance dies, or a firewall forgets its rules: what is protected does not leave in clear. */
@Timeout(240)
class CrashTest {
    private static final Duration SOON = Duration.ofSeconds(10);
    private static final Duration READY = Duration.ofSeconds(60);
    private static final int PORT = 9000;

    @RegisterExtension
    static final LabWatcher WATCHER = new LabWatcher();

    @AfterEach
    void closeLab() {
        WATCHER.close();
    }

    private static NumberedTraffic traffic(Lab lab) {
        assertThat(lab.fetch().httpStatus()).isEqualTo(200);
        NumberedTraffic traffic = lab.kept(NumberedTraffic.start(
                lab.network().host(),
                LabNetwork.HOST_INNER,
                lab.network().server(),
                LabNetwork.SERVER,
                PORT,
                Duration.ofMillis(5)));
        Wait.until("traffic", SOON, () -> traffic.received() > 100);
        return traffic;
    }

    @Test
    void nothingLeavesInClearWhenItIsKilledAndANewStartPicksUp() throws Exception {
        LabFixture fixture = WATCHER.watch(LabFixture.open("crash", PeerKind.SALLYPORT));
        Lab lab = fixture.lab();
        NumberedTraffic traffic = traffic(lab);
        lab.host().kill();
        Thread.sleep(Duration.ofSeconds(2));
        assertThat(fixture.clearTextSinceLast()).isEmpty();
        takeDivertAway(lab.network().host());
        takeDeviceAway(lab.network().host());
        Thread.sleep(Duration.ofSeconds(1));
        assertThat(fixture.clearTextSinceLast()).as("with the guard alone").isEmpty();

        long received = traffic.received();
        lab.host().start();
        lab.host().awaitReady(READY);
        assertThat(lab.fetch().httpStatus()).isEqualTo(200);
        Wait.until("traffic to resume", SOON, () -> traffic.received() > received + 100);
        assertThat(fixture.clearTextSinceLast()).isEmpty();
        assertThat(lab.host().log()).doesNotContain("Exception");
    }

    @Test
    void theSameActLeaksWhenTheGuardIsLeftOut() throws Exception {
        Lab.Plan plan = Lab.Plan.standard("bare", PeerKind.SALLYPORT);
        LabFixture fixture = WATCHER.watch(LabFixture.open(plan.withHost(
                plan.host().withFile("org.sallyport.enforcement.cfg", "schema-version = 1\nguard = off\n"))));
        Lab lab = fixture.lab();
        traffic(lab);
        lab.host().kill();
        takeDivertAway(lab.network().host());
        takeDeviceAway(lab.network().host());
        Thread.sleep(Duration.ofSeconds(1));
        assertThat(fixture.clearTextSinceLast()).isNotEmpty();
    }

    /** What another program might do to rules that it does not know. */
    private static void takeDivertAway(Namespace host) {
        for (String family : List.of("-4", "-6")) {
            host.command("ip", family, "rule", "flush").run();
            host.command("ip", family, "rule", "add", "from", "all", "lookup", "main", "priority", "32766")
                    .run();
            host.command("ip", family, "rule", "add", "from", "all", "lookup", "default", "priority", "32767")
                    .run();
        }
    }

    private static void takeDeviceAway(Namespace host) {
        host.command("ip", "link", "del", Lab.INNER_DEVICE).check();
    }

    @Test
    void nothingLeavesInClearAcrossAStopAndAStart() throws Exception {
        LabFixture fixture = WATCHER.watch(LabFixture.open("stop", PeerKind.SALLYPORT));
        Lab lab = fixture.lab();
        traffic(lab);
        lab.host().stop();
        Thread.sleep(Duration.ofSeconds(1));
        assertThat(fixture.clearTextSinceLast()).isEmpty();
        assertThat(lab.host().guardStatus()).isNotBlank();
        lab.host().start();
        lab.host().awaitReady(READY);
        assertThat(lab.fetch().httpStatus()).isEqualTo(200);
        assertThat(fixture.clearTextSinceLast()).isEmpty();
    }

    /** Killed once while the change waits to be confirmed, and once while it is being made. */
    @Test
    void aChangeThatNobodyConfirmedIsUndoneByTheNextStartAndNothingLeaves() throws Exception {
        LabFixture fixture = WATCHER.watch(LabFixture.open("undone", PeerKind.SALLYPORT));
        Lab lab = fixture.lab();
        NumberedTraffic traffic = traffic(lab);
        Path change = Files.createDirectory(lab.directory().resolve("change"));
        Files.writeString(change.resolve("org.sallyport.policy-closed.cfg"), """
                schema-version = 1
                order = 1
                action = discard
                local = 10.1.0.0/24
                remote = 10.2.0.0/24
                """);
        String[] apply = {"sallyport:policy-apply", "--confirm-within", "5m", change.toString()};

        lab.host().shell(apply);
        lab.host().kill();
        Thread.sleep(Duration.ofSeconds(1));
        assertThat(fixture.clearTextSinceLast())
                .as("dead, the change unconfirmed")
                .isEmpty();
        startAgain(lab, traffic);
        assertThat(lab.host().etc().resolve("org.sallyport.policy-closed.cfg")).doesNotExist();

        long now = EventLog.now();
        Thread applying =
                Thread.ofVirtual().start(() -> lab.host().shellCommand(apply).run());
        lab.host().journal().await(now, "policy-generation", SOON);
        lab.host().kill();
        applying.join();
        startAgain(lab, traffic);
        assertThat(lab.host().etc().resolve("org.sallyport.policy-closed.cfg")).doesNotExist();
        assertThat(fixture.clearTextSinceLast()).isEmpty();
    }

    private static void startAgain(Lab lab, NumberedTraffic traffic) {
        long began = EventLog.now();
        long received = traffic.received();
        lab.host().start();
        lab.host().awaitReady(READY);
        Wait.until("traffic to resume", SOON, () -> traffic.received() > received + 100);
        assertThat(lab.host().journal().since(began, "policy-rolled-back")).hasSize(1);
    }

    @Test
    void aFlushedFirewallIsRepairedAndNothingLeaks() throws Exception {
        LabFixture fixture = WATCHER.watch(LabFixture.open("flush", PeerKind.SALLYPORT));
        Lab lab = fixture.lab();
        NumberedTraffic traffic = traffic(lab);
        for (int round = 0; round < 3; round++) {
            long now = EventLog.now();
            lab.network().host().command("nft", "flush", "ruleset").check();
            lab.host().journal().await(now, "guard-repaired", SOON);
        }
        long flushedRules = EventLog.now();
        takeDivertAway(lab.network().host());
        lab.host().journal().await(flushedRules, "guard-repaired", SOON);
        long received = traffic.received();
        Wait.until("traffic to go on", SOON, () -> traffic.received() > received + 100);
        List<CapturedPacket> clear = fixture.clearTextSinceLast();
        assertThat(clear).isEmpty();
    }

    @Test
    void cleaningLeavesNothingBehind() {
        LabFixture fixture = WATCHER.watch(LabFixture.open("clean", PeerKind.STRONGSWAN));
        Lab lab = fixture.lab();
        Namespace host = lab.network().host();
        lab.host().stop();
        assertThat(host.command("nft", "list", "ruleset").check()).isNotBlank();
        lab.host().removeGuard();
        assertThat(host.command("nft", "list", "ruleset").check()).isBlank();
        assertThat(host.ip("rule").lines()).hasSize(3);
        assertThat(host.ip("link")).doesNotContain(Lab.INNER_DEVICE);
        assertThat(host.ip("route", "show", "table", "all")).doesNotContain("unreachable default");
    }
}
