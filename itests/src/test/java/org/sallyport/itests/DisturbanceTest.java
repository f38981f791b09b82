package org.sallyport.itests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.sallyport.lab.appliance.EventLog;
import org.sallyport.lab.appliance.Site;
import org.sallyport.lab.net.Namespace;
import org.sallyport.lab.peer.FlowStorm;
import org.sallyport.lab.peer.NumberedTraffic;
import org.sallyport.lab.process.Wait;
import org.sallyport.lab.session.Lab;
import org.sallyport.lab.session.PeerKind;
import org.sallyport.lab.topology.LabNetwork;

/** Whatever is done to a host while protected traffic flows in both directions, none of it is seen on the outer wire. */
@Timeout(120)
class DisturbanceTest {
    @RegisterExtension
    static final LabWatcher WATCHER = new LabWatcher();

    private static final Duration SOON = Duration.ofSeconds(15);
    private static final Duration INTERVAL = Duration.ofMillis(5);

    private static Lab lab;
    private static LabFixture fixture;
    private static NumberedTraffic out;
    private static NumberedTraffic back;

    @BeforeAll
    static void openLab() {
        Lab.Plan plan = Lab.Plan.standard("disturb", PeerKind.SALLYPORT);
        fixture = WATCHER.watch(LabFixture.open(plan.withHost(
                plan.host().withFile("org.sallyport.enforcement.cfg", "schema-version = 1\nconfirm-within = 10s\n"))));
        lab = fixture.lab();
        out = traffic(lab.network().host(), LabNetwork.HOST_INNER, lab.network().server(), LabNetwork.SERVER);
        back = traffic(lab.network().server(), LabNetwork.SERVER, lab.network().host(), LabNetwork.HOST_INNER);
        flows();
    }

    @AfterAll
    static void closeLab() {
        WATCHER.close();
    }

    private static NumberedTraffic traffic(Namespace from, String source, Namespace to, String destination) {
        return lab.kept(NumberedTraffic.start(from, source, to, destination, 9000, INTERVAL));
    }

    @AfterEach
    void nothingWasSeenAndTrafficGoesOn() {
        flows();
        assertThat(fixture.clearTextSinceLast()).isEmpty();
    }

    private static void flows() {
        long there = out.received();
        long here = back.received();
        Wait.until("traffic both ways", SOON, () -> out.received() > there + 100 && back.received() > here + 100);
    }

    private static Namespace host() {
        return lab.network().host();
    }

    @Test
    void rekeysOfEitherKind() {
        long began = EventLog.now();
        fixture.hostShell().rekeyChild();
        lab.host().journal().await(began, "child-sa-rekeyed", SOON);
        fixture.hostShell().rekeyIke();
        fixture.gatewayShell().rekeyChild();
    }

    @Test
    void sasThatAreDeletedUnderTraffic() {
        fixture.hostShell().deleteChild();
        flows();
        fixture.gatewayShell().deleteIke();
    }

    @Test
    void changesOfPolicy() throws IOException {
        String policy = Files.readString(lab.host().etc().resolve(Site.POLICY_FILE)) + "replay-window = 64\n";
        String other = """
                schema-version = 1
                order = 5
                action = discard
                local = 10.1.0.1
                remote = 10.2.0.200
                """;
        long began = EventLog.now();
        lab.host().configure("org.sallyport.policy-other.cfg", other);
        lab.host().journal().await(began, "policy-generation", SOON);
        flows();
        began = EventLog.now();
        lab.host().configure(Site.POLICY_FILE, policy);
        lab.host().journal().await(began, "policy-generation", SOON);
        flows();
        lab.host().configure(Site.POLICY_FILE, policy.replace("action = protect", "action = protest"));
        Wait.until("the mistake to be told", SOON, () -> lab.host()
                .shell("sallyport:problem-list")
                .contains("protest"));
        flows();
        began = EventLog.now();
        lab.host().configure(Site.POLICY_FILE, policy + "linger = 5s\n");
        lab.host().unconfigure("org.sallyport.policy-other.cfg");
        lab.host().journal().await(began, "policy-generation", SOON);
    }

    @Test
    void theOuterInterfaceGoesDownAndUp() {
        host().ip("link", "set", LabNetwork.OUTER_DEVICE, "down");
        Wait.pause(Duration.ofMillis(500));
        host().ip("link", "set", LabNetwork.OUTER_DEVICE, "up");
        host().ip("route", "replace", "default", "via", LabNetwork.WAN_HOST_SIDE);
    }

    @Test
    void theInnerInterfaceGoesDownAndIsRemoved() {
        long began = EventLog.now();
        host().ip("link", "set", Lab.INNER_DEVICE, "down");
        lab.host().journal().await(began, "guard-repaired", SOON);
    }

    @Test
    void addressesComeAndGo() {
        host().ip("address", "add", "198.51.100.99/24", "dev", LabNetwork.OUTER_DEVICE);
        host().ip("address", "add", "10.1.0.9/32", "dev", "lo");
        flows();
        host().ip("address", "del", "198.51.100.99/24", "dev", LabNetwork.OUTER_DEVICE);
        host().ip("address", "del", "10.1.0.9/32", "dev", "lo");
        flows();
        host().ip("address", "del", LabNetwork.HOST_INNER + "/32", "dev", "lo");
        Wait.pause(Duration.ofMillis(300));
        host().ip("address", "add", LabNetwork.HOST_INNER + "/32", "dev", "lo");
    }

    @Test
    void aFirewallThatIsReloaded() {
        long began = EventLog.now();
        host().command("nft", "flush", "ruleset").check();
        lab.host().journal().await(began, "guard-repaired", SOON);
    }

    @Test
    void anEditThatLocksTheAdministratorOutIsRolledBack() throws IOException {
        try (ServerSocketChannel sshd = host().call(() ->
                        ServerSocketChannel.open().bind(new InetSocketAddress(LabNetwork.HOST_OUTER, 22)));
                SocketChannel session = lab.network()
                        .wan()
                        .call(() -> SocketChannel.open(new InetSocketAddress(LabNetwork.HOST_OUTER, 22)));
                SocketChannel served = sshd.accept()) {
            served.configureBlocking(false);
            long began = EventLog.now();
            lab.host().configure("org.sallyport.policy-lockout.cfg", """
                    schema-version = 1
                    order = 1
                    action = discard
                    local = 198.51.100.2
                    remote = 198.51.100.1
                    """);
            lab.host().journal().await(began, "policy-provisional", SOON);
            session.write(ByteBuffer.wrap(new byte[] {'x'}));
            assertThat(Wait.holds(Duration.ofSeconds(2), () -> served.read(ByteBuffer.allocate(1)) == 1))
                    .as("the session goes on while it is locked out")
                    .isFalse();
            lab.host().journal().await(began, "policy-rolled-back", Duration.ofSeconds(20));
            Wait.until("the session to go on", Duration.ofSeconds(20), () -> served.read(ByteBuffer.allocate(1)) == 1);
            assertThat(lab.host().shell("sallyport:problem-list")).contains("nobody confirmed");
        } finally {
            lab.host().unconfigure("org.sallyport.policy-lockout.cfg");
        }
    }

    @Test
    void overload() {
        try (FlowStorm storm = FlowStorm.listen(lab.network().server(), LabNetwork.SERVER, 9100)) {
            fixture.hostShell().deleteIke();
            storm.run(host(), List.of(LabNetwork.HOST_INNER), 3000, 3000, 5, Duration.ofSeconds(8));
        }
        assertThat(lab.host().log()).doesNotContain("Exception");
    }
}
