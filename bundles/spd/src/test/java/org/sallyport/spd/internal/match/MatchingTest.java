package org.sallyport.spd.internal.match;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.sallyport.api.flow.AddressRange;
import org.sallyport.api.flow.Addresses;
import org.sallyport.api.flow.Flow;
import org.sallyport.api.flow.PortRange;
import org.sallyport.api.flow.Requester;
import org.sallyport.api.flow.Selectors;
import org.sallyport.api.flow.TrafficSelector;
import org.sallyport.api.policy.Action;
import org.sallyport.api.policy.Origin;
import org.sallyport.api.policy.Policy;
import org.sallyport.api.policy.Verdict;

/** The compiled generation against the contracts' own, plain way to match. */
class MatchingTest {
    private static final int MANY = 20_000;

    /** Few addresses, ports and protocols, so that ranges meet often. */
    @Provide
    Arbitrary<AddressRange> ranges() {
        Arbitrary<Integer> octet = Arbitraries.integers().between(0, 7);
        return Combinators.combine(
                        octet,
                        octet,
                        Arbitraries.of(true, false),
                        Arbitraries.integers().between(0, 9))
                .as((a, b, ipv4, wide) -> {
                    if (wide == 0) {
                        return ipv4 ? AddressRange.ANY_IPV4 : AddressRange.ANY_IPV6;
                    }
                    String net = ipv4 ? "10.0.0." : "fd00::ff00:0:";
                    return new AddressRange(
                            Addresses.parse(net + Math.min(a, b)), Addresses.parse(net + Math.max(a, b)));
                });
    }

    @Provide
    Arbitrary<PortRange> ports() {
        Arbitrary<Integer> port = Arbitraries.integers().between(0, 6);
        return Combinators.combine(port, port, Arbitraries.integers().between(0, 4))
                .as((a, b, kind) -> switch (kind) {
                    case 0, 1 -> PortRange.ANY;
                    case 2 -> PortRange.OPAQUE;
                    default -> new PortRange(Math.min(a, b), Math.max(a, b));
                });
    }

    @Provide
    Arbitrary<List<Policy>> policies() {
        Arbitrary<TrafficSelector> selector = Combinators.combine(Arbitraries.of(0, 0, 6, 17), ports(), ranges())
                .as(TrafficSelector::new);
        Arbitrary<List<TrafficSelector>> side = selector.list().ofMinSize(1).ofMaxSize(3);
        Arbitrary<Selectors> both = Combinators.combine(side, side).as(Selectors::new);
        return Combinators.combine(both, Arbitraries.of(true, true, true, false))
                .as((selectors, anywhere) -> {
                    Policy.Builder builder = Policy.builder("p", Action.BYPASS).selectors(selectors);
                    return anywhere ? builder : builder.networkInterface("eth0");
                })
                .map(Policy.Builder::build)
                .list()
                .ofMaxSize(12);
    }

    @Provide
    Arbitrary<Flow> flows() {
        Arbitrary<Integer> octet = Arbitraries.integers().between(0, 8);
        Arbitrary<Integer> port = Arbitraries.integers().between(-1, 7);
        return Combinators.combine(octet, octet, port, port, Arbitraries.of(6, 17, 47), Arbitraries.of(true, false))
                .as((a, b, p, q, protocol, ipv4) -> {
                    String net = ipv4 ? "10.0.0." : "fd00::ff00:0:";
                    return new Flow(0, protocol, Addresses.parse(net + a), p, Addresses.parse(net + b), q);
                });
    }

    @Property(tries = MANY)
    void theFirstPolicyThatHoldsTheFlowDecides(
            @ForAll("policies") List<Policy> policies, @ForAll("flows") Flow flow, @ForAll Origin origin) {
        CompiledGeneration generation = new CompiledGeneration(1, policies, Action.DISCARD);
        Verdict verdict = generation.judge(flow, Requester.UNKNOWN, origin);
        Optional<Policy> expected = policies.stream()
                .filter(p -> p.networkInterface().isEmpty() || origin == Origin.FORWARDED)
                .filter(p -> p.selectors().contains(flow))
                .findFirst();
        assertThat(verdict.policy()).isEqualTo(expected);
        assertThat(verdict.action())
                .isEqualTo(expected.map(Policy::action).orElse(origin == Origin.HOST ? Action.BYPASS : Action.DISCARD));
        assertThat(judgePacket(generation, flow, origin)).isEqualTo(verdict);
    }

    private static Verdict judgePacket(CompiledGeneration generation, Flow flow, Origin origin) {
        return generation.judge(
                Addresses.isIpv4(flow.local()),
                Addresses.high(flow.local()),
                Addresses.low(flow.local()),
                flow.localPort(),
                Addresses.high(flow.remote()),
                Addresses.low(flow.remote()),
                flow.remotePort(),
                flow.protocol(),
                origin);
    }

    @Test
    void judgingAPacketAllocatesNothing() {
        List<Policy> policies = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            policies.add(Policy.builder("p" + i, Action.BYPASS)
                    .selectors(new Selectors(
                            List.of(TrafficSelector.of(AddressRange.parse("10.1." + i + ".0/24"))),
                            List.of(TrafficSelector.of(AddressRange.parse("10.2." + i + ".0/24")))))
                    .build());
        }
        CompiledGeneration generation = new CompiledGeneration(1, policies, Action.DISCARD);
        long local = Addresses.low(Addresses.parse("10.1.49.1"));
        long remote = Addresses.low(Addresses.parse("10.2.49.1"));
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long found = 0;
        long least = Long.MAX_VALUE;
        for (int round = 0; round < 5; round++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < MANY; i++) {
                Verdict verdict = generation.judge(true, 0, local, 1024, 0, remote, 80, 6, Origin.HOST);
                found += verdict.action() == Action.BYPASS ? 1 : 0;
            }
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }
        assertThat(found).isEqualTo(5L * MANY);
        assertThat(least).isLessThan(MANY / 10);
    }

    @Test
    void policiesAreFoundByName() {
        Policy policy = Policy.builder("web", Action.DISCARD)
                .selectors(new Selectors(
                        List.of(TrafficSelector.of(AddressRange.ANY_IPV4)),
                        List.of(TrafficSelector.of(AddressRange.ANY_IPV4))))
                .build();
        CompiledGeneration generation = new CompiledGeneration(7, List.of(policy), Action.BYPASS);
        assertThat(generation.number()).isEqualTo(7);
        assertThat(generation.policy("web")).containsSame(policy);
        assertThat(generation.policy("absent")).isEmpty();
    }
}
