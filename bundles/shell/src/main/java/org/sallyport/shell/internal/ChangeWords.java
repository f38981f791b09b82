package org.sallyport.shell.internal;

import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.sallyport.api.admin.ChangePreview;
import org.sallyport.api.admin.ChildSaView;
import org.sallyport.api.admin.ConfigurationProblem;
import org.sallyport.api.admin.EntryChange;
import org.sallyport.api.admin.EntryChange.KeyChange;
import org.sallyport.api.admin.FlowChange;
import org.sallyport.api.admin.Provisional;
import org.sallyport.api.policy.Policy;
import org.sallyport.api.policy.Verdict;

/** Says what a change would do, or does. */
final class ChangeWords {
    /** More flows than these are only counted in words; JSON has them all. */
    private static final int MOST_FLOWS = 50;

    private ChangeWords() {}

    /** Prints a preview for people. */
    static void print(ChangePreview preview, PrintStream output) {
        if (preview.entries().isEmpty()) {
            output.println("No policy, peer or setting differs.");
        }
        preview.entries().forEach(entry -> print(entry, output));
        preview.endingSas()
                .forEach(sa -> output.println("ends     SA " + Words.of(sa.lineage()) + " of policy "
                        + Words.of(sa.policy()) + ", " + sa.useCount() + " uses"));
        preview.flows().stream().limit(MOST_FLOWS).forEach(flow -> output.println(words(flow)));
        if (preview.flows().size() > MOST_FLOWS) {
            output.println("flow     and " + (preview.flows().size() - MOST_FLOWS) + " more");
        }
        if (preview.accepted()
                && preview.endingSas().isEmpty()
                && preview.flows().isEmpty()) {
            output.println("No SA ends, and no living flow is treated differently.");
        }
        preview.unknown().forEach(what -> output.println("unknown  " + what));
        if (preview.cutsAdministratorOff()) {
            output.println("This cuts an administrator off.");
        }
    }

    private static void print(EntryChange entry, PrintStream output) {
        output.println(String.format("%-9s", Words.of(entry.change())) + what(entry));
        if (entry.change() != EntryChange.Change.ADDED) {
            entry.keys()
                    .forEach(key -> output.println("         " + key.key() + " = " + key.before() + " -> "
                            + (key.after().isEmpty() ? "nothing" : key.after())));
        }
    }

    private static String what(EntryChange entry) {
        return (Words.of(entry.kind()) + " " + Words.of(entry.name())).strip();
    }

    private static String words(FlowChange flow) {
        String owner = flow.requester().pid() != 0
                ? " of " + flow.requester()
                : flow.requester().userId() >= 0
                        ? " of user " + flow.requester().userId()
                        : "";
        return "flow     " + Words.of(flow.flow() + owner) + ": " + words(flow.before()) + " -> " + words(flow.after())
                + (flow.cutsAdministratorOff() ? " (an administrator's)" : "");
    }

    private static String words(Verdict verdict) {
        return Words.of(verdict.action())
                + verdict.policy().map(p -> " by " + Words.of(p.name())).orElse(" by default");
    }

    /** Returns a preview for programs. */
    static Map<String, @Nullable Object> values(ChangePreview preview) {
        return Listing.row()
                .with("accepted", preview.accepted())
                .with(
                        "problems",
                        preview.problems().stream().map(ChangeWords::values).toList())
                .with(
                        "entries",
                        preview.entries().stream().map(ChangeWords::values).toList())
                .with(
                        "ending_sas",
                        preview.endingSas().stream().map(ChangeWords::values).toList())
                .with("flows", preview.flows().stream().map(ChangeWords::values).toList())
                .with("unknown", preview.unknown())
                .with("cuts_administrator_off", preview.cutsAdministratorOff())
                .values();
    }

    private static Map<String, @Nullable Object> values(ConfigurationProblem problem) {
        return Listing.row()
                .with("file", problem.file())
                .with("key", problem.key().isEmpty() ? null : problem.key())
                .with("value", problem.value())
                .with("accepted", problem.accepted())
                .values();
    }

    private static Map<String, @Nullable Object> values(EntryChange entry) {
        List<Map<String, @Nullable Object>> keys =
                entry.keys().stream().map(ChangeWords::values).toList();
        return Listing.row()
                .with("change", Words.of(entry.change()))
                .with("kind", Words.of(entry.kind()))
                .with("name", entry.name().isEmpty() ? null : entry.name())
                .with("keys", keys)
                .values();
    }

    private static Map<String, @Nullable Object> values(KeyChange key) {
        return Listing.row()
                .with("key", key.key())
                .with("before", key.before())
                .with("after", key.after())
                .values();
    }

    private static Map<String, @Nullable Object> values(ChildSaView sa) {
        return Listing.row()
                .with("sa", sa.lineage())
                .with("policy", sa.policy())
                .with("spi_in", sa.inbound())
                .with("uses", sa.useCount())
                .values();
    }

    private static Map<String, @Nullable Object> values(FlowChange flow) {
        return Listing.row()
                .with("flow", flow.flow())
                .with(
                        "pid",
                        flow.requester().pid() == 0 ? null : flow.requester().pid())
                .with(
                        "user",
                        flow.requester().userId() < 0 ? null : flow.requester().userId())
                .with("before", Words.of(flow.before().action()))
                .with("before_policy", flow.before().policy().map(Policy::name))
                .with("after", Words.of(flow.after().action()))
                .with("after_policy", flow.after().policy().map(Policy::name))
                .with("cuts_administrator_off", flow.cutsAdministratorOff())
                .values();
    }

    /** Returns a provisional change for programs. */
    static Map<String, @Nullable Object> values(Provisional provisional) {
        return Listing.row()
                .with("generation", provisional.generation())
                .with("cause", Words.of(provisional.cause()))
                .with("until", provisional.until())
                .with("left", provisional.left())
                .with("files", provisional.files())
                .with(
                        "cut_off",
                        provisional.cutOff().stream().map(Object::toString).toList())
                .values();
    }

    /** Refuses a candidate with all its mistakes; nothing was changed. */
    static void refuseProblems(ChangePreview preview) {
        if (!preview.accepted()) {
            StringBuilder sentence = new StringBuilder("Nothing was changed:");
            preview.problems()
                    .forEach(p -> sentence.append("\n  ").append(p.text().replaceAll("\\p{Cntrl}", "?")));
            throw new SentenceException(sentence.toString());
        }
    }
}
