package org.sallyport.benchmarks;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ./sallyport bench lookups}. */
@Command(
        name = "lookups",
        mixinStandardHelpOptions = true,
        description = "Times finding SAs and policies, as ratios to finding a record in a hash map in the same run.")
final class LookupsCommand implements Callable<Integer> {
    /** Each is made anew when its turn comes, so that none stands in the memory of another. */
    private static final List<Supplier<Measurement>> MEASUREMENTS = List.of(SaLookups::new, PolicyLookups::new);

    @Option(names = "--json", description = "print one JSON object on standard output")
    private boolean json;

    @Override
    public Integer call() throws JsonProcessingException {
        Map<String, Double> results = new LinkedHashMap<>();
        for (Supplier<Measurement> measurement : MEASUREMENTS) {
            measurement.get().measure().forEach((name, value) -> results.put(name, Math.round(value * 1000) / 1000.0));
        }
        if (json) {
            System.out.println(new ObjectMapper().writeValueAsString(results));
        } else {
            results.forEach((name, value) -> System.out.printf("%-40s %12.3f%n", name, value));
        }
        return 0;
    }
}
