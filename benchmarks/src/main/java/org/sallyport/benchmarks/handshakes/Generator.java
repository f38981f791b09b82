package org.sallyport.benchmarks.handshakes;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.sallyport.lab.appliance.Distribution;
import org.sallyport.lab.net.Namespace;
import org.sallyport.lab.process.Background;
import org.sallyport.lab.process.CommandFailedException;
import org.sallyport.lab.process.Wait;

/** The process of {@link LoadGenerator}, as who gives it orders sees it. */
final class Generator implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(30);

    private final Background process;
    private final ObjectMapper json = new ObjectMapper();
    private int orders;

    private Generator(Background process) {
        this.process = process;
    }

    /** Starts it with the addresses of its clients. */
    static Generator start(Namespace place, Path log, List<String> addresses) {
        List<String> line = new ArrayList<>(List.of(
                Distribution.java(),
                "-XX:+UseSerialGC",
                "-Xmx1g",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                LoadGenerator.class.getName()));
        line.addAll(addresses);
        Background process = Background.start(log, Map.of(), Cores.load(place).inside(line));
        process.awaitOutput("running", START);
        return new Generator(process);
    }

    /**
     * Gives an order and waits for its result.
     *
     * @param limit how long it may take
     */
    JsonNode order(Duration limit, Object... words) {
        StringBuilder line = new StringBuilder();
        for (Object word : words) {
            line.append(line.isEmpty() ? "" : " ").append(word);
        }
        try {
            process.input().write((line + "\n").getBytes(StandardCharsets.UTF_8));
            process.input().flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        orders++;
        Wait.until("the load generator's answer to " + line, limit, () -> {
            if (!process.isAlive()) {
                throw new CommandFailedException("the load generator ended: " + process.output());
            }
            return answers().size() >= orders;
        });
        try {
            return json.readTree(answers().get(orders - 1));
        } catch (JsonProcessingException e) {
            throw new CommandFailedException("the load generator answers: " + process.output(), e);
        }
    }

    private List<String> answers() {
        String output = process.output();
        return output.substring(0, output.lastIndexOf('\n') + 1)
                .lines()
                .filter(line -> line.startsWith("{"))
                .toList();
    }

    @Override
    public void close() {
        process.close();
    }
}
