package org.sallyport.lab.witness;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.sallyport.lab.net.Namespace;
import org.sallyport.lab.process.Background;
import org.sallyport.lab.process.CommandFailedException;
import org.sallyport.lab.process.Wait;

/**
 * A tcpdump on one device. What it saw can be read while it runs; a packet takes up to some milliseconds to appear.
 * {@link #settled} waits for that.
 */
public final class Witness implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(15);
    private static final Duration SETTLE = Duration.ofMillis(150);
    private static final int LOOKS = 20;
    /** More than a packet on the wire has; at the inner device the first part of a large segment is enough. */
    private static final String SNAPLEN = "2048";
    /** The kernel keeps one slot of the length above for each packet that tcpdump has not taken yet. */
    private static final String BUFFER_KIB = "32768";

    private static final Pattern DROPPED = Pattern.compile("(\\d+) packets? dropped by kernel");

    private final String device;
    private final Path file;
    private final Background tcpdump;

    private Witness(String device, Path file, Background tcpdump) {
        this.device = device;
        this.file = file;
        this.tcpdump = tcpdump;
    }

    /**
     * Starts to capture and returns when the capture stands.
     *
     * @param directory where the capture is kept
     * @param filter a pcap filter expression, or the empty string for everything
     */
    public static Witness start(Namespace namespace, String device, Path directory, String filter) {
        String name = namespace.name() + "-" + device + "-" + System.nanoTime();
        Path file = directory.resolve(name + ".pcap");
        Background tcpdump = namespace.start(
                directory.resolve(name + ".log"),
                Map.of(),
                "tcpdump",
                "-i",
                device,
                "-n",
                "-U",
                "--immediate-mode",
                "-s",
                SNAPLEN,
                "-B",
                BUFFER_KIB,
                "-Z",
                "root",
                "-w",
                file.toString(),
                filter);
        try {
            tcpdump.awaitOutput("listening on", START);
        } catch (RuntimeException failure) {
            tcpdump.close();
            throw failure;
        }
        return new Witness(device, file, tcpdump);
    }

    public String device() {
        return device;
    }

    /** The capture file, for whoever wants to look at it with other tools. */
    public Path file() {
        return file;
    }

    /** Everything seen until now, in the order of arrival. */
    public List<CapturedPacket> packets() {
        return PcapFile.read(file);
    }

    public List<CapturedPacket> packets(Predicate<CapturedPacket> wanted) {
        return packets().stream().filter(wanted).toList();
    }

    public long count(Predicate<CapturedPacket> wanted) {
        return packets().stream().filter(wanted).count();
    }

    /** Waits until the capture has not grown for a moment, or has grown for a while, and answers everything seen. */
    public List<CapturedPacket> settled() {
        long size = -1;
        for (int look = 0; look < LOOKS && size != file.toFile().length(); look++) {
            size = file.toFile().length();
            Wait.pause(SETTLE);
        }
        return packets();
    }

    /** Waits until a packet of the wanted kind was seen. */
    public void await(String what, Duration limit, Predicate<CapturedPacket> wanted) {
        Wait.until(what + " on " + device, limit, () -> packets().stream().anyMatch(wanted));
    }

    /** Ends the capture; a witness that lost packets is worth nothing, so that is an error. */
    @Override
    public void close() {
        tcpdump.close();
        Matcher dropped = DROPPED.matcher(tcpdump.output());
        if (dropped.find() && !dropped.group(1).equals("0")) {
            throw new CommandFailedException("the capture on " + device + " lost " + dropped.group(1) + " packets");
        }
    }
}
