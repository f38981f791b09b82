package org.sallyport.benchmarks.throughput;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.sallyport.lab.process.Background;
import org.sallyport.lab.process.CommandFailedException;
import org.sallyport.lab.topology.LabNetwork;

/** iperf3 through a tunnel, from the host to the server behind the gateway. */
final class Iperf implements AutoCloseable {
    private static final Duration SLACK = Duration.ofSeconds(30);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Tunnel tunnel;
    private final int seconds;
    private final Background server;

    private Iperf(Tunnel tunnel, int seconds, Background server) {
        this.tunnel = tunnel;
        this.seconds = seconds;
        this.server = server;
    }

    static Iperf open(Tunnel tunnel, int seconds, Path log) {
        Background server =
                tunnel.server().start(log, Map.of(), "iperf3", "--server", "--forceflush", "--bind", LabNetwork.SERVER);
        server.awaitOutput("Server listening", SLACK);
        return new Iperf(tunnel, seconds, server);
    }

    /** Returns what TCP delivered, in Mbit/s. */
    double tcp(int streams) {
        return received(run("--parallel", Integer.toString(streams)))
                        .path("bits_per_second")
                        .asDouble()
                / 1e6;
    }

    private static JsonNode received(JsonNode report) {
        return report.path("end").path("sum_received");
    }

    private JsonNode run(String... further) {
        List<String> line = new ArrayList<>(List.of(
                "iperf3",
                "--client",
                LabNetwork.SERVER,
                "--bind",
                LabNetwork.HOST_INNER,
                "--json",
                "--time",
                Integer.toString(seconds)));
        line.addAll(List.of(further));
        String output = tunnel.client()
                .command(line.toArray(String[]::new))
                .within(SLACK.plusSeconds(seconds))
                .check();
        try {
            JsonNode report = JSON.readTree(output);
            if (report.has("error")) {
                throw new CommandFailedException("iperf3 through " + tunnel.name() + ": "
                        + report.get("error").asText());
            }
            return report;
        } catch (JsonProcessingException e) {
            throw new CommandFailedException("iperf3 said no JSON: " + output);
        }
    }

    @Override
    public void close() {
        server.close();
    }
}
