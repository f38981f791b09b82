package org.sallyport.karaf.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Boots the distribution that the build has just put together, and looks at it from outside. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(240)
class BootTest {
    private static final String SERVERS = "service:list org.apache.sshd.server.SshServer";

    private final Appliance appliance;
    private List<Appliance.Bundle> bundles = List.of();
    private String bootLog = "";

    BootTest(@TempDir Path directory) throws IOException, InterruptedException {
        assumeTrue(
                Stream.of(System.getenv("PATH").split(":", -1))
                        .anyMatch(path -> Files.isExecutable(Path.of(path, "ssh"))),
                "needs ssh: install openssh-client");
        appliance = Appliance.create(directory.resolve("instance"));
    }

    @BeforeAll
    void boot() throws IOException, InterruptedException {
        appliance.start();
        bundles = appliance.awaitActive(Duration.ofMinutes(2));
        bootLog = Files.readString(appliance.base().resolve("data/log/sallyport.log"));
    }

    @AfterAll
    void stop() throws IOException, InterruptedException {
        appliance.stop();
    }

    @Test
    void everyBundleIsActive() {
        assertThat(bundles).as(bootLog).isNotEmpty().allMatch(Appliance.Bundle::isUp);
        assertThat(bundles).extracting(Appliance.Bundle::name).contains("Sallyport sad", "Sallyport ike");
    }

    @Test
    void nothingWentWrongOnTheWay() {
        assertThat(bootLog.lines()).noneMatch(line -> line.contains(" ERROR ") || line.contains("Exception"));
    }

    @Test
    void listensForHttpsAndSshOnLoopbackAndForNothingElse() throws Exception {
        InetAddress loopback = InetAddress.ofLiteral("127.0.0.1");
        assertThat(appliance.listeners())
                .isEqualTo(Set.of(
                        new InetSocketAddress(loopback, appliance.httpsPort()),
                        new InetSocketAddress(loopback, appliance.sshPort())));
    }

    @Test
    void theShellKnowsWhoSignedInByKey() throws Exception {
        assertThat(appliance.shell("jaas:whoami").output().lines()).contains("admin");
        assertThat(appliance.shell("bundle:list | grep Sallyport").output()).contains("Sallyport sad");
    }

    @Test
    void aLongAnswerArrivesWholeEveryTime() throws Exception {
        assertWholeAnswers();
    }

    /** Karaf makes a new ssh server then, as it does at some starts. */
    @Test
    void aLongAnswerArrivesWholeAfterAChangeOfTheShellsConfiguration() throws Exception {
        String before = appliance.shell(SERVERS).output();
        appliance.shell("config:property-set -p org.apache.karaf.shell test changed");
        assertThat(appliance.awaitOther(before, SERVERS, Duration.ofMinutes(1))).isTrue();
        assertWholeAnswers();
    }

    /** Many, since what cuts an answer off is a race; {@code -Dsallyport.answers} makes them more. */
    private void assertWholeAnswers() throws Exception {
        String answer = "0123456789abcdef".repeat(5 << 16) + "\n";
        Path file = Files.writeString(appliance.base().resolve("answer"), answer);
        for (int i = 0; i < Integer.getInteger("sallyport.answers", 30); i++) {
            Appliance.Outcome outcome = appliance.shell("shell:cat " + file);
            assertThat(outcome.output()).as("answer " + i).hasSameSizeAs(answer);
            assertThat(outcome.exitCode()).isZero();
        }
    }

    @Test
    void sshAsksForAKeyAndTakesNoOther() throws Exception {
        ProcessBuilder ssh = new ProcessBuilder(
                "ssh",
                "-F",
                "none",
                "-o",
                "BatchMode=yes",
                "-o",
                "IdentitiesOnly=yes",
                "-o",
                "IdentityFile=none",
                "-o",
                "StrictHostKeyChecking=yes",
                "-o",
                "UserKnownHostsFile=" + appliance.base().resolve("etc/keys/known_hosts"),
                "-p",
                Integer.toString(appliance.sshPort()),
                "admin@127.0.0.1",
                "jaas:whoami");
        Appliance.Outcome outcome = Appliance.run(ssh.redirectErrorStream(true));
        assertThat(outcome.exitCode()).isEqualTo(255);
        assertThat(outcome.output()).contains("Permission denied (publickey).");
    }

    @Test
    void answersHttpsWithTheCertificateOfTheFirstStartAndNoOldTls() throws Exception {
        X509Certificate certificate = certificate("TLSv1.3");
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded());
        assertThat(Files.readString(appliance.base().resolve("etc/keys/first-start"))
                        .strip())
                .endsWith(HexFormat.ofDelimiter(":").withUpperCase().formatHex(digest));
        assertThatThrownBy(() -> certificate("TLSv1.1")).isInstanceOf(SSLException.class);
    }

    @Test
    void nothingIsInstalledFromElsewhere() throws Exception {
        assertThat(appliance.base().resolve("deploy")).doesNotExist();
        assertThat(appliance
                        .shell("bundle:install mvn:org.slf4j/slf4j-simple/2.0.17")
                        .output())
                .contains("Error");
    }

    private X509Certificate certificate(String protocol) throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {new AnyCertificate()}, new SecureRandom());
        try (SSLSocket socket =
                (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", appliance.httpsPort())) {
            socket.setSoTimeout(10_000);
            socket.setEnabledProtocols(new String[] {protocol});
            socket.startHandshake();
            return (X509Certificate) socket.getSession().getPeerCertificates()[0];
        }
    }

    /** The test compares the fingerprint itself. */
    private static final class AnyCertificate implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
