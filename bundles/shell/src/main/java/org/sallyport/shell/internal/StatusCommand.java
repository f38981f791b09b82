package org.sallyport.shell.internal;

import java.io.PrintStream;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.sallyport.api.admin.CaptureCounters;
import org.sallyport.api.admin.ConnectionState;
import org.sallyport.api.admin.ConnectionView;
import org.sallyport.api.policy.PolicyGeneration;

/** Says what the appliance can do now. */
@Service
@Command(
        scope = "sallyport",
        name = "status",
        description = "Says which capabilities are there, and what is missing without the absent ones")
public final class StatusCommand extends SallyportAction {
    @Override
    void run(Appliance services, PrintStream output) {
        var rows = Arrays.stream(Capability.values())
                .map(c -> row(services, c).values())
                .toList();
        new Listing("", List.of("capability", "state", "bundle", "now"), rows).print(output, json());
    }

    private static Listing.Row row(Appliance services, Capability capability) {
        boolean there = services.has(capability);
        return Listing.row()
                .with("capability", capability.what())
                .with("state", there ? "there" : "ABSENT")
                .with("bundle", capability.bundle())
                .with("now", there ? orAbsent(() -> now(services, capability)) : "without it " + capability.without());
    }

    /** A service may go between two looks. */
    private static String orAbsent(Supplier<String> words) {
        try {
            return words.get();
        } catch (SentenceException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private static String now(Appliance services, Capability capability) {
        return switch (capability) {
            case SPD -> policies(services);
            case SAD -> count(services.sas().list().size(), "SA pair");
            case IKE -> count(services.ikeSas().list().size(), "IKE SA");
            case CLASSIFIER -> "sealed by " + services.packets().cryptography();
            case INTERCEPTOR -> count(services.holds().feed().values().size(), "held request");
            case CONNECTIONS -> connections(services);
            case CAPTURE -> capture(services.capture().counters());
        };
    }

    private static String policies(Appliance services) {
        PolicyGeneration generation = services.spd().current();
        int problems = services.configuration().problems().values().size();
        String words = "generation " + generation.number() + ", "
                + String.join(
                        ", ",
                        List.of(
                                count(generation.policies().size(), "policy entry"),
                                count(services.pad().entries().size(), "peer")));
        String waiting = services.configuration()
                .provisional()
                .map(p -> ", PROVISIONAL for " + Words.of(p.left()) + " (sallyport:policy-confirm)")
                .orElse("");
        return words + waiting + (problems == 0 ? "" : ", " + count(problems, "mistake") + " (sallyport:problem-list)");
    }

    private static String connections(Appliance services) {
        Map<ConnectionState, Long> counts = services.connections().list().stream()
                .collect(Collectors.groupingBy(
                        ConnectionView::state, () -> new EnumMap<>(ConnectionState.class), Collectors.counting()));
        return counts.isEmpty()
                ? "none configured"
                : counts.entrySet().stream()
                        .map(e -> e.getValue() + " " + e.getKey())
                        .collect(Collectors.joining(", "));
    }

    private static String capture(CaptureCounters counters) {
        return counters.running()
                ? "on " + counters.interfaces() + ", "
                        + count(counters.clearText().size(), "clear-text flow")
                : counters.interfaces();
    }

    private static String count(long number, String what) {
        if (number == 1) {
            return "1 " + what;
        }
        return number + " " + (what.endsWith("y") ? what.substring(0, what.length() - 1) + "ies" : what + "s");
    }
}
