package org.sallyport.spd.internal.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.sallyport.api.flow.AddressRange;
import org.sallyport.api.flow.PortRange;
import org.sallyport.api.flow.Selectors;
import org.sallyport.api.flow.TrafficSelector;
import org.sallyport.api.policy.Action;
import org.sallyport.api.policy.Policy;
import org.sallyport.api.proposal.Proposal;
import org.sallyport.api.sa.ConnectionId;
import org.sallyport.spd.TestNamespace;

/** A gateway with a policy for each of very many networks. */
@Timeout(120)
class ManyPoliciesTest {
    /** The compilers are done after some of them. */
    private static final int CHANGES = 8;

    private static final int COUNT = Integer.getInteger("sallyport.policies", 10_000);

    private static Policy policy(int i, int port) {
        return Policy.builder("branch-" + i, Action.PROTECT)
                .order(i)
                .selectors(new Selectors(
                        List.of(new TrafficSelector(
                                6, PortRange.ANY, AddressRange.parse("10." + (i >> 8) + "." + (i & 255) + ".0/24"))),
                        List.of(new TrafficSelector(
                                6,
                                PortRange.of(port),
                                AddressRange.parse("172." + (16 + (i >> 12)) + "." + (i >> 4 & 255) + "."
                                        + (i & 15) * 16 + "/28")))))
                .peer(new ConnectionId("peer-" + i))
                .proposals(List.of(Proposal.parse("aes256gcm16-esn")))
                .build();
    }

    @Test
    void oneChangedPolicyTakesLessThanASecondAndTouchesNoOtherRule() {
        List<Policy> policies = new ArrayList<>();
        for (int i = 0; i < COUNT; i++) {
            policies.add(policy(i, 443));
        }
        try (TestNamespace gateway = new TestNamespace();
                Kernel kernel = gateway.in(Kernel::open)) {
            Enforcer enforcer = new Enforcer(kernel);
            long first = apply(gateway, enforcer, policies);
            Set<String> before = rules(gateway);
            List<Long> took = new ArrayList<>();
            for (int change = 1; change <= CHANGES; change++) {
                policies.set(COUNT / 2, policy(COUNT / 2, 443 + change));
                took.add(apply(gateway, enforcer, policies));
                gateway.in(() -> {
                    enforcer.check();
                    return true;
                });
            }
            Set<String> after = rules(gateway);
            System.out.println(COUNT + " policies: at first " + first + " ms, one changed " + took + " ms");
            assertThat(after).hasSameSizeAs(before);
            Set<String> changed = new HashSet<>(after);
            changed.removeAll(before);
            assertThat(changed).singleElement().asString().contains("dport " + (443 + CHANGES));
            assertThat(gateway.exec("nft list table inet sallyport_guard"))
                    .contains("branch-0\"")
                    .containsPattern(443 + CHANGES + " .* comment \"branch-" + COUNT / 2 + "\"");
            assertThat(took).anySatisfy(ms -> assertThat(ms).isLessThan(1_000));
            policies.add(COUNT / 3, policy(COUNT, 443));
            policies.remove(COUNT / 4);
            apply(gateway, enforcer, policies);
            changed = rules(gateway);
            changed.removeAll(after);
            assertThat(changed).as("one came and one went").hasSize(1);
        }
    }

    @Test
    void changesOfOnePolicyLoseNoPacketOfAnother() throws Exception {
        List<Policy> policies = new ArrayList<>();
        policies.add(steady());
        for (int i = 0; i < COUNT; i++) {
            policies.add(policy(i, 443));
        }
        try (TestNamespace gateway = new TestNamespace();
                Kernel kernel = gateway.in(Kernel::open)) {
            gateway.ip("addr add 10.200.0.1/32 dev lo");
            Enforcer enforcer = new Enforcer(kernel);
            apply(gateway, enforcer, policies);
            try (SteadyFlow flow = new SteadyFlow(gateway, "10.200.0.1", "172.31.0.9")) {
                for (int change = 1; change <= 3; change++) {
                    policies.set(COUNT / 2, policy(COUNT / 2, 443 + change));
                    apply(gateway, enforcer, policies);
                }
                policies.add(1, policy(COUNT, 443));
                apply(gateway, enforcer, policies);
                policies.remove(1);
                apply(gateway, enforcer, policies);
                List<Integer> lost = flow.lost();
                System.out.println("of " + flow.sent() + " datagrams of another policy " + lost.size() + " were lost");
                assertThat(flow.sent()).isGreaterThan(500);
                assertThat(flow.refusals()).isEmpty();
                assertThat(lost).isEmpty();

                policies.removeFirst();
                apply(gateway, enforcer, policies);
            }
            try (SteadyFlow flow = new SteadyFlow(gateway, "10.200.0.1", "172.31.0.9")) {
                Thread.sleep(50);
                assertThat(flow.lost()).as("a flow whose policy went").hasSize(flow.sent());
            }
        }
    }

    private static Policy steady() {
        return Policy.builder("steady", Action.PROTECT)
                .order(0)
                .selectors(new Selectors(
                        List.of(new TrafficSelector(17, PortRange.ANY, AddressRange.parse("10.200.0.0/24"))),
                        List.of(new TrafficSelector(17, PortRange.ANY, AddressRange.parse("172.31.0.0/24")))))
                .peer(new ConnectionId("peer-steady"))
                .proposals(List.of(Proposal.parse("aes256gcm16-esn")))
                .build();
    }

    /** Returns the processor time that it took, which is what a machine that does nothing else takes. */
    private static long apply(TestNamespace gateway, Enforcer enforcer, List<Policy> policies) {
        return gateway.in(() -> {
            ThreadMXBean threads = ManagementFactory.getThreadMXBean();
            long began = threads.getCurrentThreadCpuTime();
            long wall = System.nanoTime();
            enforcer.tighten(policies, List.of(), Enforcement.DEFAULT);
            enforcer.settle();
            long took = TimeUnit.NANOSECONDS.toMillis(threads.getCurrentThreadCpuTime() - began);
            System.out.println("applied in " + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - wall)
                    + " ms, of which the processor's, the kernel's work included, " + took);
            return took;
        });
    }

    private static Set<String> rules(TestNamespace gateway) {
        Set<String> rules = new HashSet<>();
        gateway.ip("rule show").lines().forEach(rules::add);
        return rules;
    }
}
