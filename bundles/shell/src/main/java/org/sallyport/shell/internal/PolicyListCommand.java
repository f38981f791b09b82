package org.sallyport.shell.internal;

import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.jspecify.annotations.Nullable;
import org.sallyport.api.admin.ChildSaView.Traffic;
import org.sallyport.api.admin.ConfigurationWarning;
import org.sallyport.api.admin.TrafficTotals;
import org.sallyport.api.policy.Action;
import org.sallyport.api.policy.NameSelector;
import org.sallyport.api.policy.Policy;
import org.sallyport.api.policy.PolicyGeneration;

/** Lists the policies in force. */
@Service
@Command(
        scope = "sallyport",
        name = "policy-list",
        description = "Lists the policies in force, in the order in which they are asked")
public final class PolicyListCommand extends SallyportAction {
    private static final Traffic NOTHING = new Traffic(0, 0);
    private static final List<String> COLUMNS = List.of(
            "order",
            "policy",
            "action",
            "packets",
            "octets",
            "selectors",
            "interface",
            "names",
            "peer",
            "proposals",
            "mode",
            "hold_time");

    /** What went by each policy: through SAs, and past them in clear. */
    private record Hits(Map<String, TrafficTotals> sealed, Map<String, Traffic> clear) {
        static Hits of(Appliance services) {
            return new Hits(
                    services.has(Capability.SAD) ? services.sas().totalsByPolicy() : Map.of(),
                    services.configuration().clearTraffic());
        }

        Traffic by(Policy policy) {
            return policy.action() == Action.PROTECT
                    ? Optional.ofNullable(sealed.get(policy.name()))
                            .map(t -> new Traffic(
                                    t.sent().packets() + t.received().packets(),
                                    t.sent().octets() + t.received().octets()))
                            .orElse(NOTHING)
                    : clear.getOrDefault(policy.name(), NOTHING);
        }

        @Nullable
        Long droppedInClear(Policy policy) {
            return policy.action() == Action.PROTECT
                    ? (Long) clear.getOrDefault(policy.name(), NOTHING).packets()
                    : null;
        }
    }

    @Override
    void run(Appliance services, PrintStream output) {
        PolicyGeneration generation = services.spd().current();
        if (!json()) {
            output.println("generation " + generation.number());
        }
        if (!json()) {
            services.configuration().provisional().ifPresent(p -> output.println(p.text()));
        }
        Hits hits = Hits.of(services);
        Map<String, ConfigurationWarning> warnings = services.configuration().warnings().values().stream()
                .collect(Collectors.toMap(ConfigurationWarning::policy, w -> w));
        var rows = generation.policies().stream()
                .map(p -> row(p, hits)
                        .with(
                                "warning",
                                Optional.ofNullable(warnings.get(p.name())).map(ConfigurationWarning::text))
                        .values())
                .toList();
        new Listing(
                        "There is no policy: what this host sends goes in clear, what it forwards is dropped.",
                        COLUMNS,
                        rows)
                .print(output, json());
        if (!json()) {
            generation
                    .asleep()
                    .forEach(p -> output.println("policy " + p.name() + " is not in force: it asks for other logins"));
            generation.policies().stream()
                    .flatMap(p -> Optional.ofNullable(warnings.get(p.name())).stream())
                    .forEach(w -> output.println("warning: " + w.text()));
        }
    }

    /** Null where the policy is for everybody. */
    private static @Nullable NameSelector names(Policy policy) {
        return policy.names().isAnybody() ? null : policy.names();
    }

    private static String dscp(Policy policy) {
        return policy.outerDscp().isEmpty()
                ? "copy"
                : Integer.toString(policy.outerDscp().getAsInt());
    }

    private static String segmentSize(Policy policy) {
        int most = policy.tcpMss().orElse(0);
        if (most == Policy.MSS_FITTING) {
            return "fit";
        }
        return most == 0 ? "keep" : Integer.toString(most);
    }

    private static String padding(Policy policy) {
        int octets = policy.tfcPadding().orElse(0);
        if (octets == Policy.PADDED_FITTING) {
            return "mtu";
        }
        return octets == 0 ? "none" : Integer.toString(octets);
    }

    private static Listing.Row row(Policy policy, Hits hits) {
        boolean protects = policy.action() == Action.PROTECT;
        return Listing.row()
                .with("order", policy.order())
                .with("policy", policy.name())
                .with("action", Words.of(policy.action()))
                .with("packets", hits.by(policy).packets())
                .with("octets", new Words.Octets(hits.by(policy).octets()))
                .with("dropped_in_clear", hits.droppedInClear(policy))
                .with("selectors", policy.selectors())
                .with("interface", policy.networkInterface())
                .with("names", names(policy))
                .with("peer", policy.peer())
                .with("proposals", policy.proposals())
                .with("ipsec_protocol", protects ? Words.of(policy.ipsecProtocol()) : null)
                .with("mode", protects ? Words.of(policy.mode()) : null)
                .with("hold_time", protects ? policy.holdTime() : null)
                .with("negotiator", protects ? policy.negotiator() : null)
                .with("rekey_after", protects ? policy.lifetimes().softTime() : null)
                .with("ends_after", protects ? policy.lifetimes().hardTime() : null)
                .with("replay_window", protects ? policy.replayWindow() : null)
                .with("dscp", protects ? dscp(policy) : null)
                .with("df", protects ? Words.of(policy.outerDf()) : null)
                .with("tcp_mss", protects ? segmentSize(policy) : null)
                .with("tfc_padding", protects ? padding(policy) : null)
                .with("dscp_sas", protects ? policy.sharing().groups() : null)
                .with("worker_sas", protects ? policy.sharing().byWorker() : null)
                .with(
                        "populate_from_packet",
                        policy.pfp().stream().map(Words::of).sorted().toList());
    }
}
