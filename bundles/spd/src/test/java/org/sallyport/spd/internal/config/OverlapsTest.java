package org.sallyport.spd.internal.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.sallyport.api.admin.ConfigurationWarning;
import org.sallyport.api.admin.ConfigurationWarning.Kind;
import org.sallyport.api.flow.AddressRange;
import org.sallyport.api.flow.Selectors;
import org.sallyport.api.flow.TrafficSelector;
import org.sallyport.api.policy.Action;
import org.sallyport.api.policy.Policy;
import org.sallyport.spd.Samples;
import org.sallyport.spd.oracle.Oracle;
import org.sallyport.spd.oracle.Packet;
import org.sallyport.spd.oracle.RandomPolicies;
import org.sallyport.spd.oracle.Trials;

class OverlapsTest {
    private static ConfigurationFile policy(String name, int order, String action, String local, String remote) {
        return Samples.policy(name, "order = " + order, "action = " + action, "local = " + local, "remote = " + remote);
    }

    private static List<ConfigurationWarning> warnings(ConfigurationFile... files) {
        List<ConfigurationFile> all = new ArrayList<>(List.of(files));
        all.add(Samples.peer("west"));
        Configuration.Outcome outcome = Samples.compile(all.toArray(ConfigurationFile[]::new));
        assertThat(outcome.problems()).isEmpty();
        return outcome.sound().warnings();
    }

    @Test
    void policiesThatHaveNothingInCommonAreNotReported() {
        assertThat(warnings(
                        policy("a", 1, "protect", "10.1.0.0/24", "10.2.0.0/24"),
                        policy("b", 2, "bypass", "10.1.0.0/24", "10.3.0.0/24"),
                        policy("c", 3, "discard", "fd01::/64", "fd02::/64")))
                .isEmpty();
    }

    @Test
    void aPolicyThatOthersTogetherTakeEverythingFromNeverDecides() {
        assertThat(warnings(
                        policy("low", 1, "protect", "10.1.0.0/24", "10.2.0.0/25"),
                        policy("high", 2, "bypass", "10.1.0.0/16", "10.2.0.128-10.2.1.7"),
                        policy("never", 3, "discard", "10.1.0.0/24", "10.2.0.0/24")))
                .singleElement()
                .satisfies(w -> {
                    assertThat(w.kind()).isEqualTo(Kind.SHADOWED);
                    assertThat(w.earlier()).containsExactly("low", "high");
                    assertThat(w.text())
                            .isEqualTo("org.sallyport.policy-never.cfg: policy \"never\" never decides, because what is"
                                    + " asked before it takes all that it is for: org.sallyport.policy-low.cfg,"
                                    + " org.sallyport.policy-high.cfg");
                });
    }

    @Test
    void oneAddressThatIsLeftMakesTheDifference() {
        assertThat(warnings(
                        policy("low", 1, "protect", "10.1.0.0/24", "10.2.0.0-10.2.0.126"),
                        policy("high", 2, "bypass", "10.1.0.0/24", "10.2.0.128-10.2.1.7"),
                        policy("rest", 3, "discard", "10.1.0.0/24", "10.2.0.0/24")))
                .singleElement()
                .satisfies(w -> {
                    assertThat(w.kind()).isEqualTo(Kind.OVERLAPPING);
                    assertThat(w.policy()).isEqualTo("rest");
                    assertThat(w.earlierFiles())
                            .containsExactly("org.sallyport.policy-low.cfg", "org.sallyport.policy-high.cfg");
                });
    }

    @Test
    void anOverlapWithTheSameActionIsNoneToSpeakOf() {
        assertThat(warnings(
                        policy("a", 1, "bypass", "10.1.0.0/24", "10.2.0.0/25"),
                        policy("b", 2, "bypass", "10.1.0.0/24", "10.2.0.0/24")))
                .isEmpty();
    }

    /** What the oracle finds decided by a policy is not reported as never deciding; and some are reported. */
    @Test
    void whatIsReportedAsShadowedNeverDecides() {
        Set<Kind> seen = new HashSet<>();
        Trials.run(300, seed -> {
            RandomPolicies world = new RandomPolicies(seed);
            List<Policy> policies = world.policies(25);
            List<ConfigurationWarning> warnings = Overlaps.of(policies, name -> name);
            warnings.forEach(w -> seen.add(w.kind()));
            Set<String> shadowed = new HashSet<>();
            warnings.stream().filter(w -> w.kind() == Kind.SHADOWED).forEach(w -> shadowed.add(w.policy()));
            Oracle oracle = new Oracle(policies, true);
            for (int i = 0; i < 300; i++) {
                Packet packet = world.packet();
                oracle.entryLeaving(packet).ifPresent(p -> assertThat(shadowed)
                        .as("seed %d, %s", seed, packet)
                        .doesNotContain(p.name()));
            }
        });
        assertThat(seen).containsExactlyInAnyOrder(Kind.values());
    }

    /** Every policy overlaps every other one. */
    @Test
    @Timeout(30)
    void tenThousandPoliciesThatOverlapAreLookedAtInSeconds() {
        List<Policy> policies = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            policies.add(Policy.builder("p" + i, i % 2 == 0 ? Action.BYPASS : Action.DISCARD)
                    .selectors(new Selectors(
                            List.of(TrafficSelector.of(
                                    AddressRange.parse("10.0.0.0-10.1." + (i >> 8) + "." + (i & 255)))),
                            List.of(TrafficSelector.of(AddressRange.parse("10.2.0.0/16")))))
                    .build());
        }
        assertThat(Overlaps.of(policies, name -> name)).hasSize(9_999);
    }
}
