package org.sallyport.lab.session;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.sallyport.lab.appliance.EventLog;
import org.sallyport.lab.net.Namespace;
import org.sallyport.lab.process.Command;

/**
 * One run of curl, as it reports it itself.
 *
 * @param startedMicros when it was started, microseconds since the epoch
 * @param endedMicros when it had ended
 * @param exit curl's exit status, 0 for success
 * @param httpStatus 0 when there was no answer
 * @param connectMillis from the call of connect() to its success; 0 when it failed
 * @param firstByteMillis from the call of connect() to the first byte of the answer
 * @param error curl's own words when it failed
 */
public record Fetch(
        long startedMicros,
        long endedMicros,
        int exit,
        int httpStatus,
        double connectMillis,
        double firstByteMillis,
        String error) {
    private static final int LONGEST_SECONDS = 20;

    /** Runs an unmodified curl, under the interceptor when a launcher and its socket are given. */
    public static Fetch run(Namespace namespace, Optional<Launcher> launcher, String url) {
        List<String> line = new ArrayList<>();
        launcher.ifPresent(given ->
                line.addAll(List.of(given.program().toString(), given.socket().toString())));
        line.addAll(List.of(
                "curl",
                "-sS",
                "-g",
                "-o",
                "/dev/null",
                "-w",
                "%{json}",
                "--max-time",
                Integer.toString(LONGEST_SECONDS),
                url));
        long started = EventLog.now();
        Command.Result result = Command.of(namespace.inside(line))
                .within(Duration.ofSeconds(LONGEST_SECONDS + 10))
                .run();
        long ended = EventLog.now();
        JsonNode report = parse(result.output());
        double looked = report.path("time_namelookup").asDouble();
        double connected = report.path("time_connect").asDouble();
        double firstByte = report.path("time_starttransfer").asDouble();
        return new Fetch(
                started,
                ended,
                result.status(),
                report.path("http_code").asInt(),
                Math.max(0, (connected - looked) * 1000),
                Math.max(0, (firstByte - looked) * 1000),
                result.errors().strip());
    }

    /**
     * How a program comes under the interceptor.
     *
     * @param program the launcher
     * @param socket the appliance's socket
     */
    public record Launcher(Path program, Path socket) {}

    private static JsonNode parse(String output) {
        try {
            ObjectMapper json = new ObjectMapper();
            return output.isBlank() ? json.createObjectNode() : json.readTree(output);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
