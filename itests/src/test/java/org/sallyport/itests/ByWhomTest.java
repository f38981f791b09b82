package org.sallyport.itests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.sallyport.lab.appliance.Appliance;
import org.sallyport.lab.appliance.EventLog;
import org.sallyport.lab.appliance.Site;
import org.sallyport.lab.login.LoginManager;
import org.sallyport.lab.process.Background;
import org.sallyport.lab.process.Command;
import org.sallyport.lab.process.CommandFailedException;
import org.sallyport.lab.process.Wait;
import org.sallyport.lab.session.Lab;
import org.sallyport.lab.session.PeerKind;
import org.sallyport.lab.topology.LabNetwork;

/** Policies for some by name, and while somebody is logged in. The two users are ones that every Debian has. */
@Timeout(180)
class ByWhomTest {
    private static final String A = "mail";
    private static final String B = "games";
    private static final Duration SOON = Duration.ofSeconds(10);
    private static final ObjectMapper JSON = new ObjectMapper();

    @RegisterExtension
    static final LabWatcher WATCHER = new LabWatcher();

    private static LabFixture fixture;
    private static Lab lab;
    private static int connections;
    private static Optional<LoginManager> logind = Optional.empty();
    private static String whyNoLogind = "";
    private static Optional<Appliance> besideLogind = Optional.empty();

    private final List<String> files = new ArrayList<>();

    @BeforeAll
    static void openLab() {
        Lab.Plan plan = Lab.Plan.standard("by-whom", PeerKind.SALLYPORT);
        fixture = WATCHER.watch(LabFixture.open(plan.withGateway(
                plan.gateway().withPolicy("proposals", "aes256gcm16-esn-noesn, aes128gcm16-esn-noesn"))));
        lab = fixture.lab();
        startLogind();
        long now = EventLog.now();
        lab.host().unconfigure(Site.POLICY_FILE);
        lab.host().journal().await(now, "policy-generation", SOON);
    }

    /** The host gets systemd-logind, where that runs. */
    private static void startLogind() {
        LoginManager manager;
        try {
            manager = LoginManager.start(lab.directory());
        } catch (CommandFailedException failure) {
            whyNoLogind = String.valueOf(failure.getMessage());
            return;
        }
        logind = Optional.of(manager);
        lab.host().stop();
        Appliance host = lab.host().at(manager.beside(lab.network().host()));
        besideLogind = Optional.of(host);
        host.start();
        host.awaitReady(Duration.ofMinutes(1));
    }

    @AfterAll
    static void closeLab() {
        besideLogind.ifPresent(Appliance::close);
        logind.ifPresent(LoginManager::close);
        WATCHER.close();
    }

    @AfterEach
    void nobodyIsNamedAnyMore() {
        for (Door door : Door.values()) {
            Stream.of(A, B).forEach(door::leave);
        }
        long now = EventLog.now();
        files.forEach(lab.host()::unconfigure);
        lab.host().journal().await(now, "policy-generation", SOON);
        fixture.forgetSas();
        assertThat(fixture.clearTextSinceLast()).isEmpty();
    }

    /** Writes policies, one for each name, and waits until they are in force together. */
    private void policies(Map<String, String> linesByName) {
        long now = EventLog.now();
        linesByName.forEach((name, lines) -> {
            String file = "org.sallyport.policy-" + name + ".cfg";
            files.add(file);
            lab.host().configure(file, """
                    schema-version = 1
                    action = protect
                    local = %s
                    remote = %s
                    peer = %s
                    linger = 0s
                    hold-time = 10s
                    %s
                    """.formatted(LabNetwork.HOST_INNER, LabNetwork.SERVER, Site.PEER, lines));
        });
        lab.host().journal().await(now, "policy-generation", SOON, event -> event.value("policies")
                .equals(Long.toString(linesByName.values().stream()
                        .filter(lines -> !lines.contains("login = " + A) && !lines.contains("login = " + B))
                        .count())));
    }

    private static String[] as(String user, String... program) {
        return Stream.concat(
                        Stream.of("setpriv", "--reuid", user, "--regid", user, "--clear-groups"), Stream.of(program))
                .toArray(String[]::new);
    }

    private static final String CONNECT = "exec 3<>/dev/tcp/" + LabNetwork.SERVER + "/" + Lab.HTTP_PORT;

