package org.sallyport.spd.internal.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sallyport.api.admin.ChangeOutcome;
import org.sallyport.api.admin.ChangePreview;
import org.sallyport.api.admin.ChildSaView.Traffic;
import org.sallyport.api.admin.ConfigurationCandidate;
import org.sallyport.api.admin.ConfigurationProblem;
import org.sallyport.api.admin.EntryChange.Change;
import org.sallyport.api.admin.Provisional.Cause;
import org.sallyport.api.flow.Addresses;
import org.sallyport.api.flow.Flow;
import org.sallyport.api.flow.Requester;
import org.sallyport.api.login.Login;
import org.sallyport.api.policy.Action;
import org.sallyport.api.policy.Origin;
import org.sallyport.linux.sockdiag.EstablishedSocket;
import org.sallyport.spd.Samples;
import org.sallyport.spd.internal.change.ChangeRecord;
import org.sallyport.spd.internal.change.FolderEdit;
import org.sallyport.spd.internal.config.Configuration;
import org.sallyport.spd.internal.config.ConfigurationFile;
import org.sallyport.spd.internal.config.ConfigurationFolder;
import org.sallyport.spd.internal.config.Problems;

/** Changes that are shown, confirmed and rolled back; time is the test's, and there is no kernel. */
class ChangesTest {
    private static final String WEB = "org.sallyport.policy-web.cfg";
    private static final String ADMIN = "org.sallyport.policy-admin.cfg";
    private static final String NONE = "org.sallyport.policy-none.cfg";
    private static final String PEER = "org.sallyport.peer-west.cfg";
    private static final EstablishedSocket SSH =
            new EstablishedSocket(Addresses.parse("10.1.0.1"), 22, Addresses.parse("10.9.0.7"), 50000, 0, 1);
    private static final EstablishedSocket MAIL =
            new EstablishedSocket(Addresses.parse("10.1.0.1"), 40000, Addresses.parse("10.2.0.1"), 25, 1000, 2);
    private static final EstablishedSocket ITSELF =
            new EstablishedSocket(Addresses.parse("10.1.0.1"), 22, Addresses.parse("10.1.0.1"), 50001, 0, 3);
    private static final String DISCARD_ADMINISTRATOR =
            "schema-version=1\norder=1\naction=discard\nlocal=any\nremote=10.9.0.0/16";

    private Path etc;
    private Path candidate;

    private final List<Task> alarms = new ArrayList<>();
    private final FakeKernel kernel = new FakeKernel();
    private final LivingSas sas = new LivingSas();
    private ProblemBoard board = new ProblemBoard();
    private Generations generations = new Generations(kernel);
    private FileCollection collection = new FileCollection(Optional.empty());
    private @Nullable Changes made;
    private Map<String, List<InetAddress>> assigned = Map.of();
    private final Optional<Set<Login>> logins = Optional.of(Set.of());

    private static final class Task {
        private final Duration pause;
        private final Runnable task;
        private boolean cancelled;

        Task(Duration pause, Runnable task) {
            this.pause = pause;
            this.task = task;
        }
    }

    private static final class FakeKernel implements KernelEnforcement {
        private final List<EstablishedSocket> sockets = new ArrayList<>(List.of(SSH, MAIL, ITSELF));
        private Optional<String> refusal = Optional.empty();
        private List<String> enforced = List.of();
        private @Nullable Configuration tightened;

        @Override
        public Optional<String> tighten(Configuration next, Configuration inForce) {
            tightened = refusal.isEmpty() ? next : inForce;
            return refusal;
        }

        @Override
        public void settle() {
            Configuration next = tightened;
            enforced = next == null
                    ? List.of()
                    : next.policies().stream().map(p -> p.name()).toList();
        }

        @Override
        public HostConnections connections() {
            return new HostConnections(java.util.Set.of(SSH.local()), sockets);
        }

        @Override
        public Map<String, Traffic> counted() {
            return Map.of();
        }

        @Override
        public void stopWatching() {}

        @Override
        public void close() {}
    }

