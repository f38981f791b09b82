package org.sallyport.ike.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.sallyport.lab.matrix.Initiator;
import org.sallyport.lab.matrix.StrongSwanMatrix;
import org.sallyport.lab.net.Namespace;
import org.sallyport.lab.net.Veth;
import org.sallyport.lab.relay.Relay;

/**
 * Exchanges with Debian's strongSwan, whoever made the IKE SA, with one charon and one negotiator for all of them. The
 * router between the two can lose everything, or keep it for a while: what both say meanwhile crosses on the way.
 */
class StrongSwanExchangesTest {
    private static final String PREFIX = "ikx" + ProcessHandle.current().pid();
    private static final String OURS = "10.97.1.2";
    private static final String THEIRS = "10.97.2.2";
    private static final String TRANSLATED = "192.0.2.1";
    private static final String SUITES = "aes128gcm16-prfsha256-x25519 aes128gcm16-noesn";
    /** strongSwan tries again up to 15 s after TEMPORARY_FAILURE. */
    private static final Duration SOON = Duration.ofSeconds(40);

    private static final String CONNECTION = """
            connections {
              alice {
                version = 2
                local_addrs = THEIRS
                remote_addrs = OURS,0.0.0.0/0
                proposals = aes256gcm16-prfsha384-ecp384,aes128gcm16-prfsha256-x25519
                encap = yes
                dpd_delay = DELAY
                local { auth = psk
                  id = bob.example }
                remote { auth = psk
                  id = alice.example }
                children {
                  net1 { local_ts = LOCAL
                    remote_ts = REMOTE
                    esp_proposals = aes128gcm16-noesn }
                  net2 { local_ts = 10.2.2.0/24
                    remote_ts = 10.1.2.0/24
                    esp_proposals = aes128gcm16-noesn }
                }
              }
            }
            secrets { ike-1 { id-1 = alice.example
                id-2 = bob.example
                secret = "a secret of both" } }
            """.replace("THEIRS", THEIRS).replace("OURS", OURS);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    static Path folder;

