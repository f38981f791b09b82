package org.sallyport.ike.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sallyport.lab.matrix.Initiator;
import org.sallyport.lab.matrix.StrongSwanMatrix;

/** The control plane against Debian's strongSwan, in network namespaces of its own. */
class StrongSwanTest {
    private static final String OURS = "10.99.0.1";
    private static final String THEIRS = "10.99.0.2";
    private static final long PID = ProcessHandle.current().pid();
    private static final String LEFT = "ike" + PID + "a";
    private static final String RIGHT = "ike" + PID + "b";

    private static final String CONNECTIONS = """
            connections {
              alice {
                version = 2
                local_addrs = THEIRS
                remote_addrs = OURS
                proposals = aes256gcm16-prfsha384-ecp384,aes128gcm16-prfsha256-x25519
                encap = yes
                dpd_delay = 0s
                local { auth = psk
                  id = bob.example }
                remote { auth = psk
                  id = alice.example }
                children {
                  net1 { local_ts = 10.2.1.0/24
                    remote_ts = 10.1.1.0/24
                    esp_proposals = aes128gcm16-x25519-noesn,aes128gcm16-noesn }
                  net2 { local_ts = 10.2.2.0/24
                    remote_ts = 10.1.2.0/24
                    esp_proposals = aes128gcm16-x25519-noesn,aes128gcm16-noesn }
                }
              }
            }
            secrets { ike-1 { id-1 = alice.example
                id-2 = bob.example
                secret = "a secret of both" } }
            """;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private @Nullable StrongSwan strongSwan;
    private @Nullable Process negotiator;
    private @Nullable PrintWriter commands;
    private @Nullable BufferedReader answers;

    @BeforeAll
    static void makeNetwork() throws IOException, InterruptedException {
        assumeTrue("root".equals(System.getProperty("user.name")), "network namespaces need root");
        assumeTrue(Files.exists(Path.of("/usr/sbin/charon-systemd")), "charon-systemd is not installed");
        run("ip", "netns", "add", LEFT);
        run("ip", "netns", "add", RIGHT);
        run("ip", "-n", LEFT, "link", "add", "wire", "type", "veth", "peer", "name", "wire", "netns", RIGHT);
        for (String[] side : new String[][] {{LEFT, OURS}, {RIGHT, THEIRS}}) {
            run("ip", "-n", side[0], "address", "add", side[1] + "/24", "dev", "wire");
            run("ip", "-n", side[0], "link", "set", "wire", "up");
            run("ip", "-n", side[0], "link", "set", "lo", "up");
        }
        // the networks behind strongSwan: it wants an address of its own in each
        run("ip", "-n", RIGHT, "address", "add", "10.2.1.1/24", "dev", "lo");
        run("ip", "-n", RIGHT, "address", "add", "10.2.2.1/24", "dev", "lo");
    }

    @AfterAll
    static void removeNetwork() throws IOException, InterruptedException {
        run("ip", "netns", "del", LEFT);
        run("ip", "netns", "del", RIGHT);
    }