    @BeforeEach
    void start(@TempDir Path folder) throws IOException {
        etc = Files.createDirectory(folder.resolve("etc"));
        candidate = Files.createDirectory(folder.resolve("candidate"));
        write(etc, PEER, "schema-version=1\nlocal-identity=a\nremote-identity=b\nsecret-file=west.psk");
        write(
                etc,
                WEB,
                "# the web\nschema-version=1\naction=protect\nlocal=10.1.0.1\nremote=10.2.0.1\nprotocol=tcp\n"
                        + "remote-port=443\npeer=west");
        write(etc, ADMIN, "schema-version=1\norder=50\naction=bypass\nlocal=any\nremote=10.9.0.0/16");
        restart();
    }

    /** What a new process does, with what lies on disk alone. */
    private void restart() {
        alarms.clear();
        board = new ProblemBoard();
        generations = new Generations(kernel);
        collection = new FileCollection(Optional.of(etc));
        Changes.Parts parts = new Changes.Parts(
                Samples.compiler(),
                generations,
                kernel,
                collection,
                board,
                sas,
                List::of,
                () -> assigned,
                () -> logins,
                (pause, task) -> {
                    Task alarm = new Task(pause, task);
                    alarms.add(alarm);
                    return () -> alarm.cancelled = true;
                },
                () -> {});
        made = new Changes(parts, Optional.of(etc));
        changes().begin(etc);
        deliver();
    }

    private Changes changes() {
        return java.util.Objects.requireNonNull(made);
    }

    private static void write(Path folder, String file, String content) throws IOException {
        Files.writeString(folder.resolve(file), content);
    }

    /** What FileInstall and Config Admin do: they tell of the files as they lie in the folder. */
    private void deliver() {
        for (ConfigurationFile file : ConfigurationFolder.read(etc, new Problems())) {
            collection.put("pid-of-" + file.file(), file);
        }
        look();
    }

    private boolean look() {
        return changes().consider(new Input(collection.files(), List.of(), assigned, logins), List.of());
    }

    private void timePasses() {
        List<Task> due = List.copyOf(alarms);
        alarms.clear();
        due.stream().filter(t -> !t.cancelled).forEach(t -> t.task.run());
    }

    private ConfigurationCandidate edit(String... removals) {
        return new ConfigurationCandidate(List.of(candidate), List.of(removals));
    }

    private ChangeOutcome apply(String... removals) {
        return changes().apply(edit(removals), Optional.empty());
    }

    private Action judge(EstablishedSocket s) {
        Flow flow = new Flow(0, 6, s.local(), s.localPort(), s.remote(), s.remotePort());
        return generations
                .inForce()
                .generation()
                .judge(flow, Requester.UNKNOWN, Origin.HOST)
                .action();
    }

    private Map<String, String> folder() {
        return ConfigurationFolder.texts(etc, new Problems());
    }

    private List<String> hidden() throws IOException {
        try (Stream<Path> files = Files.list(etc)) {
            return files.map(f -> f.getFileName().toString())
                    .filter(n -> !n.endsWith(".cfg") && !n.endsWith(FolderEdit.ROLLED_BACK))
                    .toList();
        }
    }

    @Test
    void aPreviewNamesWhatDiffersAndChangesNothing() throws Exception {
        write(
                candidate,
                WEB,
                "schema-version=1\naction=protect\nlocal=10.1.0.1\nremote=10.2.0.1\nprotocol=tcp\n"
                        + "remote-port=25\npeer=west");
        write(candidate, NONE, DISCARD_ADMINISTRATOR);
        Map<String, String> before = folder();
        ChangePreview preview = changes().preview(edit());
        assertThat(preview.problems()).isEmpty();
        assertThat(preview.entries())
                .extracting(e -> e.change() + " " + e.name())
                .containsExactly("ADDED none", "CHANGED web");
        assertThat(preview.entries().getLast().keys()).singleElement().satisfies(k -> {
            assertThat(k.key()).isEqualTo("remote");
            assertThat(k.before()).contains("443");
            assertThat(k.after()).contains("25");
        });
        assertThat(preview.flows())
                .extracting(f -> f.flow().localPort() + " " + f.before().action() + " "
                        + f.after().action() + " " + f.cutsAdministratorOff())
                .containsExactlyInAnyOrder("22 BYPASS DISCARD true", "40000 BYPASS PROTECT false");
        assertThat(preview.unknown()).singleElement().asString().contains("org.sallyport.sad");
        assertThat(folder()).isEqualTo(before);
        assertThat(generations.inForce().number()).isEqualTo(1);
        assertThat(hidden()).isEmpty();
    }

