package org.sallyport.pools.internal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.sallyport.api.flow.Addresses;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which identity had which address, in a file that outlives the appliance: one line for each, who was away longest first.
 * It is written whole beside the old one and then takes its place. Not thread safe.
 */
final class LeaseFile {
    private static final Logger LOG = LoggerFactory.getLogger(LeaseFile.class);
    private static final String FIRST_LINE = "sallyport-leases 1";

    private final Path file;

    LeaseFile(Path file) {
        this.file = file;
    }

    /**
     * A remembered claim.
     *
     * @param identity whose
     * @param address which
     */
    record Line(String identity, InetAddress address) {}

    /** Reads what there is; lines that cannot be read are passed over. */
    List<Line> read() {
        List<Line> lines = new ArrayList<>();
        if (!Files.exists(file)) {
            return lines;
        }
        try (Stream<String> all = Files.lines(file, StandardCharsets.US_ASCII)) {
            all.skip(1).limit(2L * Leases.MOST).forEach(line -> read(line, lines));
        } catch (IOException | UncheckedIOException e) {
            LOG.warn("{} cannot be read, so that peers may get other addresses than before: {}", file, e.toString());
        }
        return lines;
    }

    private static void read(String line, List<Line> lines) {
        int space = line.indexOf(' ');
        try {
            InetAddress address = Addresses.parse(line.substring(0, Math.max(space, 0)));
            lines.add(new Line(URLDecoder.decode(line.substring(space + 1), StandardCharsets.UTF_8), address));
        } catch (IllegalArgumentException e) {
            LOG.warn("a lease is not remembered: {}", e.getMessage());
        }
    }

    /** Writes it whole. */
    void write(List<Line> lines) throws IOException {
        StringBuilder text = new StringBuilder(FIRST_LINE).append('\n');
        lines.forEach(l -> text.append(l.address().getHostAddress())
                .append(' ')
                .append(URLEncoder.encode(l.identity(), StandardCharsets.UTF_8))
                .append('\n'));
        Path folder = file.toAbsolutePath().getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        try (FileChannel channel = FileChannel.open(
                fresh, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            ByteBuffer octets = ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.US_ASCII));
            while (octets.hasRemaining()) {
                channel.write(octets);
            }
            channel.force(true);
        }
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