    /** A connection that stays, of a user's program under the interceptor. */
    private static Background connection(String user) {
        List<String> program = new ArrayList<>(List.of(
                lab.launcher().program().toString(), lab.launcher().socket().toString()));
        program.addAll(List.of(as(user, "bash", "-c", CONNECT + " && echo up && exec sleep 600")));
        // A log of its own: in one that is added to, what the connection before said would count.
        Path log = lab.directory().resolve("connection-" + connections++ + "-of-" + user + ".log");
        Background connection =
                Background.start(log, Map.of(), lab.network().host().inside(program));
        connection.awaitOutput("up", Duration.ofSeconds(20));
        return connection;
    }

    private static Command.Result underInterceptor(String user) {
        return lab.underInterceptor(as(user, "bash", "-c", CONNECT))
                .within(Duration.ofSeconds(20))
                .run();
    }

    private static Command.Result without(String user) {
        return Command.of(lab.network().host().inside(List.of(as(user, "bash", "-c", CONNECT))))
                .within(Duration.ofSeconds(20))
                .run();
    }

    private static Stream<JsonNode> rows(Appliance appliance, String command) {
        String listed = appliance.shell(command, "--json");
        try {
            return StreamSupport.stream(JSON.readTree(listed).spliterator(), false);
        } catch (JsonProcessingException failure) {
            throw new UncheckedIOException(listed, failure);
        }
    }

    /** Which SA stands under which policy. */
    private static Map<String, String> sas() {
        Map<String, String> sas = new TreeMap<>();
        rows(lab.host(), "sallyport:sa-list")
                .filter(row -> row.path("state").asText().equals("active"))
                .forEach(row ->
                        sas.put(row.path("policy").asText(), row.path("sa").asText()));
        return sas;
    }

    private static Map<String, Integer> usersOfSas() {
        Map<String, Integer> users = new TreeMap<>();
        rows(lab.host(), "sallyport:lease-list")
                .forEach(row ->
                        users.put(row.path("policy").asText(), row.path("user").asInt()));
        return users;
    }

    private static String flowTest(String... who) {
        return lab.host()
                .shell(Stream.concat(
                                Stream.of("sallyport:flow-test"),
                                Stream.concat(
                                        Stream.of(who),
                                        Stream.of(
                                                "tcp",
                                                "to",
                                                LabNetwork.SERVER,
                                                "port",
                                                Integer.toString(Lab.HTTP_PORT))))
                        .toArray(String[]::new));
    }

    private static int id(String user) {
        return Integer.parseInt(Command.of("id", "-u", user).check().strip());
    }

    @Test
    void twoUsersReachOneServerByTwoSasWithParametersOfTheirOwn() {
        policies(Map.of(
                "a", "user = " + A + "\nproposals = aes128gcm16-noesn",
                "b", "user = " + B + "\nproposals = aes256gcm16-noesn"));
        try (Background ofA = connection(A);
                Background ofB = connection(B)) {
            assertThat(sas()).containsOnlyKeys("a", "b");
            assertThat(usersOfSas()).isEqualTo(Map.of("a", id(A), "b", id(B)));
            assertThat(rows(lab.host(), "sallyport:sa-list")
                            .map(row -> row.path("policy").asText() + " "
                                    + row.path("algorithms").asText()))
                    .anySatisfy(row -> assertThat(row).startsWith("a ").contains("128"))
                    .anySatisfy(row -> assertThat(row).startsWith("b ").contains("256"));
            long now = EventLog.now();
            assertThat(underInterceptor("root").errors()).contains("Permission denied");
            assertThat(lab.host().journal().await(now, "refused", SOON).value("reason"))
                    .contains("is for others by name");
            assertThat(flowTest("--user", Integer.toString(id(B))))
                    .contains("verdict    protect")
                    .contains("whose names hold who sends it (user " + id(B) + ")");
            assertThat(flowTest("--user", "0")).contains("is for others by name");
            assertThat(ofA.isAlive()).isTrue();
            assertThat(ofB.isAlive()).isTrue();
        }
        Wait.until("nobody to use the SAs and them to go", Duration.ofSeconds(20), () -> sas().isEmpty());
    }

