package org.sallyport.spd.internal.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.sallyport.api.admin.ChildSaView.Traffic;
import org.sallyport.api.admin.ConfigurationProblem;
import org.sallyport.api.flow.Addresses;
import org.sallyport.api.flow.Flow;
import org.sallyport.api.flow.Requester;
import org.sallyport.api.policy.Action;
import org.sallyport.api.policy.Origin;
import org.sallyport.api.policy.Policy;
import org.sallyport.api.policy.PolicyListener;
import org.sallyport.api.policy.PolicyProvider;
import org.sallyport.api.policy.PolicySet;
import org.sallyport.api.sa.ConnectionId;
import org.sallyport.spd.internal.config.Configuration;
import org.sallyport.spd.internal.config.ConfigurationFile;
import org.sallyport.spd.internal.config.ConfigurationFile.Kind;
import org.sallyport.spd.internal.secret.FileSecretSource;

/** From files to generations, with Config Admin's part played by hand and no kernel behind. */
@Timeout(60)
class PolicyServiceTest {
    private static final Flow WEB = new Flow(0, 6, Addresses.parse("10.1.0.1"), 1024, Addresses.parse("10.2.0.1"), 80);

    private final List<String> order = new CopyOnWriteArrayList<>();
    private final FakeKernel kernel = new FakeKernel();
    private Path etc;
    private PolicyService service;

    private final class FakeKernel implements KernelEnforcement {
        private volatile Optional<String> refusal = Optional.empty();

        @Override
        public Optional<String> tighten(Configuration next, Configuration inForce) {
            if (refusal.isEmpty()) {
                order.add("tighten " + inForce.policies() + " to " + next.policies());
            }
            return refusal;
        }

        @Override
        public void settle() {
            order.add("settle");
        }

        @Override
        public HostConnections connections() {
            return HostConnections.NONE;
        }

        @Override
        public Map<String, Traffic> counted() {
            return Map.of();
        }

        @Override
        public void stopWatching() {
            order.add("stop");
        }

        @Override
        public void close() {
            order.add("close");
        }
    }

    @BeforeEach
    void start(@TempDir Path folder) throws IOException {
        etc = folder;
        write("west.psk", "sesame");
        Files.setPosixFilePermissions(etc.resolve("west.psk"), PosixFilePermissions.fromString("rw-------"));
        write(
                "org.sallyport.peer-west.cfg",
                "schema-version=1\nlocal-identity=a\nremote-identity=b\nsecret-file=west.psk");
        write(
                "org.sallyport.policy-web.cfg",
                "schema-version=1\naction=protect\nlocal=10.1.0.1\nremote=10.2.0.1\npeer=west");
        service = restarted();
    }

    private PolicyService restarted() {
        return new PolicyService(
                new FileSecretSource(),
                Optional.of(etc),
                Thread.ofPlatform().daemon().factory(),
                executor -> kernel);
    }

    @AfterEach
    void stop() {
        service.close();
    }

    private void write(String file, String content) throws IOException {
        Files.writeString(etc.resolve(file), content);
    }

    /** What FileInstall, Config Admin and Declarative Services do. */
    private void deliver(String file) throws IOException {
        Properties properties = new Properties();
        try (var reader = Files.newBufferedReader(etc.resolve(file))) {
            properties.load(reader);
        }
        Kind kind = ConfigurationFile.kind(file).orElseThrow();
        Map<String, Object> map = new HashMap<>();
        properties.stringPropertyNames().forEach(k -> map.put(k, properties.getProperty(k)));
        map.put("service.pid", pid(file));
        map.put("service.factoryPid", kind.pid());
        map.put("felix.fileinstall.filename", etc.resolve(file).toUri().toString());
        map.put("component.name", "some");
        service.put(pid(file), ConfigurationRecord.read(kind, map));
    }

    private static String pid(String file) {
        return "pid-of-" + file;
    }

    private void deliverAll() throws IOException {
        deliver("org.sallyport.peer-west.cfg");
        deliver("org.sallyport.policy-web.cfg");
    }

