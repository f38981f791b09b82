package org.sallyport.benchmarks;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentSkipListMap;
import org.sallyport.ike.internal.core.BrokenInvariant;
import org.sallyport.ike.internal.core.Simulation;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ./sallyport bench simulate}. */
@Command(
        name = "simulate",
        mixinStandardHelpOptions = true,
        description =
                "Runs two negotiators against each other over a network that loses, repeats and reorders, while they"
                        + " rekey, delete and crash; a seed in which something does not hold is printed and replays"
                        + " exactly.")
final class SimulateCommand implements Callable<Integer> {
    private static final int BATCH = 5000;

    @Option(names = "--seeds", defaultValue = "100000", description = "how many (default: ${DEFAULT-VALUE})")
    private long seeds;

    @Option(names = "--seed", description = "run this one alone, and print its story")
    private long seed = -1;

    @Option(names = "--from", defaultValue = "0", description = "the first of them (default: ${DEFAULT-VALUE})")
    private long from;

    @Option(names = "--json", description = "print one JSON object on standard output")
    private boolean json;

    private final Map<Long, String> broken = new ConcurrentSkipListMap<>();

    @Override
    public Integer call() throws JsonProcessingException {
        return seed >= 0 ? replay() : runAll();
    }

    private int replay() {
        try {
            System.out.printf("seed %d: all holds, %d packets arrived%n", seed, Simulation.run(seed, true));
            return 0;
        } catch (BrokenInvariant e) {
            System.out.printf("seed %d: %s%n", seed, e.getMessage());
            return 1;
        }
    }

    private int runAll() throws JsonProcessingException {
        PrintStream people = json ? System.err : System.out;
        long began = System.nanoTime();
        long packets = 0;
        for (long done = 0; done < seeds; done += BATCH) {
            long count = Math.min(BATCH, seeds - done);
            packets += Simulation.runAll(from + done, count, (each, why) -> report(people, each, why));
            people.printf("%d of %d seeds, %d broken%n", done + count, seeds, broken.size());
        }
        if (json) {
            Map<String, Object> result = new LinkedHashMap<>();
            result.put("seeds", seeds);
            result.put("broken", broken.size());
            result.put("broken_seeds", List.copyOf(broken.keySet()));
            result.put("packets", packets);
            result.put("seconds", (System.nanoTime() - began) / 1e9);
            System.out.println(new ObjectMapper().writeValueAsString(result));
        }
        return broken.isEmpty() ? 0 : 1;
    }

    private void report(PrintStream people, long each, BrokenInvariant why) {
        broken.put(each, String.valueOf(why.getMessage()));
        people.printf("seed %d: %s%n", each, why.getMessage());
    }
}