    private static void run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).inheritIO().start();
        process.waitFor(10, TimeUnit.SECONDS);
    }

    @BeforeEach
    void start() throws IOException, InterruptedException {
        strongSwan = StrongSwan.start(
                folder, RIGHT, CONNECTIONS.replace("THEIRS", THEIRS).replace("OURS", OURS));
        startNegotiator("aes128gcm16-prfsha256-x25519", "aes128gcm16-noesn");
    }

    private void startNegotiator(String ike, String esp) throws IOException {
        List<String> command = new ArrayList<>(List.of("ip", "netns", "exec", LEFT));
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(
                "--enable-native-access=ALL-UNNAMED",
                "-Xmx256m",
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=info",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                NegotiatorProcess.class.getName(),
                OURS,
                THEIRS,
                ike,
                esp));
        Process process = new ProcessBuilder(command)
                .redirectError(folder.resolve("negotiator").toFile())
                .start();
        negotiator = process;
        commands = new PrintWriter(process.getOutputStream(), true, StandardCharsets.UTF_8);
        answers = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        assertThat(answers.readLine()).as(this::story).isEqualTo("running");
    }

    @Test
    void messagesThatNoDatagramCarriesGoInFragmentsBothWays() throws Exception {
        stop();
        strongSwan = StrongSwan.start(
                Files.createDirectory(folder.resolve("fragments")),
                RIGHT,
                CONNECTIONS.replace("THEIRS", THEIRS).replace("OURS", OURS),
                160);
        startNegotiator("aes128gcm16-prfsha256-x25519", manyProposals());
        assertThat(tell("negotiate net1")).as(this::story).startsWith("established");
        assertThat(agree(1)).as(this::story).isTrue();
        assertThat(theirs().log())
                .contains("reassembled fragmented IKE message")
                .containsPattern("splitting IKE message \\(\\d+ bytes\\) into \\d+ fragments");
    }

    /** Every choice among some ciphers, as a proposal of its own. */
    private static String manyProposals() {
        List<String> ciphers = List.of("aes128gcm16", "aes256gcm16", "chacha20poly1305", "aes128ccm16", "aes256ccm16");
        return IntStream.range(1, 1 << ciphers.size())
                .mapToObj(choice -> IntStream.range(0, ciphers.size())
                        .filter(bit -> (choice >> bit & 1) != 0)
                        .mapToObj(ciphers::get)
                        .collect(Collectors.joining("-", "", "-noesn")))
                .collect(Collectors.joining(","));
    }

    @AfterEach
    void stop() throws InterruptedException {
        if (negotiator != null) {
            negotiator.destroy();
            negotiator.waitFor(5, TimeUnit.SECONDS);
        }
        if (strongSwan != null) {
            strongSwan.close();
        }
    }

    private String story() {
        try {
            Path log = folder.resolve("negotiator");
            return "negotiator:\n" + (Files.exists(log) ? Files.readString(log) : "") + "\nstrongSwan:\n"
                    + (strongSwan == null ? "" : strongSwan.log());
        } catch (IOException e) {
            return e.toString();
        }
    }

    private String tell(String command) throws IOException {
        if (commands == null || answers == null) {
            throw new IllegalStateException("not started");
        }
        commands.println(command);
        String answer = answers.readLine();
        return answer == null ? "(ended)" : answer;
    }

    private StrongSwan theirs() {
        if (strongSwan == null) {
            throw new IllegalStateException("not started");
        }
        return strongSwan;
    }

    private void eventually(String what, Callable<Boolean> condition) throws Exception {
        long end = System.nanoTime() + Duration.ofSeconds(15).toNanos();
        while (!condition.call()) {
            assertThat(System.nanoTime()).as(() -> what + "\n" + story()).isLessThan(end);
            Thread.sleep(50);
        }
    }

    /** Our pairs and strongSwan's, as inbound and outbound SPIs of ours, agree and are all in use. */
    private boolean agree(int count) throws IOException, InterruptedException {
        String ours = tell("pairs");
        String theirSas = theirs().sas();
        Matcher pair = Pattern.compile("([0-9a-f]{8})>([0-9a-f]{8})/(\\w+)/").matcher(ours);
        int found = 0;
        while (pair.find()) {
            boolean known =
                    theirSas.contains("spi-in=" + pair.group(2)) && theirSas.contains("spi-out=" + pair.group(1));
            if (!known || !pair.group(3).equals("active")) {
                return false;
            }
            found++;
        }
        int installed = theirSas.split("state=INSTALLED", -1).length - 1;
        return found == count && installed == count;
    }

    private List<String> spis() throws IOException {
        Matcher pair = Pattern.compile("([0-9a-f]{8})>").matcher(tell("pairs"));
        List<String> all = new ArrayList<>();
        while (pair.find()) {
            all.add(pair.group(1));
        }
        return all;
    }

    @Test
    void rekeyingWithAKeyExchangeOfItsOwn() throws Exception {
        restart("aes128gcm16-prfsha256-x25519", "aes128gcm16-x25519-noesn");
        assertThat(tell("negotiate net1")).as(this::story).startsWith("established");
        eventually("a pair on both sides", () -> agree(1));
        List<String> before = spis();
        tell("rekey-child");
        eventually("our rekeying", () -> agree(1) && spis().stream().noneMatch(before::contains));
        List<String> again = spis();
        theirs().swanctl("--rekey", "--child", "net1");
        eventually("strongSwan's rekeying", () -> agree(1) && spis().stream().noneMatch(again::contains));
    }

    private boolean oneIkeSa() throws IOException, InterruptedException {
        return theirs().sas().split("state=ESTABLISHED", -1).length == 2
                && tell("ike").endsWith("established]")
                && !tell("ike").contains(",");
    }

    @Test
    void theBundleIsReplacedAndTheSasStay() throws Exception {
        assertThat(tell("negotiate net1")).as(this::story).startsWith("established");
        List<String> before = spis();
        String ike = tell("ike");
        tell("replace");
        eventually("the successor's IKE SA", () -> tell("ike").equals(ike) && agree(1));
        assertThat(spis()).isEqualTo(before);
        assertThat(tell("negotiate net2")).as(this::story).startsWith("established");
        theirs().swanctl("--rekey", "--child", "net1");
        eventually("a rekeying after it", () -> agree(2) && !spis().containsAll(before));
        tell("rekey-ike");
        eventually("a rekeying of the IKE SA after it", () -> !tell("ike").equals(ike) && agree(2) && oneIkeSa());
    }

    @Test
    void aWrongSecretIsToldInWords() throws Exception {
        tell("secret another");
        assertThat(tell("negotiate net1"))
                .as(this::story)
                .contains("AUTHENTICATION_FAILED")
                .contains("secret");
        assertThat(theirs().swanctl("--initiate", "--child", "net1")).contains("failed");
        assertThat(tell("pairs")).isEqualTo("[]");
        eventually("the reason in the log", () -> Files.readString(folder.resolve("negotiator"))
                .contains("could not prove that it is bob.example"));
    }

    @Test
    void noCommonProposalIsToldInWords() throws Exception {
        restart("aes128gcm16-prfsha256-ecp256", "aes128gcm16-noesn");
        assertThat(tell("negotiate net1"))
                .as(this::story)
                .contains("refused peer \"bob\" refused with NO_PROPOSAL_CHOSEN")
                .contains("we offered aes128gcm16-prfsha256-ecp256");
        restart("aes128gcm16-prfsha256-x25519", "aes256gcm16-noesn");
        assertThat(tell("negotiate net1"))
                .as(this::story)
                .contains("NO_PROPOSAL_CHOSEN")
                .contains("aes256gcm16");
        theirs().swanctl("--terminate", "--ike", "alice");
    }

    private void restart(String ike, String esp) throws IOException, InterruptedException {
        tell("delete-ike");
        if (negotiator != null) {
            negotiator.destroy();
            negotiator.waitFor(5, TimeUnit.SECONDS);
        }
        startNegotiator(ike, esp);
    }

    @Test
    void theFirstKeyExchangeMayBeTheWrongOne() throws Exception {
        restart("aes128gcm16-prfsha256-ecp256-x25519", "aes128gcm16-noesn");
        assertThat(tell("negotiate net1")).as(this::story).startsWith("established");
        restart("aes256gcm16-prfsha384-ecp384", "aes128gcm16-noesn");
        assertThat(tell("negotiate net1")).as(this::story).startsWith("established");
        StrongSwanMatrix matrix = StrongSwanMatrix.ofThisTree();
        matrix.shown("another group asked for by the responder", Initiator.SALLYPORT, StrongSwanTest.class);
        restart("aes128gcm16-prfsha256-x25519", "aes128gcm16-noesn");
        theirs().swanctl("--terminate", "--ike", "alice");
        assertThat(theirs().swanctl("--initiate", "--child", "net1"))
                .contains("peer didn't accept DH group ECP_384, it requested CURVE_25519")
                .contains("initiate completed successfully");
        matrix.shown("another group asked for by the responder", Initiator.STRONGSWAN, StrongSwanTest.class);
    }

    /** IKE SA and Child SA. */
    private static final List<String[]> SUITES = List.of(
            new String[] {"aes128-sha256-modp2048", "aes128-sha256-noesn"},
            new String[] {"aes192-sha384-modp3072", "aes192-sha384-noesn"},
            new String[] {"aes256-sha512-modp4096", "aes256-sha512-noesn"},
            new String[] {"aes256-aesxcbc-prfaesxcbc-ecp521", "aes256-aesxcbc-noesn"},
            new String[] {"aes128-aescmac-prfaescmac-x448", "aes128-aescmac-noesn"},
            new String[] {"chacha20poly1305-prfsha256-ecp256bp", "chacha20poly1305-noesn"},
            new String[] {"aes128ccm16-prfsha384-ecp384bp", "aes128ccm16-noesn"},
            new String[] {"aes256ccm8-prfsha512-ecp512bp", "aes256ccm8-noesn"},
            new String[] {"aes192gcm16-prfaescmac-ecp256", "aes192gcm16-noesn"},
            new String[] {"aes128gcm16-prfsha256-x25519", "aes128gcm16-noesn"},
            new String[] {"aes256gcm16-prfsha384-ecp384", "aes256gcm16-noesn"});

    @Test
    void everyAlgorithmYieldsTheSameKeysOnBothSides() throws Exception {
        theirs().close();
        strongSwan = StrongSwan.start(Files.createDirectory(folder.resolve("all")), RIGHT, everything());
        for (String[] suite : SUITES) {
            tell("propose " + suite[0] + " " + suite[1]);
            assertThat(tell("negotiate net1")).as(() -> suite[0] + story()).startsWith("established");
            eventually(suite[0] + " by us", () -> agree(1) && sameKeys());
            tell("replace"); // whoever resumes from the checkpoint has its keys from there
            String ike = tell("ike");
            tell("rekey-ike");
            eventually(suite[0] + " rekeyed", () -> !tell("ike").equals(ike) && agree(1) && oneIkeSa());
            List<String> before = spis();
            tell("rekey-child");
            eventually(
                    suite[0] + " with a rekeyed Child SA",
                    () -> agree(1) && spis().stream().noneMatch(before::contains) && sameKeys());
            endAll();
            shown(suite, Initiator.SALLYPORT);
            theirs().swanctl("--initiate", "--child", "net1");
            eventually(suite[0] + " by strongSwan", () -> agree(1) && sameKeys());
            endAll();
            shown(suite, Initiator.STRONGSWAN);
        }
    }

    private static void shown(String[] suite, Initiator initiator) {
        StrongSwanMatrix matrix = StrongSwanMatrix.ofThisTree();
        for (String algorithm : suite[0].split("-", -1)) {
            matrix.shown("IKE " + algorithm, initiator, StrongSwanTest.class);
        }
        for (String algorithm : suite[1].replace("-noesn", "").split("-", -1)) {
            matrix.shown("ESP " + algorithm, initiator, StrongSwanTest.class);
        }
    }

    private void endAll() throws Exception {
        tell("delete-ike");
        eventually("the end", () -> tell("ike").equals("[]") && !theirs().sas().contains("alice"));
    }

    private static String everything() {
        String ike = String.join(",", SUITES.stream().map(s -> s[0]).toList());
        String esp = String.join(",", SUITES.stream().map(s -> s[1]).toList());
        return CONNECTIONS
                .replace("THEIRS", THEIRS)
                .replace("OURS", OURS)
                .replaceAll("(?m)^( +)proposals = .*$", "$1proposals = " + ike)
                .replaceAll("esp_proposals = [^ ]+", "esp_proposals = " + esp);
    }

    /** Encryption and integrity keys of both directions are among those that strongSwan logged. */
    private boolean sameKeys() throws IOException {
        String logged = theirs().loggedKeys();
        List<String> ours = List.of(tell("keys").replaceAll("[\\[\\]]", "").split(", ", -1));
        return ours.size() == 4 && ours.stream().allMatch(logged::contains);
    }

    @Test
    void aDeadPeerIsNoticed() throws Exception {
        assertThat(tell("negotiate net1")).as(this::story).startsWith("established");
        theirs().close();
        eventually(
                "the end of everything",
                () -> tell("ike").equals("[]") && tell("pairs").equals("[]"));
        assertThat(Files.readString(folder.resolve("negotiator"))).contains("no longer answers (dead peer detection)");
        assertThat(tell("negotiate net1")).contains("unreachable").contains("did not answer");
    }
}
