package org.sallyport.ike.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.sallyport.lab.matrix.Initiator;
import org.sallyport.lab.matrix.StrongSwanMatrix;
import org.sallyport.lab.process.Wait;
import org.sallyport.lab.topology.RunDirectory;

/**
 * A negotiator of ours and Debian's strongSwan, one of each for all tests of a class, with a router between them. After each
 * test all IKE SAs are ended and both sides are configured as at first. Used by one thread at a time.
 */
final class TwoSides implements BeforeAllCallback, AfterEachCallback, AfterAllCallback {
    /** strongSwan tries again up to 15 s after TEMPORARY_FAILURE. */
    private static final Duration SOON = Duration.ofSeconds(40);

    /** The other connection with the same identities, where there is one. */
    static final String TWIN = "again";

    private static final Pattern PAIR = Pattern.compile("([0-9a-f]{8})>([0-9a-f]{8})/(\\w+)/");

    private static final Pattern IKE_SA = Pattern.compile("([0-9a-f]{16})_([0-9a-f]{16})");

    private final String[] settings;
    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private @Nullable Class<?> test;
    private @Nullable Path folder;
    private @Nullable RoutedWire wire;
    private @Nullable StrongSwan theirs;
    private @Nullable NegotiatorClient ours;

    /** @param settings further ones of charon */
    TwoSides(String... settings) {
        this.settings = settings;
    }

    @Override
    public void beforeAll(ExtensionContext context) throws IOException, InterruptedException {
        assumeTrue("root".equals(System.getProperty("user.name")), "network namespaces need root");
        assumeTrue(Files.exists(Path.of("/usr/sbin/charon-systemd")), "charon-systemd is not installed");
        test = context.getRequiredTestClass();
        Path made = Files.createTempDirectory("two-sides");
        folder = made;
        parts.push(() -> RunDirectory.delete(made));
        RoutedWire laid = kept(new RoutedWire(made));
        wire = laid;
        theirs = kept(StrongSwan.start(made, laid.right().name(), settings));
        ours = kept(
                NegotiatorClient.start(laid.left(), made.resolve("negotiator"), RoutedWire.OURS, RoutedWire.THEIRS));
        theirs().load(SwanctlConf.psk());
    }

    private <T extends AutoCloseable> T kept(T part) {
        parts.push(part);
        return part;
    }

    @Override
    public void afterEach(ExtensionContext context) throws Exception {
        wire().deliver();
        wire().route(true);
        theirs().settings(settings);
        endAll();
        tell("secret a secret of both");
        ours().configure();
        theirs().takeAway();
        theirs().load(SwanctlConf.psk());
    }

    @Override
    public void afterAll(ExtensionContext context) throws Exception {
        while (!parts.isEmpty()) {
            parts.pop().close();
        }
    }

    // ---- the parts ----

    private static <T> T there(@Nullable T part) {
        if (part == null) {
            throw new IllegalStateException("not started");
        }
        return part;
    }

    /** Returns where files may lie while the tests run. */
    Path folder() {
        return there(folder);
    }

    RoutedWire wire() {
        return there(wire);
    }

    StrongSwan theirs() {
        return there(theirs);
    }

    NegotiatorClient ours() {
        return there(ours);
    }

    /** Tells our negotiator to do something. */
    String tell(String command) throws IOException {
        return ours().tell(command);
    }

    /** Tells strongSwan to do something. */
    String swanctl(String... arguments) throws IOException, InterruptedException {
        return theirs().swanctl(arguments);
    }

    /** Changes charon's settings, besides those that the class has. */
    void theirSettings(String... more) throws IOException, InterruptedException {
        theirs().settings(Stream.concat(Stream.of(settings), Stream.of(more)).toArray(String[]::new));
    }

    /** What both sides logged. */
    String story() {
        return "negotiator:\n" + ours().log() + "\nstrongSwan:\n" + theirs().log();
    }

    /** Remembers where both logs end, to look at what comes after it. */
    Since since() {
        return new Since(ours().log().length(), theirs().log().length());
    }

    /** What both sides logged since some moment. */
    final class Since {
        private final int our;
        private final int their;

        private Since(int our, int their) {
            this.our = our;
            this.their = their;
        }

        String ours() {
            return TwoSides.this.ours().log().substring(our);
        }

        String theirs() {
            return TwoSides.this.theirs().log().substring(their);
        }

        /** How many pairs strongSwan had at any time, at least, when it had one at first. */
        int fewestOfTheirs() {
            int now = 1;
            int fewest = now;
            for (String line : theirs().lines().toList()) {
                now += line.endsWith("=> INSTALLED") ? 1 : line.contains("state change: INSTALLED =>") ? -1 : 0;
                fewest = Math.min(fewest, now);
            }
            return fewest;
        }
    }

    /** Notes in the matrix that the class has shown a feature. */
    void shown(String feature, Initiator initiator) {
        StrongSwanMatrix.ofThisTree().shown(feature, initiator, there(test));
    }

