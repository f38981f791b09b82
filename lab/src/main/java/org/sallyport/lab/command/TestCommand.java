package org.sallyport.lab.command;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.sallyport.lab.appliance.Distribution;
import org.sallyport.lab.matrix.StrongSwanMatrix;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code ./sallyport test}: every test there is, and one line at the end that says how it went. */
@Command(
        name = "test",
        mixinStandardHelpOptions = true,
        description = "Runs every test: unit, OSGi in the distribution, strongSwan, browser.")
public final class TestCommand implements Callable<Integer> {
    private static final Pattern MODULE =
            Pattern.compile("\\[INFO\\] Building (Sallyport.*?) [0-9.]+ +(\\[\\d+/\\d+\\])");
    private static final Pattern CLASS = Pattern.compile(
            "Tests run: (\\d+), Failures: \\d+, Errors: \\d+, Skipped: \\d+, Time elapsed: ([0-9.]+) s.* -- in (\\S+)");
    /** Surefire's words when a test's process ended before its reports were written. */
    private static final Pattern PROCESS_DIED =
            Pattern.compile("^\\[ERROR\\].*(forked VM terminated|error in the fork|process was killed)");

    @Parameters(
            arity = "0..*",
            paramLabel = "OPTION",
            description = "passed on to Maven, e.g. -pl itests -Dtest=LabTest")
    private List<String> options = List.of();

    private boolean processDied;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Path root = Distribution.find().root();
        Path log = root.resolve("target/test.log");
        Files.createDirectories(root.resolve("target"));
        if (options.isEmpty()) {
            StrongSwanMatrix.ofThisTree().clear(); // a part of the tests adds to what others have shown
        }
        Instant started = Instant.now();
        boolean built = maven(root, log) == 0 && !processDied;
        TestSummary summary = TestSummary.read(root, started);
        summary.secondTries().forEach(first -> System.out.println("second try " + first));
        summary.failures().forEach(failure -> System.out.println("FAILED   " + failure));
        summary.skips().forEach(skip -> System.out.println("skipped  " + skip));
        if (!built && summary.failed() == 0) {
            Files.readAllLines(log).stream()
                    .filter(line -> line.startsWith("[ERROR]"))
                    .limit(20)
                    .forEach(System.out::println);
            System.out.println("the build failed; the whole story is in " + log);
        }
        System.out.println(summary.line());
        return built && summary.failed() == 0 ? 0 : 1;
    }

    /** A test that fails stops nothing: the reports tell of it, and the other tests are run all the same. */
    private int maven(Path root, Path log) throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(
                List.of("./mvnw", "-B", "-ntp", "--fail-at-end", "-Dmaven.test.failure.ignore=true", "verify"));
        line.addAll(options);
        if (options.contains("-pl")) {
            line.addAll(List.of("--also-make", "-Dsurefire.failIfNoSpecifiedTests=false"));
        }
        Process process = new ProcessBuilder(line)
                .directory(root.toFile())
                .redirectErrorStream(true)
                .start();
        process.getOutputStream().close();
        try (BufferedReader output =
                        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
                PrintStream file = new PrintStream(Files.newOutputStream(log), true, StandardCharsets.UTF_8)) {
            for (String read = output.readLine(); read != null; read = output.readLine()) {
                file.println(read);
                processDied |= PROCESS_DIED.matcher(read).find();
                report(read);
            }
        }
        return process.waitFor();
    }

    private static void report(String line) {
        Matcher module = MODULE.matcher(line);
        Matcher type = CLASS.matcher(line);
        if (module.find()) {
            System.out.println(module.group(2) + " " + module.group(1));
        } else if (type.find()) {
            System.out.printf(
                    "        %s%3s tests %7.1f s  %s%n",
                    line.contains("FAILURE!") ? "FAILED " : "",
                    type.group(1),
                    Double.parseDouble(type.group(2)),
                    type.group(3));
        }
    }
}
