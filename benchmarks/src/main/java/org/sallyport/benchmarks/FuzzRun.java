package org.sallyport.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.sallyport.ike.internal.fuzz.FuzzCorpus;
import org.sallyport.ike.internal.fuzz.FuzzTarget;
import org.sallyport.ike.internal.fuzz.JazzerTarget;

/** Jazzer in a process of its own, on one target: it ends the process with what it finds. */
final class FuzzRun {
    private static final Pattern EXECUTED = Pattern.compile("stat::number_of_executed_units: (\\d+)");
    private static final Pattern COVERED = Pattern.compile(" cov: (\\d+) ");
    private static final int LONGEST_INPUT = 4096;

    private final FuzzTarget target;
    private final Path folder;
    private final Path kept;
    private final Path fresh;

    FuzzRun(Path root, FuzzTarget target) throws IOException {
        this.target = target;
        this.folder = Files.createDirectories(
                root.toAbsolutePath().resolve("target/fuzz").resolve(target.label()));
        this.kept = emptied(folder.resolve("kept"));
        this.fresh = Files.createDirectories(folder.resolve("new"));
        int number = 0;
        for (byte[] each : FuzzCorpus.read(root, target)) {
            Files.write(kept.resolve(String.valueOf(number++)), each);
        }
    }

    /**
     * What became of a run.
     *
     * @param executed inputs that were tried
     * @param covered edges of the code that they reached
     * @param found in words with the input in hexadecimal; empty when all holds
     */
    record Result(long executed, long covered, String found) {
        @Override
        public String toString() {
            return executed + " inputs, " + covered + " edges, " + (found.isEmpty() ? "all holds" : found);
        }
    }

    /** Searches for so long. */
    Result search(Duration time) throws IOException, InterruptedException {
        emptied(folder.resolve("found"));
        Path log = jazzer("-max_total_time=" + Math.max(1, time.toSeconds()), fresh.toString(), kept.toString());
        String output = Files.readString(log, StandardCharsets.ISO_8859_1);
        return new Result(last(EXECUTED, output), last(COVERED, output), found(output, log));
    }

    /** Returns the fewest inputs that reach all that was reached. */
    List<byte[]> fewest() throws IOException, InterruptedException {
        Path merged = emptied(folder.resolve("fewest"));
        jazzer("-merge=1", merged.toString(), kept.toString(), fresh.toString());
        return contents(merged);
    }

    private Path jazzer(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home", ""), "bin", "java").toString(),
                "-Xmx1g",
                "-XX:+UseSerialGC",
                "-XX:+EnableDynamicAgentLoading",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=off",
                "-cp",
                absolute(System.getProperty("java.class.path", "")),
                "com.code_intelligence.jazzer.Jazzer",
                "--target_class=" + JazzerTarget.class.getName(),
                "--target_args=" + target,
                "--instrumentation_includes=org.sallyport.**",
                "--custom_hook_includes=org.sallyport.**",
                "--disabled_hooks=com.code_intelligence.jazzer.sanitizers.*",
                "-max_len=" + LONGEST_INPUT,
                "-timeout=60",
                "-rss_limit_mb=4096",
                "-print_final_stats=1"));
        command.addAll(List.of(arguments));
        Path log = folder.resolve("log");
        Process process = new ProcessBuilder(command)
                .directory(folder.resolve("found").toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            process.waitFor();
        } finally {
            process.destroyForcibly();
        }
        return log;
    }

    private static String absolute(String classPath) {
        return Stream.of(classPath.split(":", -1))
                .map(each -> Path.of(each.replace("*", "")).toAbsolutePath() + (each.endsWith("*") ? "/*" : ""))
                .reduce((a, b) -> a + ":" + b)
                .orElseThrow();
    }

    private String found(String output, Path log) throws IOException {
        List<byte[]> inputs = contents(folder.resolve("found"));
        if (inputs.isEmpty()) {
            return output.contains("stat::number_of_executed_units") ? "" : "it did not run: see " + log;
        }
        String why = output.lines()
                .filter(line -> line.startsWith("== ") || line.startsWith("ERROR"))
                .findFirst()
                .orElse("");
        return why + " by " + HexFormat.of().formatHex(inputs.getFirst()) + " (log: " + log + ")";
    }

    private static long last(Pattern pattern, String output) {
        long value = 0;
        Matcher matcher = pattern.matcher(output);
        while (matcher.find()) {
            value = Long.parseLong(matcher.group(1));
        }
        return value;
    }

    private static List<byte[]> contents(Path folder) throws IOException {
        List<byte[]> all = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path each :
                    files.filter(f -> !f.toString().endsWith(".java")).sorted().toList()) {
                all.add(Files.readAllBytes(each));
            }
        }
        return all;
    }

    private static Path emptied(Path folder) throws IOException {
        Files.createDirectories(folder);
        try (Stream<Path> files = Files.list(folder)) {
            for (Path each : files.toList()) {
                Files.delete(each);
            }
        }
        return folder;
    }
}