    @Test
    void whatIsOnlyWrittenDifferentlyIsNoDifference() throws Exception {
        write(
                candidate,
                WEB,
                "schema-version = 1\naction = protect\nlocal = 10.1.0.1/32\nremote = 10.2.0.1\norder = 100\n"
                        + "protocol = tcp\nremote-port = 443-443\npeer = west\nlinger = 60s");
        ChangePreview preview = changes().preview(edit());
        assertThat(preview.problems()).isEmpty();
        assertThat(preview.entries()).isEmpty();
        assertThat(preview.flows()).isEmpty();
    }

    @Test
    void aPolicyThatIsMovedIsReorderedAndNoOther() throws Exception {
        write(
                candidate,
                WEB,
                "schema-version=1\norder=10\naction=protect\nlocal=10.1.0.1\nremote=10.2.0.1\n"
                        + "protocol=tcp\nremote-port=443\npeer=west");
        assertThat(changes().preview(edit()).entries()).singleElement().satisfies(e -> assertThat(e.change())
                .isEqualTo(Change.REORDERED));
    }

    @Test
    void aMistakeInTheCandidateIsNamedAndChangesNothing() throws Exception {
        write(candidate, NONE, "schema-version=1\naction=discrad\nlocal=any\nremote=10.9.0.0/16");
        ChangeOutcome outcome = apply("paris");
        assertThat(outcome.preview().problems())
                .extracting(ConfigurationProblem::text)
                .anyMatch(t -> t.equals(NONE + ": action = discrad: accepted: protect, bypass, discard"))
                .anyMatch(
                        t -> t.startsWith("--remove: \"paris\" is neither a file nor a policy nor a peer; accepted: "));
        assertThat(outcome.provisional()).isEmpty();
        assertThat(folder()).doesNotContainKey(NONE);
        assertThat(generations.inForce().number()).isEqualTo(1);
    }

    @Test
    void aPeerThatIsStillNeededCannotBeRemoved() {
        assertThat(apply("west").preview().problems().toString()).contains("there is no file " + PEER);
        assertThat(folder()).containsKey(PEER);
    }

    @Test
    void whatIsAppliedIsInForceAtOnceAndStaysWhenConfirmed() throws Exception {
        write(candidate, NONE, "schema-version=1\norder=1\naction=discard\nlocal=any\nremote=10.2.0.1");
        ChangeOutcome outcome = apply("admin");
        assertThat(outcome.provisional()).hasValueSatisfying(p -> {
            assertThat(p.cause()).isEqualTo(Cause.APPLIED);
            assertThat(p.files()).containsExactly(ADMIN, NONE);
            assertThat(p.text()).contains("Generation 2 is provisional.", "sallyport:policy-confirm within");
        });
        assertThat(judge(MAIL)).isEqualTo(Action.DISCARD);
        assertThat(folder()).containsKey(NONE).doesNotContainKey(ADMIN);
        assertThat(hidden()).containsExactly(ChangeRecord.FILE);
        look();
        assertThat(judge(MAIL)).as("Config Admin still has the files before").isEqualTo(Action.DISCARD);
        assertThat(changes().confirm()).isPresent();
        assertThat(changes().provisional()).isEmpty();
        timePasses();
        deliver();
        assertThat(judge(MAIL)).isEqualTo(Action.DISCARD);
        assertThat(generations.inForce().number()).isEqualTo(2);
        assertThat(hidden()).isEmpty();
        restart();
        assertThat(judge(MAIL)).isEqualTo(Action.DISCARD);
    }

