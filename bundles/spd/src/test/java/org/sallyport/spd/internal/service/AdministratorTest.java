package org.sallyport.spd.internal.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.sallyport.api.admin.ConfigurationCandidate;
import org.sallyport.api.admin.Provisional.Cause;
import org.sallyport.spd.TestNamespace;
import org.sallyport.spd.internal.config.ConfigurationFile;
import org.sallyport.spd.internal.config.ConfigurationFolder;
import org.sallyport.spd.internal.config.Problems;
import org.sallyport.spd.internal.secret.FileSecretSource;

/** An administrator's own connection, by real TCP through the real guard, while the policies change. */
@Timeout(90)
class AdministratorTest {
    private static final String LOCK_OUT =
            "schema-version=1\norder=1\naction=discard\nlocal=10.1.0.1\nremote=10.1.0.0/24";

    private TestNamespace host;
    private TestNamespace desk;
    private Path etc;
    private PolicyService service;
    private Socket administrator;
    private Socket session;

    @BeforeEach
    void start(@TempDir Path folder) throws Exception {
        etc = folder;
        host = new TestNamespace();
        desk = new TestNamespace();
        host.connect("v0", desk, "v0");
        host.ip("addr add 10.1.0.1/24 dev v0");
        desk.ip("addr add 10.1.0.2/24 dev v0");
        write("org.sallyport.enforcement.cfg", "schema-version=1\nconfirm-within=10s");
        write("org.sallyport.policy-noise.cfg", "schema-version=1\naction=discard\nlocal=10.1.0.1\nremote=10.3.0.0/24");
        write("org.sallyport.policy-desk.cfg", "schema-version=1\norder=50\naction=bypass\nlocal=any\nremote=10.1.0.2");
        service = new PolicyService(new FileSecretSource(), Optional.of(etc), host.threads(), LinuxEnforcement::new);
        try (ServerSocket ssh = host.in(() -> new ServerSocket(22, 5, InetAddress.getByName("10.1.0.1")))) {
            administrator = desk.in(() -> {
                Socket socket = new Socket();
                socket.connect(new InetSocketAddress("10.1.0.1", 22), 5_000);
                return socket;
            });
            session = ssh.accept();
        }
        deliver();
    }

    @AfterEach
    void stop() throws IOException {
        if (session != null) {
            service.close();
            session.close();
            administrator.close();
            desk.close();
            host.close();
        }
    }

    private void write(String file, String content) throws IOException {
        Files.writeString(etc.resolve(file), content);
    }

    private void deliver() {
        for (ConfigurationFile file : ConfigurationFolder.read(etc, new Problems())) {
            service.put(file.file(), file);
        }
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + 20_000_000_000L;
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("waited 20 s").isLessThan(end);
            Thread.sleep(20);
        }
    }

    private void type(int letter) throws IOException {
        administrator.getOutputStream().write(letter);
    }

    private int arrives(int millis) throws IOException {
        session.setSoTimeout(millis);
        try {
            return session.getInputStream().read();
        } catch (SocketTimeoutException e) {
            return -1;
        }
    }

    @Test
    void whoLocksHimselfOutByAnEditIsBackWithTheSameConnection() throws Exception {
        type('a');
        assertThat(arrives(5_000)).isEqualTo('a');
        write("org.sallyport.policy-oops.cfg", LOCK_OUT);
        deliver();
        await(() -> service.provisional().isPresent());
        assertThat(service.provisional()).hasValueSatisfying(p -> {
            assertThat(p.cause()).isEqualTo(Cause.CUTS_ADMINISTRATOR_OFF);
            assertThat(p.cutOff()).hasSize(1);
        });
        type('b');
        assertThat(arrives(1_000)).as("the lock is real").isEqualTo(-1);
        await(() -> service.provisional().isEmpty());
        assertThat(arrives(30_000)).isEqualTo('b');
        assertThat(Files.exists(etc.resolve("org.sallyport.policy-oops.cfg"))).isTrue();
        assertThat(service.problems().values()).singleElement().satisfies(p -> assertThat(p.text())
                .contains("org.sallyport.policy-oops.cfg: rolled back because"));
        assertThat(host.exec("nft list ruleset")).doesNotContain("oops");
    }

    @Test
    void stoppingLeadsBackAtOnce() throws Exception {
        Path candidate = Files.createDirectory(etc.resolve("candidate"));
        Files.writeString(candidate.resolve("org.sallyport.policy-oops.cfg"), LOCK_OUT);
        ConfigurationCandidate edit = new ConfigurationCandidate(List.of(candidate), List.of());
        assertThat(service.preview(edit).cutsAdministratorOff()).isTrue();
        assertThat(service.apply(edit, Optional.empty()).provisional()).isPresent();
        type('c');
        assertThat(arrives(500)).isEqualTo(-1);
        service.close();
        assertThat(arrives(10_000)).isEqualTo('c');
        assertThat(Files.exists(etc.resolve("org.sallyport.policy-oops.cfg"))).isFalse();
    }

    @Test
    void aChangeThatConcernsOthersLeavesTheConnectionAlone() throws Exception {
        write(
                "org.sallyport.policy-more.cfg",
                "schema-version=1\norder=1\naction=discard\nlocal=any\nremote=10.4.0.0/24");
        deliver();
        await(() -> service.current().policy("more").isPresent());
        assertThat(service.provisional()).isEmpty();
        type('d');
        assertThat(arrives(2_000)).isEqualTo('d');
    }

    @Test
    void whatAPolicyLetThroughIsCountedOverGenerations() throws Exception {
        type('e');
        assertThat(arrives(5_000)).isEqualTo('e');
        long before = packets("desk");
        assertThat(before).isPositive();
        write(
                "org.sallyport.policy-more.cfg",
                "schema-version=1\norder=1\naction=discard\nlocal=any\nremote=10.4.0.0/24");
        deliver();
        await(() -> service.current().policy("more").isPresent());
        assertThat(packets("desk")).isGreaterThanOrEqualTo(before);
        type('f');
        assertThat(arrives(5_000)).isEqualTo('f');
        assertThat(packets("desk")).isGreaterThan(before);
        desk.ip("addr add 10.4.0.9/32 dev lo");
        desk.exec("python3 -c \"import socket; s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM);"
                + " s.bind(('10.4.0.9', 0)); [s.sendto(b'x', ('10.1.0.1', 9)) for _ in range(2)]\"");
        await(() -> packets("more") > 0);
        assertThat(packets("more")).isEqualTo(2);
    }

    private long packets(String policy) {
        return Optional.ofNullable(service.clearTraffic().get(policy))
                .map(t -> t.packets())
                .orElse(0L);
    }
}