    private static final List<AutoCloseable> PARTS = new ArrayList<>();
    private static final List<String> NEIGHBOURS = new ArrayList<>();
    private static @Nullable Namespace left;
    private static @Nullable Namespace middle;
    private static @Nullable Namespace right;
    private static @Nullable StrongSwan theirs;
    private static @Nullable NegotiatorClient ours;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        assumeTrue("root".equals(System.getProperty("user.name")), "network namespaces need root");
        assumeTrue(Files.exists(Path.of("/usr/sbin/charon-systemd")), "charon-systemd is not installed");
        left = kept(Namespace.create(PREFIX + "a"));
        middle = kept(Namespace.create(PREFIX + "m"));
        right = kept(Namespace.create(PREFIX + "b"));
        Veth.connect(left, "wire", middle, "left").addresses(OURS + "/24", "10.97.1.1/24");
        Veth.connect(right, "wire", middle, "right").addresses(THEIRS + "/24", "10.97.2.1/24");
        left.ip("route", "add", "default", "via", "10.97.1.1");
        right.ip("route", "add", "default", "via", "10.97.2.1");
        // the networks behind strongSwan: it wants an address of its own in each
        right.ip("address", "add", "10.2.1.1/24", "dev", "lo");
        right.ip("address", "add", "10.2.2.1/24", "dev", "lo");
        fix(left, "10.97.1.1", "left", OURS);
        fix(right, "10.97.2.1", "right", THEIRS);
        deliver();
        route(true);
        theirs = kept(StrongSwan.start(folder, PREFIX + "b", connection(), 1280, "cookie_threshold = 1"));
        ours = kept(NegotiatorClient.start(
                left, folder.resolve("negotiator"), OURS, THEIRS, "aes128gcm16-prfsha256-x25519", "aes128gcm16-noesn"));
        setDeadPeerInterval(60);
    }

    /** Has nobody but {@link #deliver} say at which hardware address a side is. */
    private static void fix(Namespace side, String router, String device, String address) {
        side.ip(
                "neigh",
                "replace",
                router,
                "lladdr",
                hardware(there(middle), device),
                "dev",
                "wire",
                "nud",
                "permanent");
        side.sysctl("net.ipv4.conf.wire.arp_ignore", "8");
        there(middle).sysctl("net.ipv4.neigh." + device + ".mcast_solicit", "60");
        NEIGHBOURS.add(
                "neigh replace %s lladdr %s dev %s nud permanent".formatted(address, hardware(side, "wire"), device));
    }

    private static String hardware(Namespace namespace, String device) {
        return namespace.ip("-br", "link", "show", device).strip().split("\\s+", -1)[2];
    }

    private static void setDeadPeerInterval(int seconds) throws IOException {
        tell("dead-peer-interval " + seconds + " " + SUITES);
    }

    private static <T extends AutoCloseable> T kept(T part) {
        PARTS.addFirst(part);
        return part;
    }

    @AfterAll
    static void end() throws Exception {
        for (AutoCloseable part : PARTS) {
            part.close();
        }
    }

    @AfterEach
    void forget() throws Exception {
        deliver();
        route(true);
        endAll();
        setDeadPeerInterval(60);
        theirs().load(connection());
    }

    private static String connection() {
        return connection("0s", "10.2.1.0/24", "10.1.1.0/24");
    }

    private static String connection(String delay, String local, String remote) {
        return CONNECTION.replace("DELAY", delay).replace("LOCAL", local).replace("REMOTE", remote);
    }

    // ---- both sides ----

    private static StrongSwan theirs() {
        return there(theirs);
    }

    private static <T> T there(@Nullable T part) {
        if (part == null) {
            throw new IllegalStateException("not started");
        }
        return part;
    }

    private static String tell(String command) throws IOException {
        return there(ours).tell(command);
    }

    /** Has the router keep what it would pass on, in order, because it asks in vain where the next hop is. */
    private static void hold() {
        there(middle).ip("neigh", "del", OURS, "dev", "left");
        there(middle).ip("neigh", "del", THEIRS, "dev", "right");
    }

    /** Has it deliver all that it kept, and pass on what comes. */
    private static void deliver() throws IOException {
        Path batch = Files.write(folder.resolve("neighbours"), NEIGHBOURS);
        there(middle).ip("-batch", batch.toString());
    }

    private static void route(boolean on) {
        there(middle).sysctl("net.ipv4.ip_forward", on ? "1" : "0");
    }

    private static String story() {
        return "negotiator:\n" + there(ours).log() + "\nstrongSwan:\n" + theirs().log();
    }

    private static void eventually(String what, Callable<Boolean> condition) throws Exception {
        long end = System.nanoTime() + SOON.toNanos();
        while (!condition.call()) {
            assertThat(System.nanoTime()).as(() -> what + "\n" + story()).isLessThan(end);
            Thread.sleep(50);
        }
    }

    private static void shown(String feature, Initiator initiator) {
        StrongSwanMatrix.ofThisTree().shown(feature, initiator, StrongSwanExchangesTest.class);
    }

    private static void establish(Initiator initiator) throws Exception {
        establish(initiator, "net1");
        eventually("a pair on both sides", () -> agree(1));
    }

    private static void establish(Initiator initiator, String child) throws Exception {
        switch (initiator) {
            case SALLYPORT ->
                assertThat(tell("negotiate " + child))
                        .as(StrongSwanExchangesTest::story)
                        .startsWith("established");
            case STRONGSWAN ->
                assertThat(theirs().swanctl("--initiate", "--child", child))
                        .as(StrongSwanExchangesTest::story)
                        .contains("initiate completed successfully");
        }
    }

    /** Our pairs and strongSwan's, as inbound and outbound SPIs of ours, agree and are all in use. */
    private static boolean agree(int count) throws IOException, InterruptedException {
        String pairs = tell("pairs");
        String sas = theirs().sas();
        Matcher pair = Pattern.compile("([0-9a-f]{8})>([0-9a-f]{8})/(\\w+)/").matcher(pairs);
        int found = 0;
        while (pair.find()) {
            boolean known = sas.contains("spi-in=" + pair.group(2)) && sas.contains("spi-out=" + pair.group(1));
            if (!known || !pair.group(3).equals("active")) {
                return false;
            }
            found++;
        }
        return found == count && sas.split("state=INSTALLED", -1).length - 1 == count;
    }

    private static List<String> spis() throws IOException {
        return Pattern.compile("([0-9a-f]{8})>")
                .matcher(tell("pairs"))
                .results()
                .map(found -> found.group(1))
                .toList();
    }

    private static boolean replaced(List<String> before) throws IOException {
        return spis().stream().noneMatch(before::contains);
    }

    private static boolean oneIkeSa() throws IOException, InterruptedException {
        String here = tell("ike");
        return theirs().sas().split("state=ESTABLISHED", -1).length == 2
                && here.endsWith("established]")
                && !here.contains(",");
    }

    private static boolean nothing() throws IOException, InterruptedException {
        return tell("ike").equals("[]")
                && tell("pairs").equals("[]")
                && !theirs().sas().contains("alice");
    }

    private static void endAll() throws Exception {
        tell("delete-ike");
        eventually("the end", () -> {
            boolean over = nothing();
            if (!over && tell("ike").equals("[]")) {
                theirs().swanctl("--terminate", "--ike", "alice", "--force");
            }
            return over;
        });
    }

    /** Does both while neither hears the other, and waits until strongSwan has spoken. */
    private static void atOnce(String theirMessage, Callable<?> theirAct, String ourCommand) throws Exception {
        int before = theirs().log().length();
        hold();
        CompletableFuture<Void> acting = CompletableFuture.runAsync(() -> {
            try {
                theirAct.call();
            } catch (Exception failure) {
                throw new IllegalStateException(failure);
            }
        });
        eventually(theirMessage, () -> theirs().log().substring(before).contains(theirMessage));
        int said = there(ours).log().length();
        tell(ourCommand);
        eventually(ourCommand, () -> there(ours).log().substring(said).contains("event=ike-sent"));
        deliver();
        acting.join();
    }

    // ---- one after the other ----

    @ParameterizedTest
    @EnumSource
    void bothSidesRekeyAndDelete(Initiator initiator) throws Exception {
        establish(initiator);
        shown("pre-shared key", initiator);
        establish(initiator, "net2");
        eventually("two pairs", () -> agree(2));
        assertThat(tell("ike")).as("one IKE SA").doesNotContain(",");
        shown("a second Child SA", initiator);

        List<String> first = spis();
        tell("rekey-child");
        eventually("our rekeying of Child SAs", () -> agree(2) && replaced(first));
        shown("Sallyport rekeys a Child SA", initiator);
        List<String> second = spis();
        theirs().swanctl("--rekey", "--child", "net1");
        eventually("strongSwan's rekeying of one", () -> agree(2) && !spis().equals(second));
        shown("strongSwan rekeys a Child SA", initiator);

        String one = tell("ike");
        tell("rekey-ike");
        eventually("our rekeying of the IKE SA", () -> !tell("ike").equals(one) && agree(2) && oneIkeSa());
        shown("Sallyport rekeys the IKE SA", initiator);
        String another = tell("ike");
        theirs().swanctl("--rekey", "--ike", "alice");
        eventually("strongSwan's rekeying", () -> !tell("ike").equals(another) && agree(2) && oneIkeSa());
        shown("strongSwan rekeys the IKE SA", initiator);

        theirs().swanctl("--terminate", "--child", "net2");
        eventually("strongSwan's delete of one Child SA", () -> agree(1));
        shown("strongSwan deletes a Child SA", initiator);
        tell("delete-child");
        eventually("our delete of the other", () -> agree(0));
        shown("Sallyport deletes a Child SA", initiator);
        establish(initiator);
        tell("delete-ike");
        eventually("our delete of the IKE SA", StrongSwanExchangesTest::nothing);
        shown("Sallyport deletes the IKE SA", initiator);
        establish(initiator);
        theirs().swanctl("--terminate", "--ike", "alice");
        eventually("strongSwan's delete of the IKE SA", StrongSwanExchangesTest::nothing);
        shown("strongSwan deletes the IKE SA", initiator);
    }

    @ParameterizedTest
    @EnumSource
    void theResponderNarrows(Initiator initiator) throws Exception {
        boolean we = initiator == Initiator.SALLYPORT;
        theirs().load(
                        we
                                ? connection("0s", "10.2.1.0/26", "10.1.1.0/24")
                                : connection("0s", "10.2.1.0/24", "10.1.0.0/16"));
        establish(initiator);
        String sas = theirs().sas();
        assertThat(sas).contains(we ? "local-ts=[10.2.1.0/26]" : "remote-ts=[10.1.1.0/24]");
        assertThat(tell("selectors")).contains(we ? "10.2.1.0/26" : "10.1.1.0/24");
        shown("narrowing by the responder", initiator);
    }

    @ParameterizedTest
    @EnumSource
    void theResponderAsksForACookie(Initiator initiator) throws Exception {
        int before = theirs().log().length();
        switch (initiator) {
            case SALLYPORT -> HalfOpen.send(there(left), THEIRS, 1);
            case STRONGSWAN -> HalfOpen.send(there(right), OURS, 4);
        }
        Thread.sleep(200);
        establish(initiator);
        assertThat(theirs().log().substring(before))
                .contains(
                        initiator == Initiator.SALLYPORT
                                ? "sending COOKIE notify to " + OURS
                                : "parsed IKE_SA_INIT response 0 [ N(COOKIE) ]");
        shown("a cookie asked for by the responder", initiator);
    }

    @ParameterizedTest
    @EnumSource
    void bothNoticeThatTheOtherIsDead(Initiator initiator) throws Exception {
        theirs().load(connection("1s", "10.2.1.0/24", "10.1.1.0/24"));
        setDeadPeerInterval(2);
        establish(initiator);
        int before = there(ours).log().length();
        route(false);
        eventually("the end on both sides", StrongSwanExchangesTest::nothing);
        assertThat(there(ours).log().substring(before)).contains("no longer answers (dead peer detection)");
        shown("Sallyport notices that strongSwan is dead", initiator);
        shown("strongSwan notices that Sallyport is dead", initiator);
    }

    @ParameterizedTest
    @EnumSource
    void aNatThatRebinds(Initiator initiator) throws Exception {
        boolean we = initiator == Initiator.SALLYPORT;
        try (Relay relay = Relay.start(
                there(middle),
                folder.resolve("relay"),
                1,
                we ? "left" : "right",
                we ? "right" : "left",
                List.of(we ? "10.97.1.0/24" : "10.97.2.0/24"),
                Optional.of(TRANSLATED))) {
            establish(initiator);
            relay.rebind();
            rekeyChild(we);
            rekeyChild(!we);
            assertThat(tell("ike")).as("one IKE SA").doesNotContain(",");
            endAll();
        }
        shown("a NAT that rebinds, the initiator behind it", initiator);
    }

    private static void rekeyChild(boolean we) throws Exception {
        List<String> before = spis();
        if (we) {
            tell("rekey-child");
        } else {
            theirs().swanctl("--rekey", "--child", "net1");
        }
        eventually(we ? "our rekeying" : "strongSwan's rekeying", () -> agree(1) && replaced(before));
    }

    // ---- at once (RFC 7296 sections 2.8.1, 2.8.2 and 2.25) ----

    @ParameterizedTest
    @EnumSource
    void bothRekeyTheChildSa(Initiator initiator) throws Exception {
        establish(initiator);
        List<String> before = spis();
        int log = theirs().log().length();
        atOnce(
                "generating CREATE_CHILD_SA request",
                () -> theirs().swanctl("--rekey", "--child", "net1"),
                "rekey-child");
        eventually("one pair is left", () -> agree(1) && replaced(before));
        assertThat(theirs().log().substring(log)).contains("detected CHILD_REKEY collision with CHILD_REKEY");
        rekeyChild(true);
        shown("both rekey the Child SA", initiator);
    }

    @ParameterizedTest
    @EnumSource
    void bothRekeyTheIkeSa(Initiator initiator) throws Exception {
        establish(initiator);
        String before = tell("ike");
        int log = theirs().log().length();
        atOnce("generating CREATE_CHILD_SA request", () -> theirs().swanctl("--rekey", "--ike", "alice"), "rekey-ike");
        eventually("one IKE SA is left", () -> !tell("ike").equals(before) && oneIkeSa() && agree(1));
        assertThat(theirs().log().substring(log)).contains("detected IKE_REKEY collision with IKE_REKEY");
        rekeyChild(true);
        rekeyChild(false);
        shown("both rekey the IKE SA", initiator);
    }

    @ParameterizedTest
    @EnumSource
    void weRekeyTheIkeSaAndStrongSwanAChildSa(Initiator initiator) throws Exception {
        establish(initiator);
        String before = tell("ike");
        atOnce("generating CREATE_CHILD_SA request", () -> theirs().swanctl("--rekey", "--child", "net1"), "rekey-ike");
        eventually("our rekeying", () -> !tell("ike").equals(before) && oneIkeSa() && agree(1));
        rekeyChild(true);
        shown("Sallyport rekeys the IKE SA, strongSwan a Child SA", initiator);
    }

    @ParameterizedTest
    @EnumSource
    void strongSwanRekeysTheIkeSaAndWeAChildSa(Initiator initiator) throws Exception {
        establish(initiator);
        String before = tell("ike");
        List<String> spis = spis();
        atOnce(
                "generating CREATE_CHILD_SA request",
                () -> theirs().swanctl("--rekey", "--ike", "alice"),
                "rekey-child");
        eventually("both", () -> !tell("ike").equals(before) && oneIkeSa() && agree(1) && replaced(spis));
        shown("strongSwan rekeys the IKE SA, Sallyport a Child SA", initiator);
    }

    @ParameterizedTest
    @EnumSource
    void weRekeyWhatStrongSwanDeletes(Initiator initiator) throws Exception {
        establish(initiator);
        atOnce(
                "generating INFORMATIONAL request",
                () -> theirs().swanctl("--terminate", "--child", "net1"),
                "rekey-child");
        eventually("no pair is left", () -> agree(0));
        establish(initiator);
        shown("Sallyport rekeys the Child SA, strongSwan deletes it", initiator);
    }

    @ParameterizedTest
    @EnumSource
    void strongSwanRekeysWhatWeDelete(Initiator initiator) throws Exception {
        establish(initiator);
        atOnce(
                "generating CREATE_CHILD_SA request",
                () -> theirs().swanctl("--rekey", "--child", "net1"),
                "delete-child");
        eventually("no pair is left", () -> agree(0));
        establish(initiator);
        shown("strongSwan rekeys the Child SA, Sallyport deletes it", initiator);
    }

    @ParameterizedTest
    @EnumSource
    void bothDeleteTheIkeSa(Initiator initiator) throws Exception {
        establish(initiator);
        atOnce(
                "generating INFORMATIONAL request",
                () -> theirs().swanctl("--terminate", "--ike", "alice"),
                "delete-ike");
        eventually("nothing is left", StrongSwanExchangesTest::nothing);
        establish(initiator);
        shown("both delete the IKE SA", initiator);
    }
}
