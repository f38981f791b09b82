package org.sallyport.spd.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.sallyport.api.flow.Addresses;
import org.sallyport.api.flow.Flow;
import org.sallyport.api.flow.Requester;
import org.sallyport.api.policy.Action;
import org.sallyport.api.policy.Origin;
import org.sallyport.api.policy.Policy;
import org.sallyport.api.policy.PolicyGeneration;
import org.sallyport.api.policy.Verdict;
import org.sallyport.spd.internal.match.CompiledGeneration;

/** The compiled generation judges as the oracle does. */
class CompiledGenerationOracleTest {
    private static final int PACKETS = 200;

    @Test
    void judgesFlowsAndPacketsAlike() {
        Trials.run(3_000, this::judge);
    }

    private void judge(long seed) {
        RandomPolicies world = new RandomPolicies(seed);
        List<Policy> policies = world.policies(seed % 10 == 0 ? 400 : 30);
        boolean discard = world.coin();
        Oracle oracle = new Oracle(policies, discard);
        PolicyGeneration generation = new CompiledGeneration(1, policies, discard ? Action.DISCARD : Action.BYPASS);
        for (int i = 0; i < PACKETS; i++) {
            Packet packet = world.packet();
            Oracle.Seen seen = Oracle.Seen.leaving(packet);
            Origin origin = packet.isForwarded() ? Origin.FORWARDED : Origin.HOST;
            Verdict expected = expected(oracle, seen, origin, discard);
            Flow flow = new Flow(
                    0,
                    packet.protocol(),
                    RandomPolicies.address(packet.ipv4(), packet.source()),
                    seen.localPort(),
                    RandomPolicies.address(packet.ipv4(), packet.destination()),
                    seen.remotePort());
            if (packet.protocolSeen()) {
                assertThat(generation.judge(flow, Requester.UNKNOWN, origin))
                        .as("seed %d, %s", seed, packet)
                        .isEqualTo(expected);
            }
            assertThat(judgePacket(generation, flow, Math.max(seen.protocol(), 0), origin))
                    .as("seed %d, %s", seed, packet)
                    .isEqualTo(expected);
        }
    }

    private static Verdict expected(Oracle oracle, Oracle.Seen seen, Origin origin, boolean discard) {
        Action fallback = origin == Origin.FORWARDED && discard ? Action.DISCARD : Action.BYPASS;
        var entry = oracle.entry(seen, origin == Origin.FORWARDED);
        return new Verdict(entry.map(Policy::action).orElse(fallback), entry);
    }

    /** What a packet of which nobody sees the protocol says is 0, which no protocol is. */
    private static Verdict judgePacket(PolicyGeneration generation, Flow flow, int protocol, Origin origin) {
        return generation.judge(
                Addresses.isIpv4(flow.local()),
                Addresses.high(flow.local()),
                Addresses.low(flow.local()),
                flow.localPort(),
                Addresses.high(flow.remote()),
                Addresses.low(flow.remote()),
                flow.remotePort(),
                protocol,
                origin);
    }
}