    @Test
    void programsThatNoLauncherStartedAreToldApartByTheirPackets() {
        policies(Map.of("a", "user = " + A, "b", "user = " + B));
        long now = EventLog.now();
        assertThat(without(A).errors()).isEmpty();
        assertThat(without(B).errors()).isEmpty();
        assertThat(without("root").errors()).contains("Connection refused");
        assertThat(lab.host().journal().since(now, "child-sa-up"))
                .extracting(event -> event.value("policy"))
                .containsExactly("a", "b");
        assertThat(lab.host().journal().since(now, "refused"))
                .as("what a closed connection still sends goes by its SA")
                .allSatisfy(refused -> assertThat(refused.value("user")).isEqualTo("0"));
    }

    @Test
    void aProgramIsNamedByItsExecutableAndAUserByAGroup() {
        policies(Map.of("by-program", "executable = /usr/bin/curl", "by-group", "group = " + B));
        assertThat(lab.fetch().httpStatus()).isEqualTo(200);
        assertThat(underInterceptor(B).errors()).isEmpty();
        assertThat(underInterceptor(A).errors()).contains("Permission denied");
        assertThat(without(B).errors()).isEmpty();
        assertThat(without(A).errors()).contains("Connection refused");
    }

    /** By what the appliance hears of people. */
    private enum Door {
        COMMAND {
            @Override
            void enter(String user) {
                lab.host().shell("sallyport:login", user);
            }

            @Override
            void leave(String user) {
                lab.host().shell("sallyport:logout", user);
            }
        },
        LOGIND {
            @Override
            void enter(String user) {
                logind.orElseThrow().login(user);
                Wait.until("the login of " + user, SOON, () -> isListed(user));
            }

            @Override
            void leave(String user) {
                logind.ifPresent(manager -> manager.logout(user));
                Wait.until("the logout of " + user, SOON, () -> !isListed(user));
            }
        };

        abstract void enter(String user);

        abstract void leave(String user);

        boolean isListed(String user) {
            return lab.host()
                    .shell("sallyport:login-list")
                    .lines()
                    .anyMatch(line -> line.contains(user) && line.contains(name().toLowerCase(Locale.ROOT)));
        }
    }

    @ParameterizedTest
    @EnumSource
    void atEachLoginAndLogoutTheRightSasGoAndNoOthers(Door door) {
        assumeTrue(door == Door.COMMAND || logind.isPresent(), "needs systemd-logind: " + whyNoLogind);
        policies(Map.of(
                "day-a", "order = 10\nuser = " + A + "\nlogin = " + A,
                "day-b", "order = 10\nuser = " + B + "\nlogin = " + B,
                "night", "order = 20\nlogin = nobody"));
        try (Background ofRoot = connection("root")) {
            assertThat(sas()).containsOnlyKeys("night");
            assertThat(ofRoot.isAlive()).isTrue();
            assertThat(lab.host().shell("sallyport:policy-list"))
                    .contains("policy day-a is not in force: it asks for other logins");

            door.enter(A);
            assertThat(door.isListed(A)).isTrue();
            Wait.until("what holds for nobody to end", SOON, () -> sas().isEmpty());
            assertThat(underInterceptor("root").errors()).contains("Permission denied");
            assertThat(underInterceptor(B).errors()).contains("Permission denied");
            try (Background ofA = connection(A)) {
                String saOfA = sas().get("day-a");
                assertThat(ofA.isAlive()).isTrue();

                door.enter(B);
                try (Background ofB = connection(B)) {
                    String saOfB = sas().get("day-b");
                    assertThat(sas()).isEqualTo(Map.of("day-a", saOfA, "day-b", saOfB));

                    long now = EventLog.now();
                    door.leave(A);
                    Wait.until("the SA of who left to end", SOON, () -> !sas().containsKey("day-a"));
                    assertThat(sas()).isEqualTo(Map.of("day-b", saOfB));
                    Wait.until("the gateway to be told", SOON, () -> pairs(lab.gateway()) == 1);
                    assertThat(lab.host().journal().since(now, "child-sa-down"))
                            .extracting(event -> event.value("policy"))
                            .containsOnly("day-a");
                    assertThat(underInterceptor(A).errors()).contains("Permission denied");
                    assertThat(ofB.isAlive()).isTrue();
                }
            }
        }
        door.leave(B);
        assertThat(underInterceptor("root").errors()).isEmpty();
    }

    private static long pairs(Appliance appliance) {
        return rows(appliance, "sallyport:sa-list")
                .filter(row -> row.path("state").asText().equals("active"))
                .count();
    }
}
