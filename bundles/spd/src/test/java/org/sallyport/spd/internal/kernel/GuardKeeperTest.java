package org.sallyport.spd.internal.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.sallyport.spd.Samples;
import org.sallyport.spd.TestNamespace;
import org.sallyport.spd.internal.config.Configuration;

/** Others remove what is ours. */
@Timeout(60)
class GuardKeeperTest {
    private static final Duration LIMIT = Duration.ofSeconds(1);

    private TestNamespace host;
    private ScheduledExecutorService executor;
    private Kernel kernel;
    private GuardKeeper keeper;

    @BeforeEach
    void start() throws Exception {
        host = new TestNamespace();
        host.ip("link add v0 type veth peer name v1");
        host.ip("link set v0 up");
        host.ip("link set v1 up");
        host.ip("addr add 10.1.0.1/24 dev v0");
        Configuration configuration = Samples.sound(
                Samples.policy("web", "local = 10.1.0.0/24, fd01::/64", "remote = 10.2.0.0/24, fd02::/64"),
                Samples.peer("west"));
        executor = Executors.newSingleThreadScheduledExecutor(host.threads());
        kernel = executor.submit(Kernel::open).get();
        keeper = executor.submit(() -> {
                    Enforcer enforcer = new Enforcer(kernel);
                    enforcer.tighten(configuration.policies(), configuration.peers(), configuration.enforcement());
                    enforcer.settle();
                    return GuardKeeper.start(enforcer, executor);
                })
                .get();
    }

    @AfterEach
    void stop() {
        if (keeper != null) {
            keeper.close();
            executor.shutdown();
            kernel.close();
            host.close();
        }
    }

    private String guard() {
        return host.exec("nft -s list ruleset");
    }

    private String divert() {
        return host.ip("rule show")
                + host.ip("-6 rule show")
                + host.ip("route show table all proto 83")
                + host.ip("-6 route show table all proto 83");
    }

    private static void within(Duration limit, BooleanSupplier condition) {
        long end = System.nanoTime() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("not repaired within " + limit).isLessThan(end);
        }
    }

    @Test
    void aFirewallThatFlushesEverything() {
        String before = guard();
        assertThat(before).contains("10.2.0.0");
        host.exec("nft flush ruleset");
        within(LIMIT, () -> guard().equals(before));
    }

    @Test
    void aSingleRuleOfTheGuard() {
        String before = guard();
        host.exec("nft flush chain inet sallyport_guard out_0");
        within(LIMIT, () -> guard().equals(before));
    }

    @Test
    void somebodyAllowsEverythingInTheGuard() {
        String before = guard();
        host.exec("nft insert rule inet sallyport_guard out accept");
        within(LIMIT, () -> guard().equals(before));
    }

    @Test
    void theRules() {
        String before = divert();
        for (String family : new String[] {"-4", "-6"}) {
            List<String> rules = host.ip(family + " rule show")
                    .lines()
                    .filter(l -> l.contains("lookup 21409"))
                    .toList();
            assertThat(rules).isNotEmpty();
            rules.forEach(l -> host.ip(family + " rule del pref " + l.substring(0, l.indexOf(':'))));
        }
        within(LIMIT, () -> divert().equals(before));
    }

    @Test
    void theRoutes() {
        String before = divert();
        host.ip("route flush table 21409");
        host.ip("-6 route flush table 21409");
        within(LIMIT, () -> divert().equals(before));
    }

    @Test
    void theTunDevice() {
        host.ip("link del sallyport0");
        within(LIMIT, () -> host.ip("route show table 21409").contains("dev sallyport0"));
        assertThat(host.ip("link show sallyport0")).contains("UP");
    }

    @Test
    void theTunDeviceIsTakenDown() {
        host.ip("link set sallyport0 down");
        within(LIMIT, () -> host.ip("route show table 21409").contains("dev sallyport0"));
    }

    @Test
    void theHostsAddressChanges() {
        assertThat(host.ip("route show table 21409")).contains("src 10.1.0.1");
        host.ip("addr add 10.1.0.7/32 dev v0");
        host.ip("addr del 10.1.0.1/24 dev v0");
        within(LIMIT, () -> Udp.sourceTowards(host, "10.2.0.9").equals("10.1.0.7"));
        host.ip("addr del 10.1.0.7/32 dev v0");
        within(LIMIT, () -> !host.ip("rule show").contains("from 0.0.0.0 "));
        assertThat(host.ip("rule show")).contains("from 10.1.0.0/24 to 10.2.0.0/24 lookup 21409");
    }

    @Test
    void strangersAreLeftAlone() {
        host.exec("nft add table inet stranger");
        host.ip("rule add pref 150 to 10.9.0.0/24 lookup 99");
        host.ip("route add unreachable 10.9.0.0/24 table 99");
        host.exec("nft flush chain inet sallyport_guard out_0");
        within(LIMIT, () -> guard().contains("ip daddr 10.2.0.0"));
        assertThat(guard()).contains("stranger");
        assertThat(divert()).contains("to 10.9.0.0/24 lookup 99");
        assertThat(host.ip("route show table 99")).contains("10.9.0.0/24");
    }

    @Test
    void whatStandsStaysWhenTheKeeperGoes() {
        String guard = guard();
        String divert = divert();
        keeper.close();
        assertThat(guard()).isEqualTo(guard);
        assertThat(divert()).isEqualTo(divert);
    }
}
