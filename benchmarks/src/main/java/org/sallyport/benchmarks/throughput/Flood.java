package org.sallyport.benchmarks.throughput;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.sallyport.lab.appliance.Distribution;
import org.sallyport.lab.process.Background;
import org.sallyport.lab.process.CommandFailedException;
import org.sallyport.lab.topology.LabNetwork;

/**
 * More datagrams than a tunnel can carry, from the host to the server behind the gateway, by a small program in C that costs
 * little itself.
 */
final class Flood {
    private static final String PROGRAM = "benchmarks/target/native/datagrams";
    private static final String PORT = "7300";
    private static final Duration SLACK = Duration.ofSeconds(10);
    private static final Pattern RECEIVED = Pattern.compile("received=(\\d+) micros=(\\d+)");

    private Flood() {}

    /** Returns how many of them were delivered, in thousands a second. */
    static double delivered(Tunnel tunnel, int octets, int seconds, Path folder) {
        String program = Distribution.find().root().resolve(PROGRAM).toString();
        Path log = folder.resolve("%s-%d-%d.log".formatted(tunnel.name(), octets, System.nanoTime()));
        try (Background receiver = tunnel.server().start(log, Map.of(), program, "receive", LabNetwork.SERVER, PORT)) {
            receiver.awaitOutput("ready", SLACK);
            tunnel.client()
                    .command(
                            program,
                            "send",
                            LabNetwork.HOST_INNER,
                            LabNetwork.SERVER,
                            PORT,
                            Integer.toString(octets),
                            Integer.toString(seconds))
                    .within(SLACK.plusSeconds(seconds))
                    .check();
            receiver.awaitOutput("received=", SLACK);
            Matcher found = RECEIVED.matcher(receiver.output());
            if (!found.find() || found.group(2).equals("0")) {
                throw new CommandFailedException("no datagrams came through " + tunnel.name());
            }
            return Long.parseLong(found.group(1)) * 1e3 / Long.parseLong(found.group(2));
        }
    }
}
