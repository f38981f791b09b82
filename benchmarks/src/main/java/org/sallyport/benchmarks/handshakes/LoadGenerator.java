package org.sallyport.benchmarks.handshakes;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.sallyport.api.flow.Addresses;
import org.sallyport.benchmarks.ProcessCpu;

/**
 * The process that makes the load, on a core of its own. Takes orders on standard input, answers each with one line of JSON:
 *
 * <pre>
 *   press RESPONDER PID psk|FOLDER CONCURRENT RAMP-SECONDS SECONDS
 *   fill RESPONDER COUNT CONCURRENT SECONDS
 *   watch SECONDS
 * </pre>
 *
 * {@code FOLDER} has the clients' certificate; {@code fill} leaves the IKE SAs standing, and {@code watch} serves them.
 */
final class LoadGenerator {
    private final ObjectMapper json = new ObjectMapper();
    private final List<InetAddress> locals;
    private @Nullable Load standing;

    private LoadGenerator(List<InetAddress> locals) {
        this.locals = locals;
    }

    /** Runs with the addresses of the clients as arguments. */
    @SuppressWarnings("SystemOut") // standard output is how the bench hears of it
    public static void main(String[] arguments) throws IOException {
        List<InetAddress> locals = new ArrayList<>();
        for (String each : arguments) {
            locals.add(Addresses.parse(each));
        }
        LoadGenerator generator = new LoadGenerator(locals);
        PrintStream out = System.out;
        out.println("running");
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            out.println(generator.json.writeValueAsString(generator.obey(line.split(" "))));
        }
    }

    private Map<String, Object> obey(String[] words) throws IOException {
        return switch (words[0]) {
            case "press" -> press(words);
            case "fill" -> fill(words);
            case "watch" -> watch(Integer.parseInt(words[1]));
            default -> throw new IllegalArgumentException(String.join(" ", words));
        };
    }

    private Map<String, Object> press(String[] words) throws IOException {
        long pid = Long.parseLong(words[2]);
        int concurrent = Integer.parseInt(words[4]);
        try (Load load = new Load(locals, Addresses.parse(words[1]), proof(words[3]), false)) {
            load.run(after(words[5]), concurrent, Integer.MAX_VALUE);
            long completed = load.completed();
            double cpu = ProcessCpu.seconds(pid);
            double own = ProcessCpu.seconds(ProcessHandle.current().pid());
            long from = System.nanoTime();
            load.run(after(words[6]), concurrent, Integer.MAX_VALUE);
            Map<String, Object> result = new LinkedHashMap<>();
            result.put("handshakes", load.completed() - completed);
            result.put("cpu_seconds", ProcessCpu.seconds(pid) - cpu);
            result.put(
                    "generator_cpu_seconds",
                    ProcessCpu.seconds(ProcessHandle.current().pid()) - own);
            result.put("seconds", (System.nanoTime() - from) / 1e9);
            return withFailures(result, load);
        }
    }

    private static Map<String, Object> withFailures(Map<String, Object> result, Load load) {
        result.put("failed", load.failed());
        result.put("failure", load.failure());
        result.put("retransmitted", load.retransmitted());
        return result;
    }

    private Map<String, Object> fill(String[] words) throws IOException {
        Load load = new Load(locals, Addresses.parse(words[1]), proof("psk"), true);
        standing = load;
        load.run(after(words[4]), Integer.parseInt(words[3]), Integer.parseInt(words[2]));
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("standing", load.completed());
        return withFailures(result, load);
    }

    private Map<String, Object> watch(int seconds) throws IOException {
        Load load = standing;
        if (load == null) {
            throw new IllegalStateException("nothing stands");
        }
        load.run(after(Integer.toString(seconds)), 0, 0);
        return Map.of("rekeyings", eachSecond(load.rekeyingsBySecond()));
    }

    /** Also those seconds in which there was none. */
    private static List<Integer> eachSecond(NavigableMap<Long, Integer> counts) {
        return counts.isEmpty()
                ? List.of()
                : LongStream.rangeClosed(counts.firstKey(), counts.lastKey())
                        .mapToObj(second -> counts.getOrDefault(second, 0))
                        .toList();
    }

    private static Proof proof(String word) {
        return word.equals("psk") ? new SharedKeyProof(Clients.SECRET) : new CertificateProof(Path.of(word));
    }

    private static long after(String seconds) {
        return System.nanoTime() + (long) (Double.parseDouble(seconds) * 1e9);
    }
}
