package org.sallyport.shell.internal;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.sallyport.api.admin.ChangeOutcome;

/** Puts an edit in force until it is confirmed. */
@Service
@Command(
        scope = "sallyport",
        name = "policy-apply",
        description =
                "Puts files in etc and in force; unless sallyport:policy-confirm follows in time, all is put back",
        detailedDescription = "For example: sallyport:policy-apply --remove old-web --confirm-within 2m /root/new")
public final class PolicyApplyCommand extends PolicyCandidateAction {
    private static final Pattern TIME = Pattern.compile("([0-9]{1,5})(s|m|h)");
    private static final Map<String, Integer> SECONDS = Map.of("s", 1, "m", 60, "h", 3600);

    @Option(name = "--confirm-within", description = "10s to 1h; otherwise what etc/org.sallyport.enforcement.cfg says")
    private String confirmWithin = "";

    void confirmWithin(String value) {
        confirmWithin = value;
    }

    @Override
    void run(Appliance services, PrintStream output) {
        ChangeOutcome outcome = services.changes().apply(candidate(), time());
        if (json()) {
            output.println(Json.write(Listing.row()
                    .with("change", ChangeWords.values(outcome.preview()))
                    .with("provisional", outcome.provisional().map(ChangeWords::values))
                    .values()));
            return;
        }
        ChangeWords.refuseProblems(outcome.preview());
        ChangeWords.print(outcome.preview(), output);
        output.println(outcome.provisional()
                .map(p -> p.text())
                .orElse("The files say what is in force already; nothing was changed."));
    }

    private Optional<Duration> time() {
        if (confirmWithin.isEmpty()) {
            return Optional.empty();
        }
        Matcher matcher = TIME.matcher(confirmWithin);
        if (!matcher.matches()) {
            throw new SentenceException("--confirm-within " + confirmWithin
                    + ": accepted: a number with s, m or h, from 10s to 1h, such as 60s.");
        }
        return Optional.of(
                Duration.ofSeconds(Long.parseLong(matcher.group(1)) * SECONDS.getOrDefault(matcher.group(2), 1)));
    }
}
