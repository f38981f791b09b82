package org.sallyport.spd.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.sallyport.api.flow.Addresses;
import org.sallyport.api.flow.Flow;
import org.sallyport.api.flow.Requester;
import org.sallyport.api.policy.Action;
import org.sallyport.api.policy.NameSelector;
import org.sallyport.api.policy.Origin;
import org.sallyport.api.policy.Policy;
import org.sallyport.api.policy.PolicyGeneration;
import org.sallyport.api.policy.Verdict;
import org.sallyport.spd.internal.match.CompiledGeneration;

/**
 * Entries by name (RFC 4301 section 4.4.1.1). The plain model leaves out what does not hold who asks, and looks whether
 * anything that it left out stood before what decides.
 */
class NamesOracleTest {
    private static final int PACKETS = 100;
    private static final int USERS = 3;

    @Test
    void judgesEveryRequesterAsIfOnlyHisOwnEntriesWereThere() {
        Trials.run(2_000, this::judge);
    }

    private void judge(long seed) {
        RandomPolicies world = new RandomPolicies(seed);
        Random random = new Random(seed);
        List<Policy> policies =
                world.policies(20).stream().map(p -> named(p, random)).toList();
        PolicyGeneration generation = new CompiledGeneration(1, policies, Action.BYPASS);
        for (int i = 0; i < PACKETS; i++) {
            Packet packet = world.packet();
            if (!packet.protocolSeen()) {
                continue;
            }
            Origin origin = packet.isForwarded() ? Origin.FORWARDED : Origin.HOST;
            Requester requester =
                    Requester.builder().userId(random.nextInt(USERS)).build();
            Oracle.Seen seen = Oracle.Seen.leaving(packet);
            Verdict verdict = generation.judge(flow(packet, seen), requester, origin);
            assertThat(verdict)
                    .as("seed %d, %s, user %d", seed, packet, requester.userId())
                    .isEqualTo(expected(policies, requester, seen, origin));
            verdict.policy().filter(p -> verdict.action() == Action.PROTECT).ifPresent(p -> assertThat(
                            mayLeadTo(generation, p.name(), flow(packet, seen), origin))
                    .as("seed %d, %s: what comes back by the SA of policy %s is expected", seed, packet, p)
                    .isTrue());
        }
    }

    private static Policy named(Policy policy, Random random) {
        boolean canBe =
                policy.action() != Action.BYPASS && policy.networkInterface().isEmpty();
        if (!canBe || random.nextInt(3) > 0) {
            return policy;
        }
        NameSelector names = new NameSelector(Set.of(random.nextInt(USERS)), Set.of(), Set.of(), Set.of(), Set.of());
        return policy.toBuilder(policy.name(), policy.action()).names(names).build();
    }

    private static Verdict expected(List<Policy> policies, Requester requester, Oracle.Seen seen, Origin origin) {
        boolean forwarded = origin == Origin.FORWARDED;
        List<Policy> own =
                policies.stream().filter(p -> p.names().holds(requester)).toList();
        List<Policy> others =
                policies.stream().filter(p -> !p.names().holds(requester)).toList();
        Optional<Policy> decides = new Oracle(own, false).entry(seen, forwarded);
        Optional<Policy> passedOver = new Oracle(others, false)
                .entry(seen, forwarded)
                .filter(p -> decides.map(d -> policies.indexOf(p) < policies.indexOf(d))
                        .orElse(true));
        Action action = decides.map(Policy::action).orElse(Action.BYPASS);
        if (passedOver.isPresent() && action == Action.BYPASS) {
            return new Verdict(Action.DISCARD, passedOver, true);
        }
        boolean byName = passedOver.isPresent()
                || decides.filter(p -> !p.names().isAnybody()).isPresent();
        return new Verdict(action, decides, byName);
    }

    private static Flow flow(Packet packet, Oracle.Seen seen) {
        return new Flow(
                0,
                packet.protocol(),
                RandomPolicies.address(packet.ipv4(), packet.source()),
                seen.localPort(),
                RandomPolicies.address(packet.ipv4(), packet.destination()),
                seen.remotePort());
    }

    private static boolean mayLeadTo(PolicyGeneration generation, String policy, Flow flow, Origin origin) {
        return generation.mayLeadTo(
                policy,
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
}