    private Action judge() {
        return service.current().judge(WEB, Requester.UNKNOWN, Origin.HOST).action();
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + 10_000_000_000L;
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("waited 10 s").isLessThan(end);
            Thread.sleep(5);
        }
    }

    private static void quiet() throws InterruptedException {
        Thread.sleep(400);
    }

    @Test
    void theFilesAreInForceAtOnce() {
        assertThat(service.current().number()).isEqualTo(1);
        assertThat(judge()).isEqualTo(Action.PROTECT);
        assertThat(service.named(new ConnectionId("west"))).isPresent();
        assertThat(order).containsExactly("tighten [] to [web]", "settle");
    }

    @Test
    void whatConfigAdminDeliversOfTheSameFilesChangesNothing() throws Exception {
        deliverAll();
        quiet();
        assertThat(service.current().number()).isEqualTo(1);
        assertThat(service.problems().values()).isEmpty();
    }

    @Test
    void aChangeComesIntoForceWholeTheKernelFirstAndLast() throws Exception {
        deliverAll();
        service.addListener(generation -> order.add("listener " + generation.number()));
        await(() -> order.contains("listener 1"));
        write(
                "org.sallyport.policy-none.cfg",
                "schema-version=1\norder=5\naction=discard\nlocal=any\nremote=10.2.0.0/24");
        deliver("org.sallyport.policy-none.cfg");
        await(() -> judge() == Action.DISCARD);
        assertThat(service.current().number()).isEqualTo(2);
        await(() -> order.size() == 6);
        assertThat(order.subList(3, 6)).containsExactly("tighten [web] to [none, web]", "listener 2", "settle");
    }

    @Test
    void aBurstMakesOneGeneration() throws Exception {
        deliverAll();
        for (int i = 0; i < 20; i++) {
            String file = "org.sallyport.policy-p" + i + ".cfg";
            write(file, "schema-version=1\naction=bypass\nlocal=10.1.0.1\nremote=10.3.0." + i);
            deliver(file);
        }
        await(() -> service.current().policies().size() == 21);
        assertThat(service.current().number()).isEqualTo(2);
    }

    @Test
    void aMistakeLeavesTheGenerationBeforeInForceWhole() throws Exception {
        deliverAll();
        write("org.sallyport.policy-web.cfg", "schema-version=1\naction=bypass\nlocal=10.1.0.1\nremote=10.2.0.1");
        write(
                "org.sallyport.policy-bad.cfg",
                "schema-version=1\naction=protect\nlocal=10.1.0.1\nremote=10.2.0\npeer=west");
        deliver("org.sallyport.policy-web.cfg");
        deliver("org.sallyport.policy-bad.cfg");
        await(() -> !service.problems().values().isEmpty());
        assertThat(service.problems().values())
                .singleElement()
                .extracting(ConfigurationProblem::text)
                .asString()
                .startsWith("org.sallyport.policy-bad.cfg: remote = 10.2.0: accepted: an address");
        assertThat(judge()).isEqualTo(Action.PROTECT);
        assertThat(service.current().number()).isEqualTo(1);
        write("org.sallyport.policy-bad.cfg", "schema-version=1\naction=bypass\nlocal=10.1.0.1\nremote=10.2.0.2");
        deliver("org.sallyport.policy-bad.cfg");
        await(() -> service.problems().values().isEmpty());
        assertThat(judge()).isEqualTo(Action.BYPASS);
        assertThat(service.current().policies()).extracting(Policy::name).containsExactly("bad", "web");
    }

    @Test
    void aSecretThatOthersMayReadIsRefusedUntilThatIsMended() throws Exception {
        deliverAll();
        write("north.psk", "sesame");
        Files.setPosixFilePermissions(etc.resolve("north.psk"), PosixFilePermissions.fromString("rw-r--r--"));
        write(
                "org.sallyport.peer-north.cfg",
                "schema-version=1\nlocal-identity=a\nremote-identity=n\nsecret-file=north.psk");
        deliver("org.sallyport.peer-north.cfg");
        await(() -> !service.problems().values().isEmpty());
        assertThat(service.problems().values())
                .singleElement()
                .extracting(ConfigurationProblem::text)
                .asString()
                .contains("org.sallyport.peer-north.cfg: secret-file = north.psk: accepted:")
                .contains("others than its owner have access (rw-r--r--); do: chmod 600")
                .doesNotContain("sesame");
        assertThat(service.entries()).hasSize(1);
        Files.setPosixFilePermissions(etc.resolve("north.psk"), PosixFilePermissions.fromString("rw-------"));
        await(() -> service.entries().size() == 2);
        await(() -> service.problems().values().isEmpty());
    }

    @Test
    void aPartOfTheFilesIsNotTakenForTheWhole() throws Exception {
        deliver("org.sallyport.peer-west.cfg");
        quiet();
        assertThat(judge()).isEqualTo(Action.PROTECT);
        deliver("org.sallyport.policy-web.cfg");
        quiet();
        service.remove(pid("org.sallyport.policy-web.cfg"));
        service.remove(pid("org.sallyport.peer-west.cfg"));
        quiet();
        assertThat(judge()).as("a bundle that stops removes nothing").isEqualTo(Action.PROTECT);
        assertThat(service.current().number()).isEqualTo(1);
    }

    @Test
    void aDeletedFileLoosensThePolicy() throws Exception {
        deliverAll();
        Files.delete(etc.resolve("org.sallyport.policy-web.cfg"));
        service.remove(pid("org.sallyport.policy-web.cfg"));
        await(() -> judge() == Action.BYPASS);
        assertThat(service.current().policies()).isEmpty();
    }

    @Test
    void whatTheKernelRefusesDoesNotComeIntoForce() throws Exception {
        deliverAll();
        kernel.refusal = Optional.of("the kernel refused: no nftables");
        write("org.sallyport.policy-web.cfg", "schema-version=1\naction=bypass\nlocal=10.1.0.1\nremote=10.2.0.1");
        deliver("org.sallyport.policy-web.cfg");
        await(() -> !service.problems().values().isEmpty());
        assertThat(service.problems().values().getFirst().text()).isEqualTo("kernel: the kernel refused: no nftables");
        assertThat(judge()).isEqualTo(Action.PROTECT);
        kernel.refusal = Optional.empty();
        await(() -> judge() == Action.BYPASS);
    }

    @Test
    void withABrokenFileAtTheStartNothingIsLoosened() throws Exception {
        service.close();
        write("org.sallyport.policy-web.cfg", "schema-version=1\naction=perhaps\nlocal=10.1.0.1\nremote=10.2.0.1");
        order.clear();
        service = restarted();
        assertThat(order).as("the kernel keeps what an earlier process left").isEmpty();
        assertThat(service.current().number()).isZero();
        assertThat(service.problems().values()).hasSize(1);
    }

    @Test
    void anotherProvidersPoliciesComeAndGo() throws Exception {
        deliverAll();
        Policy login = Policy.builder("login", Action.BYPASS)
                .order(1)
                .selectors(service.current().policies().getFirst().selectors())
                .build();
        PolicyProvider provider = () -> new PolicySet("logins", 1, List.of(login));
        service.addProvider(provider);
        await(() -> judge() == Action.BYPASS);
        service.removeProvider(provider);
        await(() -> judge() == Action.PROTECT);
    }

    @Test
    void aListenerThatFailsStopsNobody() throws Exception {
        deliverAll();
        PolicyListener broken = generation -> {
            throw new IllegalStateException("a listener's own fault");
        };
        service.addListener(broken);
        List<Long> heard = new CopyOnWriteArrayList<>();
        service.addListener(generation -> heard.add(generation.number()));
        await(() -> heard.contains(1L));
        Files.delete(etc.resolve("org.sallyport.policy-web.cfg"));
        service.remove(pid("org.sallyport.policy-web.cfg"));
        await(() -> heard.contains(2L));
        service.removeListener(broken);
    }

    @Test
    void aConfigurationThatCameFromNoFileIsNamedByItsPid() {
        ConfigurationFile file = ConfigurationRecord.read(
                Kind.POLICY,
                Map.of("service.pid", "org.sallyport.policy~web", "local", new String[] {"10.1.0.1", "10.1.0.2"}));
        assertThat(file.file()).isEqualTo("org.sallyport.policy~web");
        assertThat(file.name()).isEqualTo("web");
        assertThat(file.values()).isEqualTo(Map.of("local", "10.1.0.1,10.1.0.2"));
    }
}
