package org.sallyport.itests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sallyport.lab.appliance.EventLog;
import org.sallyport.lab.appliance.Site;
import org.sallyport.lab.net.Namespace;
import org.sallyport.lab.peer.StrongSwanSettings;
import org.sallyport.lab.process.Wait;
import org.sallyport.lab.session.Lab;
import org.sallyport.lab.session.PeerKind;
import org.sallyport.lab.topology.LabNetwork;

/**
 * A host with a tunnel to an appliance and one to a strongSwan, both in use. Whatever is changed, one thing at a time,
 * touches what its preview names and nothing else: the other connection keeps its SAs, leases and sockets and loses no
 * packet.
 */
@Timeout(120)
class TwoTunnelsTest {
    @RegisterExtension
    static final LabWatcher WATCHER = new LabWatcher();

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String SECRET = "the branch's secret";
    private static final String POLICY = "org.sallyport.policy-branch.cfg";
    private static final String PEER = "org.sallyport.peer-branch.cfg";
    private static final String REST = "org.sallyport.policy-rest.cfg";
    private static final Duration SOON = Duration.ofSeconds(15);
    private static final String BRANCH_POLICY = """
            schema-version = 1
            order = 20
            action = protect
            local = 10.1.0.1
            remote = 10.2.9.0/24
            peer = branch
            proposals = aes256gcm16-noesn
            hold-time = 5s
            """;
    private static final String BRANCH_PEER = """
            schema-version = 1
            local-address = 198.51.100.2
            remote-address = 192.0.2.130
            local-identity = host.lab
            remote-identity = branch.lab
            auth = psk
            secret-file = secrets/branch.psk
            ike-proposals = aes256gcm16-prfsha256-x25519
            dpd-interval = 0s
            """;
    /** What neither tunnel is for does not leave, so that a narrowed policy is no hole. */
    private static final String NOTHING_ELSE = """
            schema-version = 1
            order = 900
            action = discard
            local = 10.1.0.0/16
            remote = 10.2.0.0/16
            """;

    private static LabFixture fixture;
    private static Lab lab;
    private static Tunnel first;
    private static Tunnel branch;

    @BeforeAll
    static void openLab() {
        Lab.Plan plan = Lab.Plan.standard("tunnels", PeerKind.SALLYPORT);
        fixture = WATCHER.watch(LabFixture.open(plan.withHost(plan.host()
                .withFile("secrets/branch.psk", SECRET)
                .withFile("secrets/other.psk", "another secret")
                .withFile(PEER, BRANCH_PEER)
                .withFile(POLICY, BRANCH_POLICY)
                .withFile(REST, NOTHING_ELSE))));
        lab = fixture.lab();
        Namespace there = lab.addBranch(StrongSwanSettings.branch(SECRET));
        first = Tunnel.use(lab, Site.PEER, lab.network().server(), LabNetwork.SERVER);
        branch = Tunnel.use(lab, "branch", there, LabNetwork.BRANCH);
    }