    @Test
    void whatNobodyConfirmsIsRolledBackToTheLetter() throws Exception {
        Map<String, String> before = folder();
        write(candidate, WEB, "schema-version=1\naction=bypass\nlocal=10.1.0.1\nremote=10.2.0.1");
        write(candidate, NONE, "schema-version=1\norder=1\naction=discard\nlocal=any\nremote=10.2.0.1");
        apply("admin");
        deliver();
        assertThat(alarms).singleElement().satisfies(a -> assertThat(a.pause).isEqualTo(Duration.ofMinutes(1)));
        timePasses();
        assertThat(folder()).isEqualTo(before);
        assertThat(kernel.enforced).containsExactly("admin", "web");
        assertThat(judge(MAIL)).isEqualTo(Action.BYPASS);
        assertThat(changes().provisional()).isEmpty();
        look();
        assertThat(generations.inForce().number())
                .as("Config Admin still has the files of the change")
                .isEqualTo(3);
        assertThat(hidden()).isEmpty();
        assertThat(Files.readString(etc.resolve(NONE + FolderEdit.ROLLED_BACK))).contains("discard");
    }

    @Test
    void anAdministratorRollsBackAtOnce() throws Exception {
        Map<String, String> before = folder();
        write(candidate, NONE, DISCARD_ADMINISTRATOR);
        apply();
        assertThat(changes().rollBack("an administrator asked for it")).isPresent();
        assertThat(folder()).isEqualTo(before);
        assertThat(judge(SSH)).isEqualTo(Action.BYPASS);
        timePasses();
        assertThat(generations.inForce().number()).isEqualTo(3);
        assertThat(changes().rollBack("again")).isEmpty();
    }

    @Test
    void aCrashBeforeTheConfirmationLeadsBack() throws Exception {
        Map<String, String> before = folder();
        write(candidate, NONE, DISCARD_ADMINISTRATOR);
        apply("web");
        assertThat(ChangeRecord.filesInForce(etc, new Problems()))
                .as("what the guard is made of before the appliance runs")
                .extracting(ConfigurationFile::file)
                .containsExactly(PEER, ADMIN, WEB);
        restart();
        assertThat(folder()).isEqualTo(before);
        assertThat(judge(SSH)).isEqualTo(Action.BYPASS);
        assertThat(hidden()).isEmpty();
    }

    @Test
    void oneChangeWaitsAtATime() throws Exception {
        write(candidate, NONE, DISCARD_ADMINISTRATOR);
        apply();
        assertThat(apply("web").preview().problems()).singleElement().satisfies(p -> assertThat(p.text())
                .contains("Generation 2 is provisional", "policy-rollback"));
        assertThat(folder()).containsKey(WEB);
    }

    @Test
    void whatTheKernelRefusesIsNotWritten() throws Exception {
        Map<String, String> before = folder();
        write(candidate, NONE, DISCARD_ADMINISTRATOR);
        kernel.refusal = Optional.of("the kernel refused: no nftables");
        assertThat(apply().preview().problems().toString()).contains("no nftables");
        assertThat(folder()).isEqualTo(before);
        assertThat(hidden()).isEmpty();
        assertThat(changes().provisional()).isEmpty();
    }

    @Test
    void theTimeToConfirmHasBounds() throws Exception {
        write(candidate, NONE, DISCARD_ADMINISTRATOR);
        for (Duration outside : List.of(Duration.ofSeconds(9), Duration.ofSeconds(3601))) {
            assertThat(changes().apply(edit(), Optional.of(outside)).preview().problems())
                    .singleElement()
                    .satisfies(p -> assertThat(p.text()).endsWith("accepted: 10s to 1h"));
        }
        assertThat(changes().apply(edit(), Optional.of(Duration.ofSeconds(10))).provisional())
                .isPresent();
    }

