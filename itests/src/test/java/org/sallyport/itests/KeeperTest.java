package org.sallyport.itests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.sallyport.lab.appliance.Appliance;
import org.sallyport.lab.appliance.EventLog;
import org.sallyport.lab.appliance.Site;
import org.sallyport.lab.process.Background;
import org.sallyport.lab.process.Wait;
import org.sallyport.lab.relay.Impairment;
import org.sallyport.lab.relay.Relay;
import org.sallyport.lab.session.Lab;
import org.sallyport.lab.session.PeerKind;
import org.sallyport.lab.topology.LabNetwork;

/** The daemon goes away while 50 calls are held: with the keeper they wait for the next one, without it they fail. */
@Timeout(240)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class KeeperTest {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final Duration READY = Duration.ofSeconds(60);
    private static final Duration PROGRAMS_STARTED = Duration.ofSeconds(60);
    private static final Duration AT_ONCE = Duration.ofSeconds(3);
    private static final int PROGRAMS = 10;
    private static final int THREADS = 5;
    private static final int CALLS = PROGRAMS * THREADS;

    @RegisterExtension
    static final LabWatcher WATCHER = new LabWatcher();

    private static LabFixture fixture;
    private static Lab lab;
    private static Relay relay;
    private static Path client;

    private final List<Background> programs = new ArrayList<>();

    @BeforeAll
    static void openLab() throws IOException {
        Lab.Plan plan = Lab.Plan.standard("keeper", PeerKind.SALLYPORT);
        fixture = WATCHER.watch(LabFixture.open(plan.withHost(plan.host().withPolicy("hold-time", "120s"))));
        lab = fixture.lab();
        Assumptions.assumeTrue(
                Files.exists(lab.distribution().home().resolve("bin/sallyport-keeper")), "no C compiler, no keeper");
        relay = lab.relay(1, Optional.empty());
        client = Files.writeString(lab.directory().resolve("client.py"), clientProgram());
    }

    /** Each thread connects, blocking, and asks for a page; what came of it is a line. */
    private static String clientProgram() {
        return """
                import errno, socket, threading
                def fetch():
                    try:
                        s = socket.socket()
                        s.connect(('%s', %d))
                        s.sendall(b'GET / HTTP/1.0\\r\\n\\r\\n')
                        print(s.recv(4096).split(b' ')[1].decode() + '\\n', end='', flush=True)
                    except OSError as e:
                        print(errno.errorcode[e.errno] + '\\n', end='', flush=True)
                for i in range(%d):
                    threading.Thread(target=fetch).start()
                """.formatted(LabNetwork.SERVER, Lab.HTTP_PORT, THREADS);
    }

    @AfterAll
    static void closeLab() {
        WATCHER.close();
    }

    @AfterEach
    void endPrograms() {
        programs.forEach(Background::kill);
    }

    /** No SA, and none can be made. */
    @BeforeEach
    void cutOff() {
        relay.both(Impairment.NONE);
        if (!lab.host().isRunning()) {
            restart();
        }
        fixture.forgetSas();
        relay.both(Impairment.NONE.withLoss(1));
    }

    @Test
    @Order(1)
    void heldCallsCompleteAfterTheDaemonWasKilledAndStartedAgain() {
        waitFor(Appliance::kill);
    }

    @Test
    @Order(2)
    void heldCallsCompleteAfterAnUpdate() {
        waitFor(Appliance::stop);
    }

    private void waitFor(Consumer<Appliance> end) {
        hold();
        end.accept(lab.host());
        Wait.pause(Duration.ofSeconds(1));
        assertThat(answers()).as("without a daemon").isEmpty();
        assertThat(programs).allMatch(Background::isAlive);

        relay.both(Impairment.NONE);
        long restarted = restart();
        Wait.until("every call to end", SOON, () -> answers().size() == CALLS);
        assertThat(answers()).containsOnly("200");
        assertThat(lab.host().journal().since(restarted, "released")).hasSize(CALLS);
        assertThat(lab.host().journal().since(restarted, "bypassed")).isEmpty();
        assertThat(fixture.clearTextSinceLast()).isEmpty();
    }

    @Test
    @Order(3)
    void withoutTheKeeperTheyFailAtOnce() {
        hold();
        ProcessHandle keeper = keeper();
        keeper.destroyForcibly();
        keeper.onExit().orTimeout(SOON.toSeconds(), TimeUnit.SECONDS).join();
        assertThat(answers()).as("with the daemon").isEmpty();

        lab.host().kill();
        Wait.until("every call to end", AT_ONCE, () -> answers().size() == CALLS);
        assertThat(answers()).containsOnly("ENOSYS");
        assertThat(fixture.clearTextSinceLast()).isEmpty();
    }

    private static long restart() {
        long now = EventLog.now();
        lab.host().start();
        lab.host().awaitReady(READY);
        return now;
    }

    private void hold() {
        long now = EventLog.now();
        for (int i = 0; i < PROGRAMS; i++) {
            programs.add(lab.network()
                    .host()
                    .start(
                            lab.directory().resolve("client-" + now + "-" + i),
                            Map.of(),
                            lab.launcher().program().toString(),
                            lab.launcher().socket().toString(),
                            "python3",
                            client.toString()));
        }
        boolean held = Wait.holds(
                PROGRAMS_STARTED, () -> lab.host().journal().since(now, "held").size() == CALLS);
        assertThat(held).as("%d held calls; ended: %s", CALLS, answers()).isTrue();
    }

    private List<String> answers() {
        return programs.stream().flatMap(program -> program.output().lines()).toList();
    }

    private static ProcessHandle keeper() {
        String socket = Site.keeperSocket(lab.host().base()).toString();
        return ProcessHandle.allProcesses()
                .filter(process -> process.info()
                        .commandLine()
                        .filter(line -> line.contains(socket))
                        .isPresent())
                .findFirst()
                .orElseThrow();
    }
}