    /** Once for all, by the times of what was seen: the capture of all this traffic is large. */
    @AfterAll
    static void nothingWasSeenInClear() {
        try {
            assertThat(fixture.clearTextSinceLast()).isEmpty();
        } finally {
            WATCHER.close();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '=',
            value = {
                "order = 5",
                "local = 10.1.0.0/24",
                "remote = 10.2.9.0/25",
                "protocol = udp",
                "interface = wan0",
                "peer = gw",
                "proposals = aes128gcm16-noesn",
                "lifetime-time = 30m",
                "lifetime-time-soft = 20m",
                "lifetime-bytes = 1GiB",
                "lifetime-packets = 100000000",
                "pfp = remote-address",
                "hold-time = 9s",
                "replay-window = 64",
                "linger = 5m",
                "packet-refusal = silence"
            })
    void oneKeyOfAPolicy(String key, String value) {
        change(branch, first, "policy branch", key, POLICY, with(BRANCH_POLICY, key, value));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '=',
            value = {
                "local-address = any",
                "remote-address = 192.0.2.131",
                "local-identity = other.lab",
                "remote-identity = elsewhere.lab",
                "secret-file = secrets/other.psk",
                "ike-proposals = aes128gcm16-prfsha256-ecp256",
                "permitted-local = 10.1.0.1",
                "permitted-remote = 10.2.9.0/24",
                "dpd-interval = 20s",
                "ike-lifetime = 2h",
                "ike-lifetime-soft = 1h",
                "retransmit-first = 1s",
                "retransmit-factor = 1.5",
                "retransmit-tries = 2"
            })
    void oneKeyOfAPeer(String key, String value) {
        change(branch, first, "peer branch", key, PEER, with(BRANCH_PEER, key, value));
    }

    private static String with(String file, String key, String value) {
        return file.lines().filter(line -> !line.startsWith(key + " =")).collect(Collectors.joining("\n")) + "\n" + key
                + " = " + value + "\n";
    }

    @Test
    void aPolicyThatDiscardsInstead() {
        change(branch, first, "policy branch", "action", POLICY, NOTHING_ELSE.replace("900", "20"));
    }

    /** Applies a file, looks, puts back what was before, and looks again. */
    private static void change(Tunnel touched, Tunnel other, String entry, String key, String file, String text) {
        Change change = new Change(touched, other, folder(file, text));
        assertThat(change.entries()).as("entries that the preview names").containsExactly(entry);
        // A protocol is part of the selectors, as people read them.
        assertThat(change.keys()).contains(key.equals("protocol") ? "remote" : key);
        change.applyAndRollBack();
    }

    /** A folder with this file alone. */
    private static String folder(String file, String text) {
        try {
            Path folder = Files.createTempDirectory(lab.directory(), "candidate");
            Files.writeString(folder.resolve(file), text);
            return folder.toString();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "action = discard,remote = 10.2.9.128/25",
                "action = discard,remote = 10.2.9.1",
                "action = bypass,remote = 10.2.9.200",
                "action = protect,remote = 10.2.9.1,peer = branch,proposals = aes256gcm16-noesn",
                "action = protect,remote = 10.2.77.0/24,peer = gw"
            })
    void aPolicyThatComesBeforeBoth(String keys) {
        String text = "schema-version = 1\norder = 1\nlocal = 10.1.0.1\n" + keys.replace(',', '\n') + "\n";
        Change change = new Change(branch, first, folder("org.sallyport.policy-new.cfg", text));
        assertThat(change.entries()).containsExactly("policy new");
        change.applyAndRollBack();
    }

    @Test
    void aPeerThatComes() {
        String text = BRANCH_PEER.replace("branch.lab", "new.lab");
        Change change = new Change(branch, first, folder("org.sallyport.peer-new.cfg", text));
        assertThat(change.entries()).containsExactly("peer new");
        assertThat(change.touchesNothing()).isTrue();
        change.applyAndRollBack();
    }

    @Test
    void aPolicyThatGoes() {
        Change change = new Change(branch, first, "--remove", POLICY);
        assertThat(change.entries()).containsExactly("policy branch");
        assertThat(change.ended()).hasSize(1);
        change.applyAndRollBack();
    }

    @Test
    void theOtherPolicyThatGoes() {
        Change change = new Change(first, branch, "--remove", Site.POLICY_FILE);
        assertThat(change.entries()).containsExactly("policy lab");
        change.applyAndRollBack();
    }

    @Test
    void aPeerThatGoesWithItsPolicy() {
        long began = EventLog.now();
        Change change = new Change(branch, first, "--remove", POLICY, "--remove", PEER);
        assertThat(change.entries()).containsExactlyInAnyOrder("policy branch", "peer branch");
        change.applyAndRollBack();
        assertThat(lab.host().journal().since(began, "ike-sa-down"))
                .isNotEmpty()
                .allMatch(event -> event.value("connection").equals("branch"));
    }

    @Test
    void aPolicyThatIsAskedEarlier() {
        Change change = new Change(branch, first, folder(REST, NOTHING_ELSE.replace("900", "15")));
        assertThat(change.entries()).containsExactly("policy rest");
        assertThat(change.json().path("entries").get(0).path("change").asText()).isEqualTo("reordered");
        assertThat(change.touchesNothing()).isFalse();
        change.applyAndRollBack();
    }

    @Test
    void filesThatAreEditedInPlace() throws IOException {
        Standing before = inUse();
        Tunnel.Mark mark = first.mark();
        String policy = Files.readString(lab.host().etc().resolve(Site.POLICY_FILE));
        for (String text : List.of(with(policy, "hold-time", "7s"), policy)) {
            long began = EventLog.now();
            lab.host().configure(Site.POLICY_FILE, text);
            lab.host().journal().await(began, "policy-generation", SOON);
        }
        for (String text : List.of(with(BRANCH_POLICY, "remote", "10.2.9.0/26"), BRANCH_POLICY)) {
            long began = EventLog.now();
            lab.host().configure(POLICY, text);
            lab.host().journal().await(began, "policy-generation", SOON);
            branch.awaitTraffic();
        }
        Change.isUntouched(first, before, mark, Standing.of(lab.host()));
        assertThat(branch.conversationGoesOn()).isTrue();
    }

    /** What stands when both tunnels are known to be used: after an SA began, sockets are looked up a while later. */
    private static Standing inUse() {
        List<Standing> seen = new ArrayList<>();
        boolean inUse = Wait.holds(SOON, () -> {
            seen.add(Standing.of(lab.host()));
            return Stream.of(first, branch)
                    .allMatch(tunnel ->
                            seen.getLast().of(tunnel.connection()).leases().size() >= 2);
        });
        assertThat(inUse)
                .as("two leases of each tunnel, where the last that is seen is " + seen.getLast())
                .isTrue();
        return seen.getLast();
    }

    /** A change as its preview tells it. */
    private static final class Change {
        private final Tunnel touched;
        private final Tunnel other;
        private final String[] arguments;
        private final JsonNode preview;

        Change(Tunnel touched, Tunnel other, String... arguments) {
            this.touched = touched;
            this.other = other;
            this.arguments = arguments;
            this.preview = json("sallyport:policy-preview");
            assertThat(preview.path("accepted").asBoolean())
                    .as(preview.toString())
                    .isTrue();
        }

        private JsonNode json(String command) {
            String text = lab.host()
                    .shell(Stream.concat(Stream.of(command, "--json"), Stream.of(arguments))
                            .toArray(String[]::new));
            try {
                return JSON.readTree(text);
            } catch (JsonProcessingException failure) {
                throw new UncheckedIOException(text, failure);
            }
        }

        JsonNode json() {
            return preview;
        }

        List<String> entries() {
            return stream("entries")
                    .map(e -> e.path("kind").asText() + " " + e.path("name").asText())
                    .toList();
        }

        Set<String> keys() {
            return stream("entries")
                    .flatMap(e -> StreamSupport.stream(e.path("keys").spliterator(), false))
                    .map(k -> k.path("key").asText())
                    .collect(Collectors.toSet());
        }

        /** The inbound SPIs of the SAs that it ends. */
        Set<String> ended() {
            return stream("ending_sas").map(sa -> sa.path("spi_in").asText()).collect(Collectors.toSet());
        }

        boolean touchesNothing() {
            return preview.path("ending_sas").isEmpty() && preview.path("flows").isEmpty();
        }

        private Stream<JsonNode> stream(String list) {
            return StreamSupport.stream(preview.path(list).spliterator(), false);
        }

        void applyAndRollBack() {
            Standing before = inUse();
            Tunnel.Mark ofTouched = touched.mark();
            Tunnel.Mark ofOther = other.mark();
            JsonNode applied = json("sallyport:policy-apply");
            try {
                assertThat(applied.path("change").path("entries")).isEqualTo(preview.path("entries"));
                looks(before, ofOther, ofTouched);
            } finally {
                lab.host().shell("sallyport:policy-rollback");
            }
            touched.awaitTraffic();
            isUntouched(other, before, ofOther, Standing.of(lab.host()));
            assertThat(touched.conversationGoesOn()).isTrue();
        }

        private void looks(Standing before, Tunnel.Mark ofOther, Tunnel.Mark ofTouched) {
            List<Long> lost = other.lostSince(ofOther);
            Standing after = Standing.of(lab.host());
            assertThat(lost).isEmpty();
            isUntouched(other, before, ofOther, after);
            Set<String> ends = before.pairsOf(ended());
            assertThat(before.of(touched.connection()).pairs()).containsAll(ends);
            if (touchesNothing()) {
                isUntouched(touched, before, ofTouched, after);
            } else {
                Set<String> stay = new TreeSet<>(before.pairs());
                stay.removeAll(ends);
                assertThat(after.pairs()).containsAll(stay);
                assertThat(after.pairs()).noneMatch(ends::contains);
            }
        }

        private static void isUntouched(Tunnel tunnel, Standing before, Tunnel.Mark mark, Standing after) {
            Standing was = before.of(tunnel.connection());
            Standing is = after.of(tunnel.connection());
            assertThat(is.ikeSas()).isEqualTo(was.ikeSas());
            assertThat(is.pairs()).isEqualTo(was.pairs());
            assertThat(is.leases()).containsAll(was.leases());
            assertThat(tunnel.lostSince(mark)).as(tunnel.connection()).isEmpty();
            assertThat(tunnel.conversationGoesOn()).as(tunnel.connection()).isTrue();
        }
    }
}
