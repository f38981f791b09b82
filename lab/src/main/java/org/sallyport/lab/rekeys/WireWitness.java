package org.sallyport.lab.rekeys;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.sallyport.lab.net.Namespace;
import org.sallyport.lab.peer.NumberedTraffic;
import org.sallyport.lab.process.CommandFailedException;
import org.sallyport.lab.process.Wait;
import org.sallyport.lab.topology.LabNetwork;

/**
 * A tcpdump on the outer wire that is read while it captures, so that hours of traffic need no file: of each ESP packet its
 * SPI, its sequence number and, since it is not encrypted here, the number of the datagram inside. It tells the directions
 * apart by the outer source address.
 */
public final class WireWitness implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(15);
    /** Longer than tcpdump lets packets lie before it takes them. */
    private static final Duration SETTLE = Duration.ofMillis(2500);

    private static final Pattern DROPPED = Pattern.compile("(\\d+) packets? dropped by kernel");
    private static final int FILE_HEADER = 24;
    private static final int RECORD_HEADER = 16;
    private static final int ETHERNET = 14;
    private static final int UDP = 8;
    private static final int ESP = 8;
    private static final int INNER = 20 + UDP;
    private static final byte[] MARK = NumberedTraffic.CANARY.getBytes(StandardCharsets.US_ASCII);
    private static final int NUMBERED = MARK.length + Long.BYTES;
    private static final int HOST = address(LabNetwork.HOST_OUTER);

    private final Process tcpdump;
    private final Path log;
    private final Sightings fromHost = new Sightings();
    private final Sightings toHost = new Sightings();
    private final CompletableFuture<Void> reading;

    private WireWitness(Process tcpdump, Path log) {
        this.tcpdump = tcpdump;
        this.log = log;
        this.reading = CompletableFuture.runAsync(
                this::read,
                task -> Thread.ofPlatform().daemon().name("wire-witness").start(task));
    }

    /** Starts to capture in the wide-area network; returns once it does. */
    public static WireWitness start(Namespace wan, Path directory) {
        Path log = directory.resolve("wire-" + System.nanoTime() + ".log");
        List<String> line = wan.inside(List.of(
                "tcpdump",
                "-i",
                LabNetwork.WAN_HOST_DEVICE,
                "-n",
                "-s",
                "160",
                "-B",
                "65536",
                "-Z",
                "root",
                "-w",
                "-",
                "udp port 4500"));
        try {
            Process process =
                    new ProcessBuilder(line).redirectError(log.toFile()).start();
            WireWitness witness = new WireWitness(process, log);
            Wait.until("tcpdump", START, () -> Files.readString(log).contains("listening on"));
            return witness;
        } catch (IOException failure) {
            throw new CommandFailedException("cannot run tcpdump: " + failure.getMessage(), failure);
        }
    }

    private static int address(String dotted) {
        return ByteBuffer.wrap(InetAddress.ofLiteral(dotted).getAddress()).getInt();
    }

    private void read() {
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(tcpdump.getInputStream(), 1 << 20))) {
            in.readFully(new byte[FILE_HEADER]);
            byte[] header = new byte[RECORD_HEADER];
            byte[] frame = new byte[1 << 16];
            ByteBuffer fields = ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN);
            ByteBuffer packet = ByteBuffer.wrap(frame);
            while (true) {
                in.readFully(header);
                int length = fields.getInt(8);
                in.readFully(frame, 0, length);
                see(packet, length);
            }
        } catch (EOFException end) {
            return;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Takes note of a frame if it carries a numbered datagram. */
    private void see(ByteBuffer frame, int length) {
        int ip = ETHERNET;
        int esp = ip + (frame.get(ip) & 0xf) * 4 + UDP;
        int inside = esp + ESP + INNER;
        if (length >= inside + NUMBERED && frame.slice(inside, MARK.length).equals(ByteBuffer.wrap(MARK))) {
            Sightings direction = frame.getInt(ip + 12) == HOST ? fromHost : toHost;
            direction.add((int) frame.getLong(inside + MARK.length), frame.getInt(esp), frame.getInt(esp + 4));
        }
    }

    /** What left the host, once {@link #close} has returned. */
    public Sightings fromHost() {
        return fromHost;
    }

    /** What came to it. */
    public Sightings toHost() {
        return toHost;
    }

    /** Ends the capture; a witness that lost packets is worth nothing, so that is an error. */
    @Override
    public void close() {
        Wait.pause(SETTLE);
        tcpdump.toHandle().destroy(); // the process would close the stream before it was read to its end
        reading.join();
        try {
            Matcher dropped = DROPPED.matcher(Files.readString(log));
            if (dropped.find() && !dropped.group(1).equals("0")) {
                throw new CommandFailedException("the capture lost " + dropped.group(1) + " packets");
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
