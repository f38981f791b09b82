package org.sallyport.benchmarks.manysas;

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
 * Datagrams from the host to many addresses of the server behind the gateway, as many as arrive and no more, by a small
 * program in C that costs little itself. Used by one thread.
 */
final class Spread implements AutoCloseable {
    private static final String PROGRAM = "benchmarks/target/native/spread";
    private static final String PORT = "7400";
    private static final Duration SLACK = Duration.ofSeconds(20);
    private static final Duration OPENING = Duration.ofMinutes(5);
    private static final Pattern SAID = Pattern.compile("sent=(\\d+) received=(\\d+) lost=(\\d+) micros=(\\d+)");
    /** Few enough that no bound on what waits for SAs is met. */
    private static final int OPENING_WINDOW = 256;

    /**
     * What the sender saw.
     *
     * @param sent datagrams
     * @param received of them, by the end of the time
     * @param lost given up
     * @param micros how long it took
     */
    record Sent(long sent, long received, long lost, long micros) {}

    /**
     * Addresses that follow each other.
     *
     * @param first the first
     * @param count how many
     */
    record Addresses(String first, int count) {}

    private final LabNetwork network;
    private final String program;
    private final String counter;
    private final Background receiver;

    private Spread(LabNetwork network, String program, String counter, Background receiver) {
        this.network = network;
        this.program = program;
        this.counter = counter;
        this.receiver = receiver;
    }

    /** Starts to receive. */
    static Spread open(LabNetwork network, Path folder) {
        String program = Distribution.find().root().resolve(PROGRAM).toString();
        String counter = folder.resolve("arrived").toString();
        Background receiver =
                network.server().start(folder.resolve("spread.log"), Map.of(), program, "receive", PORT, counter);
        receiver.awaitOutput("ready", SLACK);
        return new Spread(network, program, counter, receiver);
    }

    /** Sends for a time. */
    Sent send(Addresses to, Traffic traffic, int seconds) {
        return send(to, traffic.segments(), Traffic.OCTETS, traffic.window(), seconds, SLACK.plusSeconds(seconds));
    }

    /** Sends one datagram to each address, which waits for its SA where there is none. */
    Sent once(Addresses to) {
        return send(to, 1, 64, OPENING_WINDOW, 0, OPENING);
    }

    private Sent send(Addresses to, int segments, int octets, int window, int seconds, Duration limit) {
        String said = network.host()
                .command(
                        program,
                        "send",
                        LabNetwork.HOST_INNER,
                        to.first(),
                        Integer.toString(to.count()),
                        PORT,
                        Integer.toString(octets),
                        Integer.toString(segments),
                        Integer.toString(window),
                        Integer.toString(seconds),
                        counter)
                .within(limit)
                .check();
        Matcher found = SAID.matcher(said);
        if (!found.find() || found.group(2).equals("0")) {
            throw new CommandFailedException("no datagrams came to " + to + ": " + said);
        }
        return new Sent(
                Long.parseLong(found.group(1)),
                Long.parseLong(found.group(2)),
                Long.parseLong(found.group(3)),
                Long.parseLong(found.group(4)));
    }

    @Override
    public void close() {
        receiver.close();
    }
}
