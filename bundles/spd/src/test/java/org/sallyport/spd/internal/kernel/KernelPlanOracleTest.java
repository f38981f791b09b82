package org.sallyport.spd.internal.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.sallyport.api.flow.Addresses;
import org.sallyport.api.policy.Action;
import org.sallyport.api.policy.Policy;
import org.sallyport.spd.internal.kernel.RuleModel.Way;
import org.sallyport.spd.oracle.Oracle;
import org.sallyport.spd.oracle.Packet;
import org.sallyport.spd.oracle.RandomPolicies;
import org.sallyport.spd.oracle.Trials;

/** The kernel plan, as models of nftables and of policy rules interpret it, does what the oracle says. */
class KernelPlanOracleTest {
    private static final int PACKETS = 200;

    /** A host with an address in the middle of the policies' ranges. */
    private static final LocalFacts FACTS = new LocalFacts(
            List.of(Addresses.parse("10.0.0.5"), Addresses.parse("fd00::ff:5")), destination -> Optional.empty());

    private record Generation(List<Policy> policies, boolean discardForwarded) {
        static Generation random(RandomPolicies world, int most) {
            return new Generation(
                    world.policies(most).stream()
                            .filter(KernelPlanOracleTest::isExpressible)
                            .toList(),
                    world.coin());
        }

        Oracle oracle() {
            return new Oracle(policies, discardForwarded);
        }

        KernelPlan plan() {
            return KernelPlan.compile(
                    policies,
                    List.of(),
                    new Enforcement(true, discardForwarded ? Enforcement.Default.DISCARD : Enforcement.Default.BYPASS),
                    FACTS,
                    KernelPlan.NONE);
        }
    }

    private static boolean isExpressible(Policy policy) {
        try {
            KernelPlan.check(policy);
            return true;
        } catch (InexpressibleException e) {
            return false;
        }
    }

    /** The appliance takes IKE and ESP over UDP from anybody, and DHCP: no policy is asked. */
    private static boolean isExempt(Packet packet) {
        int port = packet.destinationPort();
        return packet.protocol() == 17 && packet.leavesBy().isEmpty() && (port == 500 || port == 4500);
    }

    @Test
    void theGuardLetsPassInClearWhatMay() {
        Trials.run(500, seed -> {
            RandomPolicies world = new RandomPolicies(seed);
            Generation generation = Generation.random(world, 25);
            if (generation.policies.isEmpty()) {
                return;
            }
            Oracle oracle = generation.oracle();
            GuardModel guard = new GuardModel(List.of(generation.plan().guard().orElseThrow()));
            for (int i = 0; i < PACKETS; i++) {
                Packet packet = world.packet();
                if (!isExempt(packet)) {
                    assertThat(guard.passes(packet))
                            .as("seed %d, %s", seed, packet)
                            .isEqualTo(oracle.mayBeInClear(packet));
                }
            }
        });
    }

    @Test
    void routingLeadsProtectedPacketsIntoTheTunAndNothingThatIsBypassed() {
        Trials.run(400, seed -> {
            RandomPolicies world = new RandomPolicies(seed);
            Generation generation = Generation.random(world, 20);
            KernelPlan plan = generation.plan();
            Oracle oracle = generation.oracle();
            RuleModel rules = new RuleModel(plan.divert().rules());
            for (int i = 0; i < PACKETS; i++) {
                Packet packet = world.packet();
                if (!packet.leavesBy().isEmpty()) {
                    boolean marked =
                            plan.guard().map(g -> GuardModel.marks(g, packet)).orElse(false);
                    Way way = rules.route(packet, marked ? DivertPlan.BYPASS_MARK : 0);
                    compare(oracle, packet, way, "seed " + seed + ", " + packet);
                }
            }
        });
    }

    /**
     * The guard drops discarded types, which rules do not know. Rules know no port 0 either, and cannot tell a later fragment from it:
     * what is led wrongly then is dropped.
     */
    private static void compare(Oracle oracle, Packet packet, Way way, String what) {
        if (!packet.portsSeen()) {
            return;
        }
        Optional<Action> expected = oracle.entryLeaving(packet).map(Policy::action);
        if (expected.equals(Optional.of(Action.PROTECT))) {
            assertThat(way).as(what).isEqualTo(Way.TUN);
        } else if (expected.equals(Optional.of(Action.DISCARD)) && !packet.hasType()) {
            assertThat(way).as(what).isEqualTo(Way.PROHIBITED);
        } else if (!packet.hasType() || !expected.equals(Optional.of(Action.DISCARD))) {
            assertThat(way).as(what).isEqualTo(Way.CLEAR);
        }
    }

    @Test
    void whileGenerationsChangeNothingIsInClearThatEitherForbids() {
        Trials.run(200, seed -> {
            RandomPolicies world = new RandomPolicies(seed);
            Generation before = Generation.random(world, 12);
            Generation next = Generation.random(world, 12);
            if (before.policies.isEmpty() || next.policies.isEmpty()) {
                return;
            }
            GuardModel both = new GuardModel(List.of(
                    before.plan().guard().orElseThrow(), next.plan().guard().orElseThrow()));
            for (int i = 0; i < PACKETS; i++) {
                Packet packet = world.packet();
                if (!isExempt(packet)) {
                    assertThat(both.passes(packet))
                            .as("seed %d, %s", seed, packet)
                            .isEqualTo(before.oracle().mayBeInClear(packet)
                                    && next.oracle().mayBeInClear(packet));
                }
            }
        });
    }
}
