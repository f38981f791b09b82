package org.sallyport.shell.internal;

import java.io.PrintStream;
import java.util.List;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.sallyport.api.policy.Action;
import org.sallyport.api.policy.Policy;
import org.sallyport.api.policy.PolicyGeneration;

/** Lists the policies in force. */
@Service
@Command(
        scope = "sallyport",
        name = "policy-list",
        description = "Lists the policies in force, in the order in which they are asked")
public final class PolicyListCommand extends SallyportAction {
    private static final List<String> COLUMNS =
            List.of("order", "policy", "action", "selectors", "interface", "peer", "proposals", "mode", "hold_time");

    @Override
    void run(Appliance services, PrintStream output) {
        PolicyGeneration generation = services.spd().current();
        if (!json()) {
            output.println("generation " + generation.number());
        }
        var rows = generation.policies().stream().map(p -> row(p).values()).toList();
        new Listing(
                        "There is no policy: what this host sends goes in clear, what it forwards is dropped.",
                        COLUMNS,
                        rows)
                .print(output, json());
    }

    private static Listing.Row row(Policy policy) {
        boolean protects = policy.action() == Action.PROTECT;
        return Listing.row()
                .with("order", policy.order())
                .with("policy", policy.name())
                .with("action", Words.of(policy.action()))
                .with("selectors", policy.selectors())
                .with("interface", policy.networkInterface())
                .with("peer", policy.peer())
                .with("proposals", policy.proposals())
                .with("mode", protects ? Words.of(policy.mode()) : null)
                .with("hold_time", protects ? policy.holdTime() : null)
                .with("negotiator", protects ? policy.negotiator() : null)
                .with("rekey_after", protects ? policy.lifetimes().softTime() : null)
                .with("ends_after", protects ? policy.lifetimes().hardTime() : null)
                .with("replay_window", protects ? policy.replayWindow() : null)
                .with(
                        "populate_from_packet",
                        policy.pfp().stream().map(Words::of).sorted().toList());
    }
}
