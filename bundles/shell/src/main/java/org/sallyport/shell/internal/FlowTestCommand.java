package org.sallyport.shell.internal;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.jspecify.annotations.Nullable;
import org.sallyport.api.flow.Flow;
import org.sallyport.api.flow.Requester;
import org.sallyport.api.policy.Action;
import org.sallyport.api.policy.Origin;
import org.sallyport.api.policy.Policy;
import org.sallyport.api.policy.PolicyGeneration;
import org.sallyport.api.policy.Verdict;
import org.sallyport.api.sa.SaPairHandle;

/** Says what would happen to a packet. */
@Service
@Command(
        scope = "sallyport",
        name = "flow-test",
        description = "Says what would happen to a flow: verdict, policy, the SA that would carry it, and why",
        detailedDescription = "The flow in words, for example: tcp from 10.1.0.5 to 10.2.0.7 port 443; "
                + "icmp to 10.2.0.7 type 8. Without a source the route decides. Nothing is sent.")
public final class FlowTestCommand extends SallyportAction {
    private static final int UNKNOWN = -1;

    @Argument(name = "flow", description = "The flow in words", required = true, multiValued = true)
    private List<String> words = new ArrayList<>();

    @Option(name = "--forwarded", description = "A packet that is forwarded for others, not this host's own")
    private boolean forwarded;

    @Option(name = "--user", description = "Who sends it, by number: policies may be for some users alone")
    private int user = UNKNOWN;

    @Option(name = "--executable", description = "The program that sends it, by its absolute path")
    private @Nullable String executable;

    void user(int number) {
        user = number;
    }

    void flow(boolean isForwarded, String... inWords) {
        forwarded = isForwarded;
        words = List.of(inWords);
    }

    @Override
    void run(Appliance services, PrintStream output) {
        Flow flow = FlowWords.parse(words);
        PolicyGeneration generation = services.spd().current();
        Origin origin = forwarded ? Origin.FORWARDED : Origin.HOST;
        Requester requester = requester();
        Verdict verdict = generation.judge(flow, requester, origin);
        Optional<SaPairHandle> pair = verdict.policy()
                .filter(p -> verdict.action() == Action.PROTECT && services.has(Capability.SAD))
                .flatMap(p -> services.saTable().find(p.name(), flow))
                .flatMap(lineage -> services.saTable().handle(lineage));
        Listing.Row answer = Listing.row()
                .with("flow", flow)
                .with("generation", generation.number())
                .with("verdict", Words.of(verdict.action()))
                .with("policy", verdict.policy().map(Policy::name))
                .with("selectors", verdict.policy().map(Policy::selectors))
                .with("peer", verdict.policy().flatMap(Policy::peer))
                .with("sa", pair.map(SaPairHandle::lineage))
                .with("spi_in", pair.map(SaPairHandle::inbound))
                .with("spi_out", pair.map(SaPairHandle::outbound))
                .with("why", why(generation, verdict, requester, origin))
                .with("then", then(services, verdict, pair));
        print(output, answer);
    }

    private void print(PrintStream output, Listing.Row answer) {
        if (json()) {
            output.println(Json.write(answer.values()));
            return;
        }
        answer.values().forEach((key, value) -> {
            String text = Words.of(value);
            if (!text.equals("-")) {
                output.printf("%-11s%s%n", key.replace('_', ' '), text);
            }
        });
    }

    private Requester requester() {
        Requester.Builder builder = Requester.builder().userId(user);
        Optional.ofNullable(executable).ifPresent(builder::executable);
        return builder.build();
    }

    private static String why(PolicyGeneration generation, Verdict verdict, Requester requester, Origin origin) {
        int entries = generation.policies().size();
        if (verdict.policy().isEmpty()) {
            return "none of the " + entries + " entries matches; the default for "
                    + (origin == Origin.HOST ? "this host's own traffic" : "forwarded traffic") + " decides";
        }
        Policy policy = verdict.policy().get();
        int place = generation.policies().stream().map(Policy::name).toList().indexOf(policy.name()) + 1;
        String entry = "entry " + place + " of " + entries + " (order " + policy.order() + ")";
        if (!policy.names().holds(requester)) {
            return entry + " is for others by name (" + policy.names()
                    + "), behind it nothing goes in clear, and no later" + " entry protects what " + requester
                    + " sends";
        }
        return entry + " is the first whose selectors hold the flow"
                + (policy.names().isAnybody() ? "" : " and whose names hold who sends it (" + policy.names() + ")");
    }

    private static String then(Appliance services, Verdict verdict, Optional<SaPairHandle> pair) {
        return switch (verdict.action()) {
            case BYPASS -> "it goes on in clear";
            case DISCARD -> "it is dropped; a program sees EACCES";
            case PROTECT -> pair.isPresent() ? "it goes on at once, sealed" : held(services, verdict);
        };
    }

    private static String held(Appliance services, Verdict verdict) {
        for (Capability needed : List.of(Capability.SAD, Capability.CLASSIFIER, Capability.IKE)) {
            if (!services.has(needed)) {
                return "it fails: " + needed.absence();
            }
        }
        return verdict.policy()
                .map(p -> "it is held, at most " + Words.duration(p.holdTime()) + ", while " + p.negotiator()
                        + " makes an SA with " + p.peer().map(Object::toString).orElse("its peer"))
                .orElse("it is held");
    }
}
