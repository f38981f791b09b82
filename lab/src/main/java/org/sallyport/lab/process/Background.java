package org.sallyport.lab.process;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A program that runs until it is closed; its output goes to a file, so that it can never block on a full pipe. */
public final class Background implements AutoCloseable {
    private static final Duration GRACE = Duration.ofSeconds(10);

    private final Process process;
    private final Path log;

    private Background(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /** Starts the program with standard output and standard error appended to the log file. */
    public static Background start(Path log, Map<String, String> environment, List<String> arguments) {
        ProcessBuilder builder = new ProcessBuilder(arguments);
        builder.environment().putAll(environment);
        builder.redirectErrorStream(true);
        builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        try {
            return new Background(builder.start(), log);
        } catch (IOException failure) {
            throw new CommandFailedException(
                    "cannot run " + String.join(" ", arguments) + ": " + failure.getMessage(), failure);
        }
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** Writes to the program's standard input. */
    public OutputStream input() {
        return process.getOutputStream();
    }

    /** What it has printed until now. */
    public String output() {
        try {
            return Files.exists(log) ? Files.readString(log, StandardCharsets.UTF_8) : "";
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Waits until the program has printed the text; fails when it ends or the time is over before that. */
    public void awaitOutput(String text, Duration limit) {
        Wait.until("\"" + text + "\" in " + log, limit, () -> {
            if (output().contains(text)) {
                return true;
            }
            if (!process.isAlive()) {
                throw new CommandFailedException("the program ended with status %d before it printed \"%s\": %s"
                        .formatted(process.exitValue(), text, output().strip()));
            }
            return false;
        });
    }

    /** Ends the program without giving it a chance to tidy up, as a crash would. */
    public void kill() {
        process.destroyForcibly();
        awaitEnd(GRACE);
    }

    /** Waits for the end; false when it still runs after the limit. */
    public boolean awaitEnd(Duration limit) {
        try {
            return process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return !process.isAlive();
        }
    }

    /** Asks the program to end, and kills it when it does not. */
    @Override
    public void close() {
        process.destroy();
        if (!awaitEnd(GRACE)) {
            process.destroyForcibly();
            awaitEnd(GRACE);
        }
    }
}