    @Test
    void anEditThatCutsAnAdministratorOffIsRolledBackAndItsFilesAreLeft() throws Exception {
        write(etc, ADMIN, "schema-version=1\norder=50\naction=discard\nlocal=any\nremote=10.9.0.0/16");
        deliver();
        assertThat(judge(SSH)).isEqualTo(Action.DISCARD);
        assertThat(changes().provisional()).hasValueSatisfying(p -> {
            assertThat(p.cause()).isEqualTo(Cause.CUTS_ADMINISTRATOR_OFF);
            assertThat(p.files()).containsExactly(ADMIN);
            assertThat(p.text()).contains("It cuts off tcp 10.1.0.1:22 > 10.9.0.7:50000.");
        });
        timePasses();
        assertThat(judge(SSH)).isEqualTo(Action.BYPASS);
        assertThat(kernel.enforced).containsExactly("admin", "web");
        assertThat(folder().get(ADMIN)).contains("discard");
        assertThat(look()).as("it is looked at again unasked").isTrue();
        assertThat(judge(SSH)).isEqualTo(Action.BYPASS);
        assertThat(board.feed().values()).singleElement().satisfies(p -> assertThat(p.text())
                .isEqualTo(ADMIN + ": rolled back because nobody confirmed it within 60s; edit or touch the files"
                        + " to try again, and run sallyport:policy-confirm in time"));
    }

    @Test
    void aRolledBackEditStaysSoOverARestart() throws Exception {
        write(etc, NONE, DISCARD_ADMINISTRATOR);
        deliver();
        timePasses();
        restart();
        assertThat(judge(SSH)).isEqualTo(Action.BYPASS);
        assertThat(board.feed().values()).hasSize(1);
        assertThat(ChangeRecord.filesInForce(etc, new Problems()))
                .extracting(ConfigurationFile::file)
                .doesNotContain(NONE);
    }

    @Test
    void aCrashWhileAnEditWaitsLeadsBack() throws Exception {
        write(etc, NONE, DISCARD_ADMINISTRATOR);
        deliver();
        assertThat(judge(SSH)).isEqualTo(Action.DISCARD);
        restart();
        assertThat(judge(SSH)).isEqualTo(Action.BYPASS);
        assertThat(board.feed().values()).singleElement().satisfies(p -> assertThat(p.text())
                .contains("it was not confirmed before a restart"));
        restart();
        assertThat(judge(SSH)).isEqualTo(Action.BYPASS);
    }

    @Test
    void touchingTheFilesTriesAgain() throws Exception {
        write(etc, NONE, DISCARD_ADMINISTRATOR);
        deliver();
        timePasses();
        Files.setLastModifiedTime(etc.resolve(NONE), FileTime.from(Instant.now().plusSeconds(3)));
        look();
        assertThat(judge(SSH)).isEqualTo(Action.DISCARD);
        assertThat(changes().confirm()).isPresent();
        timePasses();
        look();
        assertThat(judge(SSH)).isEqualTo(Action.DISCARD);
        assertThat(board.feed().values()).isEmpty();
        assertThat(hidden()).isEmpty();
    }

    @Test
    void mendingTheFilesAfterARollBackEndsTheMatter() throws Exception {
        write(etc, NONE, DISCARD_ADMINISTRATOR);
        deliver();
        timePasses();
        write(etc, NONE, "schema-version=1\naction=discard\nlocal=any\nremote=10.8.0.0/16");
        look();
        assertThat(judge(SSH))
                .as("before Config Admin tells of the mended file")
                .isEqualTo(Action.BYPASS);
        assertThat(changes().provisional()).isEmpty();
        deliver();
        assertThat(generations.inForce().generation().policy("none")).isPresent();
        assertThat(board.feed().values()).isEmpty();
        assertThat(hidden()).isEmpty();
    }

    @Test
    void mendingTheFilesInTimeConfirms() throws Exception {
        write(etc, NONE, DISCARD_ADMINISTRATOR);
        deliver();
        write(etc, NONE, "schema-version=1\naction=discard\nlocal=any\nremote=10.8.0.0/16");
        deliver();
        assertThat(changes().provisional()).isEmpty();
        timePasses();
        assertThat(generations.inForce().generation().policy("none")).isPresent();
        assertThat(hidden()).isEmpty();
    }

