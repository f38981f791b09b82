package org.sallyport.ike.internal.runtime;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.sallyport.lab.net.Namespace;

/** A {@link NegotiatorProcess} in a network namespace, and how it is told what to do. */
final class NegotiatorClient implements AutoCloseable {
    private final Process process;
    private final Path log;
    private final PrintWriter commands;
    private final BufferedReader answers;

    private NegotiatorClient(Process process, Path log) {
        this.process = process;
        this.log = log;
        this.commands = new PrintWriter(process.getOutputStream(), true, StandardCharsets.UTF_8);
        this.answers = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    static NegotiatorClient start(Namespace namespace, Path log, String... arguments) throws IOException {
        List<String> line = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=info",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                NegotiatorProcess.class.getName()));
        line.addAll(List.of(arguments));
        Process process = new ProcessBuilder(namespace.inside(line))
                .redirectError(log.toFile())
                .start();
        NegotiatorClient client = new NegotiatorClient(process, log);
        if (!"running".equals(client.answers.readLine())) {
            client.close();
            throw new IllegalStateException("the negotiator did not start: " + client.log());
        }
        return client;
    }

    synchronized String tell(String command) throws IOException {
        commands.println(command);
        String answer = answers.readLine();
        if (answer == null) {
            throw new IOException("the negotiator has ended: " + log());
        }
        return answer;
    }

    /** Replaces what is configured; what is not named is as by default, see {@link NegotiatorProcess}. */
    void configure(String... keys) throws IOException {
        String answer = tell(("configure " + String.join(" ", keys)).strip());
        if (!answer.equals("ok")) {
            throw new IllegalArgumentException(answer);
        }
    }

    String log() {
        try {
            return Files.readString(log);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(5, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException interrupted) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
