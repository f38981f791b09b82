package org.sallyport.spd.guard;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.sallyport.spd.TestNamespace;

@Timeout(60)
class GuardToolTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final GuardTool tool = new GuardTool(
            new PrintStream(out, true, StandardCharsets.UTF_8), new PrintStream(err, true, StandardCharsets.UTF_8));
    private TestNamespace host;

    @BeforeEach
    void open() {
        host = new TestNamespace();
    }

    @AfterEach
    void close() {
        if (host != null) {
            host.close();
        }
    }

    private int run(String... arguments) {
        return host.in(() -> tool.run(List.of(arguments)));
    }

    private static void write(Path etc, String file, String... lines) throws IOException {
        Files.write(etc.resolve(file), List.of(lines));
    }

    private static void write(Path etc) throws IOException {
        write(etc, "org.ops4j.pax.logging.cfg", "nothing of ours");
        write(
                etc,
                "org.sallyport.policy-web.cfg",
                "schema-version=1",
                "action=protect",
                "local=10.1.0.1",
                "remote=10.2.0.0/24",
                "peer=west");
        write(
                etc,
                "org.sallyport.peer-west.cfg",
                "schema-version=1",
                "local-identity=a",
                "remote-identity=b",
                "secret-file=${karaf.etc}/absent");
    }

    @Test
    void appliesShowsAndCleans(@TempDir Path etc) throws IOException {
        write(etc);
        assertThat(run("apply", "--etc", etc.toString())).isZero();
        assertThat(host.exec("nft list ruleset")).contains("table inet sallyport_guard", "10.2.0.0");
        assertThat(host.ip("rule show")).contains("to 10.2.0.0/24 lookup 21409");
        assertThat(host.ip("link show sallyport0")).contains("UP");
        assertThat(run("status")).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8))
                .contains("In force: 1 policies, guard on", "tun sallyport0 up", "to 10.2.0.0/24", "comment \"web\"");
        assertThat(run("clean")).isZero();
        assertThat(host.exec("nft list ruleset")).isEmpty();
        assertThat(host.ip("rule show")).doesNotContain("proto 83");
        assertThat(host.ip("link show")).doesNotContain("sallyport0");
        assertThat(err.toString(StandardCharsets.UTF_8)).isEmpty();
    }

    @Test
    void aSecondApplicationReplacesTheFirst(@TempDir Path etc) throws IOException {
        write(etc);
        assertThat(run("apply", "--etc", etc.toString())).isZero();
        Files.writeString(
                etc.resolve("org.sallyport.policy-web.cfg"),
                "schema-version=1\naction=discard\nlocal=any\nremote=10.4.0.0/24\n");
        assertThat(run("apply", "--etc", etc.toString())).isZero();
        assertThat(host.exec("nft list ruleset")).contains("10.4.0.0").doesNotContain("10.2.0.0");
        assertThat(host.ip("rule show")).contains("to 10.4.0.0/24 prohibit").doesNotContain("10.2.0.0");
    }

    @Test
    void aMistakeLeavesWhatStands(@TempDir Path etc) throws IOException {
        write(etc);
        assertThat(run("apply", "--etc", etc.toString())).isZero();
        String before = host.exec("nft list ruleset");
        Files.writeString(etc.resolve("org.sallyport.policy-web.cfg"), "schema-version=1\naction=protekt\n");
        assertThat(run("apply", "--etc", etc.toString())).isEqualTo(GuardTool.MISTAKE);
        assertThat(host.exec("nft list ruleset")).isEqualTo(before);
        assertThat(err.toString(StandardCharsets.UTF_8))
                .contains("org.sallyport.policy-web.cfg: action = protekt: accepted: protect, bypass, discard")
                .contains("stays as it is");
    }

    @Test
    void withAMistakeAndNothingStandingTheRestIsEnforced(@TempDir Path etc) throws IOException {
        write(etc);
        write(etc, "org.sallyport.policy-broken.cfg", "schema-version=1");
        assertThat(run("apply", "--etc", etc.toString())).isEqualTo(GuardTool.MISTAKE);
        assertThat(host.exec("nft list ruleset")).contains("10.2.0.0");
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("org.sallyport.policy-broken.cfg: action");
    }

    @Test
    void aWrongCallExplainsItself(@TempDir Path etc) {
        for (List<String> arguments : List.of(
                List.<String>of(),
                List.of("help"),
                List.of("apply"),
                List.of("apply", "--etc", etc.resolve("absent").toString()),
                List.of("clean", "all"))) {
            assertThat(tool.run(arguments)).as("%s", arguments).isEqualTo(GuardTool.USAGE);
        }
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("apply --etc DIR");
    }
}