    @Test
    void aMistakeElsewhereIsShownBesideWhatIsRefused() throws Exception {
        write(etc, NONE, DISCARD_ADMINISTRATOR);
        deliver();
        timePasses();
        assertThat(apply("nothing").preview().problems()).isNotEmpty();
        assertThat(board.feed().values()).hasSize(1);
    }

    @Test
    void afterARolledBackEditACandidateCanBeAppliedAndRolledBackToo() throws Exception {
        write(etc, NONE, DISCARD_ADMINISTRATOR);
        deliver();
        timePasses();
        write(candidate, WEB, "schema-version=1\naction=bypass\nlocal=10.1.0.1\nremote=10.2.0.1");
        assertThat(apply("none").provisional()).isPresent();
        assertThat(judge(SSH)).isEqualTo(Action.BYPASS);
        restart();
        assertThat(judge(SSH)).isEqualTo(Action.BYPASS);
        assertThat(folder()).as("what was in force, not what was refused").doesNotContainKey(NONE);
        assertThat(generations.inForce().generation().policy("web").map(p -> p.action()))
                .hasValue(Action.PROTECT);
    }

    @Test
    void protectionCutsOffUnlessAnSaStands() throws Exception {
        write(etc, ADMIN, "schema-version=1\norder=50\naction=protect\nlocal=10.1.0.1\nremote=10.9.0.0/16\npeer=west");
        deliver();
        assertThat(changes().provisional()).isPresent();
    }

    @Test
    void otherPortsAreConfiguredAndOthersConnectionsAreNot() throws Exception {
        write(etc, "org.sallyport.enforcement.cfg", "schema-version=1\nadmin-ports=8022\nconfirm-within=5m");
        deliver();
        write(etc, NONE, DISCARD_ADMINISTRATOR);
        deliver();
        assertThat(changes().provisional()).as("22 is no such port any more").isEmpty();
        Files.delete(etc.resolve(NONE));
        look();
        kernel.sockets.add(new EstablishedSocket(SSH.local(), 8022, SSH.remote(), 50002, 0, 9));
        write(etc, NONE, DISCARD_ADMINISTRATOR);
        deliver();
        assertThat(changes().provisional()).isPresent();
        assertThat(alarms).singleElement().satisfies(a -> assertThat(a.pause).isEqualTo(Duration.ofMinutes(5)));
    }

    @Test
    void aDamagedRecordIsNamedAndTheFilesAreTaken() throws Exception {
        write(etc, ChangeRecord.FILE, "state=neither");
        Problems problems = new Problems();
        assertThat(ChangeRecord.filesInForce(etc, problems)).hasSize(3);
        assertThat(problems.found()).hasSize(1);
        restart();
        assertThat(generations.inForce().generation().policies()).hasSize(2);
    }

    @Test
    void anAddressThatAPeerAssignsComesIntoForceAndGoesAgain() throws IOException {
        write(etc, "org.sallyport.peer-west.cfg", """
                schema-version = 1
                local-identity = e.example
                remote-identity = w.example
                secret-file = w.psk
                remote-address = 192.0.2.1
                start = at-start
                request-address = ipv4
                """);
        write(etc, "org.sallyport.policy-office.cfg", """
                schema-version = 1
                action = protect
                local = assigned
                remote = 10.77.0.0/16
                peer = west
                """);
        restart();
        assertThat(kernel.enforced).contains("office").doesNotContain("office+other-local");
        assigned = Map.of("west", List.of(Addresses.parse("10.9.0.7")));
        assertThat(changes().hostChanged()).isEmpty();
        assertThat(kernel.enforced).contains("office", "office+other-local");
        look();
        assertThat(kernel.enforced).contains("office+other-local");
        kernel.refusal = Optional.of("no");
        assigned = Map.of();
        assertThat(changes().hostChanged()).isPresent();
        kernel.refusal = Optional.empty();
        look();
        assertThat(kernel.enforced).doesNotContain("office+other-local");
    }
}
