package org.sallyport.spd.internal.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.sallyport.api.admin.ConfigurationProblem;
import org.sallyport.api.flow.Addresses;
import org.sallyport.api.flow.Flow;
import org.sallyport.api.flow.Requester;
import org.sallyport.api.policy.Action;
import org.sallyport.api.policy.Origin;
import org.sallyport.api.policy.Policy;
import org.sallyport.spd.Samples;
import org.sallyport.spd.internal.match.CompiledGeneration;

/** What {@code local = assigned} means before an address is assigned, and afterwards. */
class AssignedLocalsTest {
    private static final InetAddress ASSIGNED = Addresses.parse("10.9.0.7");

    private static ConfigurationFile peer(String... lines) {
        String[] all = Arrays.copyOf(
                new String[] {"remote-address = 192.0.2.1", "start = at-start", "request-address = ipv4"},
                3 + lines.length);
        System.arraycopy(lines, 0, all, 3, lines.length);
        return Samples.peer("west", all);
    }

    private static Configuration.Outcome compile(
            Map<String, List<InetAddress>> assigned, ConfigurationFile peer, String... policy) {
        return Samples.compiler()
                .compile(List.of(peer, Samples.policy("office", policy)), List.of(), assigned, Optional.of(Set.of()));
    }

    private static List<Policy> policies(Map<String, List<InetAddress>> assigned, String... policy) {
        Configuration.Outcome outcome = compile(assigned, peer(), policy);
        assertThat(outcome.problems()).isEmpty();
        return outcome.sound().policies();
    }

    private static List<String> problems(ConfigurationFile peer, String... policy) {
        return compile(Map.of(), peer, policy).problems().stream()
                .map(ConfigurationProblem::text)
                .toList();
    }

    private static Action verdict(List<Policy> policies, String local) {
        Flow flow = new Flow(0, 6, Addresses.parse(local), 40_000, Addresses.parse("10.2.0.1"), 80);
        return new CompiledGeneration(1, policies, Action.DISCARD)
                .judge(flow, Requester.UNKNOWN, Origin.HOST)
                .action();
    }

    @Test
    void untilAnAddressIsAssignedThePolicyHoldsEveryAddressAndAwaitsIt() {
        List<Policy> policies = policies(Map.of(), "local = assigned", "remote = 10.2.0.0/16", "peer = west");
        assertThat(policies).singleElement().satisfies(p -> {
            assertThat(p.awaitsAddress()).isTrue();
            assertThat(p.selectors()).hasToString("0.0.0.0/0 === 10.2.0.0/16");
        });
        assertThat(verdict(policies, "192.168.0.5")).isEqualTo(Action.PROTECT);
    }

    @Test
    void thenItMeansThatAddressAndOthersStayClosed() {
        List<Policy> policies =
                policies(Map.of("west", List.of(ASSIGNED)), "local = assigned", "remote = 10.2.0.0/16", "peer = west");
        assertThat(policies).extracting(Policy::name).containsExactly("office", "office+other-local");
        assertThat(policies.getFirst().localAssigned()).isTrue();
        assertThat(policies.getFirst().awaitsAddress()).isFalse();
        assertThat(policies.getFirst().selectors()).hasToString("10.9.0.7 === 10.2.0.0/16");
        assertThat(verdict(policies, "10.9.0.7")).isEqualTo(Action.PROTECT);
        assertThat(verdict(policies, "192.168.0.5")).isEqualTo(Action.DISCARD);
    }

    @Test
    void portsAndProtocolStayAsTheyAre() {
        List<Policy> policies = policies(
                Map.of("west", List.of(ASSIGNED)),
                "local = assigned",
                "remote = 10.2.0.0/16",
                "protocol = tcp",
                "remote-port = 443",
                "peer = west");
        assertThat(policies.getFirst().selectors()).hasToString("10.9.0.7[tcp/any] === 10.2.0.0/16[tcp/443]");
        assertThat(policies.getLast().selectors()).hasToString("0.0.0.0/0[tcp/any] === 10.2.0.0/16[tcp/443]");
    }

    @Test
    void anAddressOfAnotherPeerOrFamilyMeansNothing() {
        for (Map<String, List<InetAddress>> other :
                List.of(Map.of("east", List.of(ASSIGNED)), Map.of("west", List.of(Addresses.parse("2001:db8::7"))))) {
            assertThat(policies(other, "local = assigned", "remote = 10.2.0.0/16", "peer = west"))
                    .singleElement()
                    .matches(Policy::awaitsAddress);
        }
    }

    @Test
    void itGivesNoWarning() {
        Configuration.Outcome outcome = compile(
                Map.of("west", List.of(ASSIGNED)), peer(), "local = assigned", "remote = 10.2.0.0/16", "peer = west");
        assertThat(outcome.sound().warnings()).isEmpty();
    }

    @Test
    void whatThePeerMayAssignIsBounded() {
        ConfigurationFile peer = peer("permitted-local = 10.9.0.0/24");
        String[] policy = {"local = assigned", "remote = 10.2.0.0/16", "peer = west"};
        assertThat(compile(Map.of(), peer, policy).problems()).isEmpty();
        assertThat(compile(Map.of("west", List.of(ASSIGNED)), peer, policy).problems())
                .isEmpty();
        assertThat(compile(Map.of("west", List.of(Addresses.parse("192.168.0.1"))), peer, policy)
                        .problems())
                .extracting(ConfigurationProblem::accepted)
                .singleElement()
                .asString()
                .contains("outside what org.sallyport.peer-west.cfg permits");
    }

    @Test
    void mistakesAreNamed() {
        String remote = "remote = 10.2.0.0/16";
        assertThat(problems(
                        Samples.peer("west", "remote-address = 192.0.2.1", "request-address = ipv4"),
                        "local = assigned",
                        remote))
                .singleElement()
                .asString()
                .startsWith("org.sallyport.policy-office.cfg: local = assigned: ")
                .contains("start = at-start or by-hand");
        assertThat(problems(
                        Samples.peer("west", "remote-address = 192.0.2.1", "start = by-hand"),
                        "local = assigned",
                        remote))
                .singleElement()
                .asString()
                .contains("request-address = ipv4, ipv6");
        assertThat(problems(peer(), "action = bypass", "local = assigned", remote))
                .anyMatch(p -> p.contains("only a policy with action = protect"));
        assertThat(problems(peer(), "local = assigned", remote, "mode = transport"))
                .anyMatch(p -> p.contains("in tunnel mode"));
        assertThat(problems(Samples.peer("west", "request-address = ipv4"), "local = 10.1.0.1", remote))
                .anyMatch(p -> p.contains("request-address = ipv4: accepted: with a remote-address"));
        assertThat(problems(peer("request-address = ipv4, 10.9.0.7"), "local = 10.1.0.1", remote))
                .anyMatch(p -> p.contains("there are two of one family"));
        assertThat(problems(Samples.peer("west", "pool = phones, a/b"), "local = 10.1.0.1", remote))
                .anyMatch(p ->
                        p.startsWith("org.sallyport.peer-west.cfg: pool = phones, a/b: accepted: the NAME of a file"));
    }
}
