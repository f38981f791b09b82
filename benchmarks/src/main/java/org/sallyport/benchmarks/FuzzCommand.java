package org.sallyport.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.sallyport.ike.internal.fuzz.FuzzCorpus;
import org.sallyport.ike.internal.fuzz.FuzzTarget;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ./sallyport bench fuzz}. */
@Command(
        name = "fuzz",
        mixinStandardHelpOptions = true,
        description =
                "Has Jazzer look for octets that a decoder or the state machine of IKEv2 does not bear. What it finds is"
                        + " printed, and the status is 1.")
final class FuzzCommand implements Callable<Integer> {
    @Option(names = "--minutes", defaultValue = "60", description = "in all (default: ${DEFAULT-VALUE})")
    private double minutes;

    @Option(names = "--target", description = "one of ${COMPLETION-CANDIDATES}, or several; all if none is named")
    private List<FuzzTarget> named = new ArrayList<>();

    @Option(
            names = "--keep",
            description = "keep what reached something new in the corpora of the sources, the fewest that reach it all")
    private boolean keep;

    @Option(names = "--json", description = "print one JSON object on standard output")
    private boolean json;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Path root = Path.of(Objects.requireNonNullElse(System.getenv("SALLYPORT_ROOT"), "."));
        PrintStream people = json ? System.err : System.out;
        List<FuzzTarget> targets = named.isEmpty() ? List.of(FuzzTarget.values()) : named;
        Duration share = Duration.ofMillis((long) (minutes * 60_000 / targets.size()));
        Map<String, FuzzRun.Result> results = new LinkedHashMap<>();
        for (FuzzTarget target : targets) {
            FuzzRun run = new FuzzRun(root, target);
            FuzzRun.Result result = run.search(share);
            results.put(target.label(), result);
            people.printf("%-12s %s%n", target.label(), result);
            if (keep && result.found().isEmpty()) {
                FuzzCorpus.write(root, target, run.fewest());
            }
        }
        if (json) {
            System.out.println(new ObjectMapper().writeValueAsString(results));
        }
        boolean clean = results.values().stream().allMatch(r -> r.found().isEmpty());
        return clean ? 0 : 1;
    }
}
