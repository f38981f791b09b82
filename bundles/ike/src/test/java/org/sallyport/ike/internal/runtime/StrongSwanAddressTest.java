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
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sallyport.lab.matrix.Initiator;
import org.sallyport.lab.matrix.StrongSwanMatrix;

/** Virtual addresses against Debian's strongSwan: given to it, and given by it. */
class StrongSwanAddressTest {
    private static final String OURS = "10.97.0.1";
    private static final String THEIRS = "10.97.0.2";
    private static final long PID = ProcessHandle.current().pid();
    private static final String LEFT = "ikv" + PID + "a";
    private static final String RIGHT = "ikv" + PID + "b";

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
        run("ip", "-n", RIGHT, "address", "add", "10.2.1.1/24", "dev", "lo");
    }

    @AfterAll
    static void removeNetwork() throws IOException, InterruptedException {
        run("ip", "netns", "del", LEFT);
        run("ip", "netns", "del", RIGHT);
    }

    private static void run(String... command) throws IOException, InterruptedException {
        new ProcessBuilder(command).inheritIO().start().waitFor(10, TimeUnit.SECONDS);
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

    private StrongSwan theirs(String connection, String child, String sections)
            throws IOException, InterruptedException {
        StrongSwan started = StrongSwan.start(folder, RIGHT, """
                connections {
                  alice {
                    version = 2
                    local_addrs = %s
                    remote_addrs = %s
                    proposals = aes128gcm16-prfsha256-x25519
                    encap = yes
                    %s
                    local { auth = psk
                      id = bob.example }
                    remote { auth = psk
                      id = alice.example }
                    children {
                      net1 { %s
                        esp_proposals = aes128gcm16-noesn }
                    }
                  }
                }
                secrets { ike-1 { secret = "a secret of both" } }
                %s
                """.formatted(THEIRS, OURS, connection, child, sections));
        strongSwan = started;
        return started;
    }

    private void ours(String... keys) throws IOException {
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
                "aes128gcm16-prfsha256-x25519",
                "aes128gcm16-noesn"));
        command.addAll(List.of(keys));
        Process process = new ProcessBuilder(command)
                .redirectError(folder.resolve("negotiator").toFile())
                .start();
        negotiator = process;
        commands = new PrintWriter(process.getOutputStream(), true, StandardCharsets.UTF_8);
        answers = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        assertThat(answers.readLine()).as(this::story).isEqualTo("running");
    }

    private String tell(String command) throws IOException {
        if (commands == null || answers == null) {
            throw new IllegalStateException("not started");
        }
        commands.println(command);
        String answer = answers.readLine();
        return answer == null ? "(ended)" : answer;
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

    private void gone() throws IOException, InterruptedException {
        long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (!tell("ike").equals("[]") && System.nanoTime() < end) {
            Thread.sleep(50);
        }
        assertThat(tell("ike")).as(this::story).isEqualTo("[]");
    }

    @Test
    void itIsGivenAnAddressOfOurs() throws Exception {
        StrongSwan theirs = theirs("vips = 0.0.0.0", "remote_ts = 10.1.1.0/24", "");
        ours("pool=phones", "policy-local=10.1.1.0/24", "policy-remote=10.9.0.0/24");
        for (int i = 0; i < 2; i++) { // the second time because the first lease has ended
            assertThat(theirs.swanctl("--initiate", "--child", "net1"))
                    .as(this::story)
                    .contains("initiate completed successfully");
            assertThat(theirs.sas())
                    .as(this::story)
                    .contains("local-vips=[10.9.0.7]", "local-ts=[10.9.0.7/32]", "remote-ts=[10.1.1.0/24]");
            assertThat(tell("addresses")).contains("ours=false, addresses=[/10.9.0.7]");
            assertThat(tell("replace")).isEqualTo("ok");
            assertThat(tell("addresses")).as("over a hot update").contains("ours=false, addresses=[/10.9.0.7]");
            theirs.swanctl("--terminate", "--ike", "alice");
            gone();
        }
        shown(Initiator.STRONGSWAN);
    }

    private static void shown(Initiator initiator) {
        StrongSwanMatrix.ofThisTree().shown("virtual addresses", initiator, StrongSwanAddressTest.class);
    }

    @Test
    void itGetsNothingUnlessItAsks() throws Exception {
        StrongSwan theirs = theirs("", "remote_ts = 10.1.1.0/24", "");
        ours("pool=phones", "policy-local=10.1.1.0/24", "policy-remote=10.9.0.0/24");
        theirs.swanctl("--initiate", "--child", "net1");
        assertThat(theirs.log()).as(this::story).contains("received FAILED_CP_REQUIRED notify");
        assertThat(tell("pairs")).isEqualTo("[]");
    }

    @Test
    void weAreGivenAnAddressOfIts() throws Exception {
        StrongSwan theirs = theirs(
                "pools = rw",
                "local_ts = 10.2.1.0/24",
                "pools { rw { addrs = 10.9.0.0/24\n dns = 10.2.0.53\n subnet = 10.2.1.0/24 } }");
        ours("request-address=0.0.0.0", "policy-local=0.0.0.0/0");
        assertThat(tell("negotiate net1")).as(this::story).startsWith("established");
        assertThat(theirs.sas())
                .as(this::story)
                .contains("remote-vips=[10.9.0.1]", "local-ts=[10.2.1.0/24]", "remote-ts=[10.9.0.1/32]");
        String given = "addresses=[/10.9.0.1], dnsServers=[/10.2.0.53]";
        assertThat(tell("assigned")).as(this::story).contains(given, "10.2.1.0/24");
        tell("rekey-ike");
        tell("replace");
        assertThat(tell("assigned")).as("over a rekey and a hot update").contains(given);
        tell("delete-ike");
        gone();
        assertThat(tell("assigned")).isEqualTo("[]");
        shown(Initiator.SALLYPORT);
    }

    @Test
    void whatItCannotGiveIsSaid() throws Exception {
        theirs("pools = rw", "local_ts = 10.2.1.0/24", "pools { rw { addrs = 2001:db8::/120 } }");
        ours("request-address=0.0.0.0", "policy-local=0.0.0.0/0");
        assertThat(tell("negotiate net1"))
                .as(this::story)
                .startsWith("refused peer \"bob\" assigned no address that we asked for: INTERNAL_ADDRESS_FAILURE");
        gone();
    }
}
