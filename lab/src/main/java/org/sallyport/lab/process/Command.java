package org.sallyport.lab.process;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A program run to its end, bounded in time, with its output captured. Immutable; every run is a process of its own. */
public record Command(List<String> arguments, Duration timeout, Map<String, String> environment) {
    private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(30);
    private static final int MAXIMUM_QUOTE = 4000;

    public Command {
        arguments = List.copyOf(arguments);
        environment = Map.copyOf(environment);
    }

    public static Command of(String... arguments) {
        return of(List.of(arguments));
    }

    public static Command of(List<String> arguments) {
        return new Command(arguments, DEFAULT_TIMEOUT, Map.of());
    }

    public Command within(Duration limit) {
        return new Command(arguments, limit, environment);
    }

    public Command with(String variable, String value) {
        Map<String, String> extended = new LinkedHashMap<>(environment);
        extended.put(variable, value);
        return new Command(arguments, timeout, extended);
    }

    /**
     * What a program left behind.
     *
     * @param status its exit status, 128 + signal when a signal ended it
     * @param millis how long it ran
     */
    public record Result(int status, String output, String errors, long millis) {
        public boolean succeeded() {
            return status == 0;
        }
    }

    /** Runs the program; a program that does not end within the timeout is killed and reported. */
    public Result run() {
        long started = System.nanoTime();
        Process process = start();
        try {
            process.getOutputStream().close();
            CompletableFuture<String> output = collect(process.getInputStream());
            CompletableFuture<String> errors = collect(process.getErrorStream());
            if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
                throw new CommandFailedException("%s did not end within %s; it printed: %s %s"
                        .formatted(line(), timeout, quoted(output.join()), quoted(errors.join())));
            }
            long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - started);
            return new Result(process.exitValue(), output.join(), errors.join(), millis);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (InterruptedException interrupted) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new CommandFailedException(line() + " was interrupted", interrupted);
        }
    }

    /** Runs the program and answers its standard output; any other status than 0 is an error. */
    public String check() {
        Result result = run();
        if (!result.succeeded()) {
            throw new CommandFailedException("%s failed with status %d: %s"
                    .formatted(line(), result.status(), quoted(result.errors() + result.output())));
        }
        return result.output();
    }

    /** As much of what a program printed as a person reads. */
    private static String quoted(String printed) {
        String text = printed.strip();
        return text.length() <= MAXIMUM_QUOTE ? text : text.substring(0, MAXIMUM_QUOTE) + " …";
    }

    private Process start() {
        ProcessBuilder builder = new ProcessBuilder(new ArrayList<>(arguments));
        builder.environment().putAll(environment);
        try {
            return builder.start();
        } catch (IOException failure) {
            throw new CommandFailedException("cannot run " + line() + ": " + failure.getMessage(), failure);
        }
    }

    private String line() {
        return String.join(" ", arguments);
    }

    private static CompletableFuture<String> collect(InputStream stream) {
        CompletableFuture<String> text = new CompletableFuture<>();
        Thread.startVirtualThread(() -> {
            try (stream) {
                text.complete(new String(stream.readAllBytes(), StandardCharsets.UTF_8));
            } catch (IOException failure) {
                text.completeExceptionally(failure);
            }
        });
        return text;
    }
}