    void eventually(String what, Callable<Boolean> condition) throws Exception {
        long end = System.nanoTime() + SOON.toNanos();
        while (!condition.call()) {
            assertThat(System.nanoTime()).as(() -> what + "\n" + story()).isLessThan(end);
            Thread.sleep(20);
        }
    }

    // ---- how both stand ----

    /** Our pairs and strongSwan's, as inbound and outbound SPIs of ours, agree and are all in use. */
    boolean agree(int count) throws IOException, InterruptedException {
        List<MatchResult> pairs = PAIR.matcher(tell("pairs")).results().toList();
        if (pairs.size() != count || pairs.stream().anyMatch(p -> !p.group(3).equals("active"))) {
            return false;
        }
        String sas = theirs().sas();
        return pairs.stream().allMatch(p -> known(p, sas)) && count(sas, "state=INSTALLED") == count;
    }

    private static boolean known(MatchResult pair, String sas) {
        return sas.contains("spi-in=" + pair.group(2)) && sas.contains("spi-out=" + pair.group(1));
    }

    private static int count(String text, String part) {
        return text.split(Pattern.quote(part), -1).length - 1;
    }

    /** The SPIs of our pairs. */
    List<String> spis() throws IOException {
        return PAIR.matcher(tell("pairs")).results().map(pair -> pair.group(1)).toList();
    }

    /** None of the pairs is left that stood before. */
    boolean replaced(List<String> before) throws IOException {
        return spis().stream().noneMatch(before::contains);
    }

    /** So many IKE SAs stand on either side, the same ones, and nothing else does. */
    boolean ikeSas(int count) throws IOException, InterruptedException {
        List<MatchResult> here = IKE_SA.matcher(tell("ike")).results().toList();
        String sas = theirs().sas();
        return here.size() == count
                && here.stream()
                        .allMatch(sa -> sas.contains("initiator-spi=" + sa.group(1))
                                && sas.contains("responder-spi=" + sa.group(2)))
                && count(sas, "state=ESTABLISHED") == count;
    }

    boolean nothing() throws IOException, InterruptedException {
        return tell("ike").equals("[]")
                && tell("pairs").equals("[]")
                && !theirs().sas().matches("(?s).*(alice|again) \\{.*");
    }

    /** Both have the keys of every pair from the same secret. */
    boolean sameKeys() throws IOException {
        String logged = theirs().loggedKeys();
        List<String> keys = List.of(tell("keys").replaceAll("[\\[\\]]", "").split(", ", -1));
        return keys.size() == 4 && keys.stream().allMatch(logged::contains);
    }

    // ---- what they do ----

    /** Has the initiator make the IKE SA and a pair, and waits until it stands. */
    void establish(Initiator initiator) throws Exception {
        establish(initiator, "net1");
        eventually("a pair on both sides", () -> agree(1));
    }

    void establish(Initiator initiator, String child) throws Exception {
        switch (initiator) {
            case SALLYPORT ->
                assertThat(tell("negotiate " + child)).as(this::story).startsWith("established");
            case STRONGSWAN ->
                assertThat(swanctl("--initiate", "--child", child))
                        .as(this::story)
                        .contains("initiate completed successfully");
        }
    }

    /** Has one side rekey the pair. */
    void rekeyChild(Initiator by) throws Exception {
        List<String> before = spis();
        again(
                () -> by == Initiator.SALLYPORT ? tell("rekey-child") : swanctl("--rekey", "--child", "net1"),
                () -> agree(1) && replaced(before));
    }

    /** Does something once more whenever it does not lead to what is expected: who was told to wait may wait for long. */
    void again(Callable<?> act, Callable<Boolean> expected) throws Exception {
        eventually("what was to happen", () -> {
            act.call();
            return Wait.holds(Duration.ofSeconds(2), expected);
        });
    }

    /** Does both while neither hears the other, and waits until strongSwan has spoken. */
    void atOnce(String theirMessage, Callable<?> theirAct, String ourCommand) throws Exception {
        Since since = since();
        wire().hold();
        CompletableFuture<Void> acting = CompletableFuture.runAsync(() -> {
            try {
                theirAct.call();
            } catch (Exception failure) {
                throw new IllegalStateException(failure);
            }
        });
        eventually(theirMessage, () -> since.theirs().contains(theirMessage));
        Since said = since();
        tell(ourCommand);
        eventually(ourCommand, () -> said.ours().contains("event=ike-sent"));
        wire().deliver();
        acting.join();
    }

    /** Ends all IKE SAs on both sides. */
    void endAll() throws Exception {
        tell("delete-ike");
        eventually("the end", () -> {
            boolean over = nothing();
            if (!over && tell("ike").equals("[]")) {
                swanctl("--terminate", "--ike", "alice", "--force");
                swanctl("--terminate", "--ike", TWIN, "--force");
            }
            return over;
        });
    }
}
