package org.sallyport.benchmarks.rekeys;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.sallyport.lab.appliance.Distribution;
import org.sallyport.lab.net.Namespace;
import org.sallyport.lab.process.Background;
import org.sallyport.lab.process.CommandFailedException;

/** Numbered datagrams from one place to another at a steady rate, by a small program in C that costs little itself. */
final class Stream implements AutoCloseable {
    private static final String PROGRAM = "benchmarks/target/native/numbered";
    private static final String PORT = "7400";
    private static final Duration SLACK = Duration.ofSeconds(10);
    private static final Pattern SENT = Pattern.compile("sent=(\\d+) refused=(\\d+)");

    private final Background sender;
    private final Background collector;
    private final Path arrivals;

    private Stream(Background sender, Background collector, Path arrivals) {
        this.sender = sender;
        this.collector = collector;
        this.arrivals = arrivals;
    }

    /** An end of the stream. */
    record End(Namespace namespace, String address) {}

    /**
     * What one stream comes to.
     *
     * @param sent how many were sent
     * @param refused how many of these the kernel did not take
     * @param arrivals the numbers of what arrived, in that order
     */
    @SuppressWarnings("ArrayRecordComponent") // handed over, never compared
    record Outcome(int sent, int refused, int[] arrivals) {
        /** Tells whether all arrived, in order. */
        boolean whole() {
            for (int i = 0; i < arrivals.length; i++) {
                if (arrivals[i] != i) {
                    return false;
                }
            }
            return arrivals.length == sent;
        }
    }

    /** Starts to send. */
    static Stream start(End from, End to, int octets, int rate, Path folder) {
        String program = Distribution.find().root().resolve(PROGRAM).toString();
        String name = "stream-" + System.nanoTime();
        Path arrivals = folder.resolve(name + ".numbers");
        Background collector = to.namespace()
                .start(
                        folder.resolve(name + ".collector"),
                        Map.of(),
                        program,
                        "collect",
                        to.address(),
                        PORT,
                        arrivals.toString());
        collector.awaitOutput("ready", SLACK);
        Background sender = from.namespace()
                .start(
                        folder.resolve(name + ".sender"),
                        Map.of(),
                        program,
                        "send",
                        from.address(),
                        to.address(),
                        PORT,
                        Integer.toString(octets),
                        Integer.toString(rate));
        return new Stream(sender, collector, arrivals);
    }

    /** Stops sending. */
    void stop() {
        sender.close();
    }

    /** Tells what came of it, once it has stopped and what was under way has had its time. */
    Outcome outcome() {
        collector.close();
        Matcher sent = SENT.matcher(sender.output());
        if (!sent.find()) {
            throw new CommandFailedException("the sender said: " + sender.output());
        }
        return new Outcome(Integer.parseInt(sent.group(1)), Integer.parseInt(sent.group(2)), numbers());
    }

    private int[] numbers() {
        try {
            ByteBuffer octets = ByteBuffer.wrap(Files.readAllBytes(arrivals));
            int[] numbers = new int[octets.remaining() / Long.BYTES];
            for (int i = 0; i < numbers.length; i++) {
                numbers[i] = (int) octets.getLong();
            }
            Files.delete(arrivals);
            return numbers;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    @Override
    public void close() {
        sender.close();
        collector.close();
    }
}
