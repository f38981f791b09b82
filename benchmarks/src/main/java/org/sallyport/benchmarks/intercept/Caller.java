package org.sallyport.benchmarks.intercept;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.sallyport.lab.process.CommandFailedException;
import org.sallyport.lab.session.Lab;
import org.sallyport.lab.topology.LabNetwork;

/** A running socket-calls on the lab's host, in the interceptor or outside it; makes calls when it is told. */
final class Caller implements AutoCloseable {
    /** Where its datagrams and connections go: TCP, and what is connected, to the first. */
    static final List<Integer> PORTS = List.of(9301, 9302, 9303, 9304);

    private static final String PROGRAM = "benchmarks/target/native/socket-calls";
    private static final Duration GRACE = Duration.ofSeconds(5);

    private final Process process;
    private final Path log;
    private final BufferedReader answers;
    private final BufferedWriter orders;

    private Caller(Process process, Path log) {
        this.process = process;
        this.log = log;
        this.answers = process.inputReader();
        this.orders = process.outputWriter();
    }

    /** Starts one that is intercepted. */
    static Caller inside(Lab lab) {
        return start(lab, lab.underInterceptor(line(lab).toArray(String[]::new)).arguments());
    }

    /** Starts one that is not. */
    static Caller outside(Lab lab) {
        return start(lab, lab.network().host().inside(line(lab)));
    }

    private static List<String> line(Lab lab) {
        Path program = lab.distribution().root().resolve(PROGRAM);
        if (!Files.isExecutable(program)) {
            throw new CommandFailedException(program
                    + " is missing: the build compiles it where it finds a C compiler (Debian: gcc, libc6-dev)");
        }
        List<String> line = new ArrayList<>(List.of(program.toString(), LabNetwork.SERVER));
        PORTS.forEach(port -> line.add(port.toString()));
        return line;
    }

    private static Caller start(Lab lab, List<String> line) {
        Path log = lab.directory().resolve("socket-calls.log");
        try {
            return new Caller(
                    new ProcessBuilder(Priority.line(line))
                            .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
                            .start(),
                    log);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Gives an order. */
    void order(String order) {
        try {
            orders.write(order);
            orders.newLine();
            orders.flush();
        } catch (IOException gone) {
            throw ended();
        }
    }

    /** Waits for the answer to the oldest order that has none. */
    Answer answer(Duration limit) {
        CompletableFuture<String> line = CompletableFuture.supplyAsync(this::readLine);
        try {
            return Answer.parse(line.get(limit.toMillis(), TimeUnit.MILLISECONDS));
        } catch (TimeoutException e) {
            throw new CommandFailedException("socket-calls did not answer within " + limit, e);
        } catch (ExecutionException e) {
            throw new CommandFailedException("socket-calls: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailedException("interrupted", e);
        }
    }

    private String readLine() {
        try {
            String line = answers.readLine();
            if (line == null) {
                throw ended();
            }
            return line;
        } catch (IOException gone) {
            throw ended();
        }
    }

    private CommandFailedException ended() {
        try {
            return new CommandFailedException("socket-calls has ended: " + Files.readString(log));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(GRACE.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException interrupted) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
