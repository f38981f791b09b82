package org.sallyport.lab.witness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads a pcap file with microsecond stamps, also while it is still being written: a half-written record is left out. */
final class PcapFile {
    private static final int MAGIC = 0xa1b2c3d4;
    private static final int FILE_HEADER = 24;
    private static final int RECORD_HEADER = 16;
    private static final int ETHERNET = 1;
    private static final int RAW = 101;
    private static final int LINUX_COOKED_2 = 276;
    private static final int VLAN = 0x8100;

    private PcapFile() {}

    static List<CapturedPacket> read(Path file) {
        ByteBuffer data = contents(file);
        if (data.remaining() < FILE_HEADER) {
            return List.of();
        }
        data.order(data.getInt(0) == MAGIC ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
        if (data.getInt(0) != MAGIC) {
            throw new IllegalStateException(file + " is no pcap file with microseconds");
        }
        int link = data.getInt(20) & 0xffff;
        List<CapturedPacket> packets = new ArrayList<>();
        int at = FILE_HEADER;
        while (at + RECORD_HEADER <= data.limit()) {
            int length = data.getInt(at + 8);
            if (at + RECORD_HEADER + length > data.limit()) {
                break;
            }
            long micros = (data.getInt(at) & 0xffffffffL) * 1_000_000 + data.getInt(at + 4);
            ByteBuffer frame = data.slice(at + RECORD_HEADER, length).order(ByteOrder.BIG_ENDIAN);
            network(frame, link)
                    .flatMap(packet -> CapturedPacket.decode(micros, packet))
                    .ifPresent(packets::add);
            at += RECORD_HEADER + length;
        }
        return List.copyOf(packets);
    }

    private static ByteBuffer contents(Path file) {
        try {
            return Files.exists(file) ? ByteBuffer.wrap(Files.readAllBytes(file)) : ByteBuffer.allocate(0);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static Optional<ByteBuffer> network(ByteBuffer frame, int link) {
        int header =
                switch (link) {
                    case RAW -> 0;
                    case LINUX_COOKED_2 -> 20;
                    case ETHERNET -> frame.remaining() > 18 && (frame.getShort(12) & 0xffff) == VLAN ? 18 : 14;
                    default -> throw new IllegalStateException("link type " + link + " is not known to the witness");
                };
        return frame.remaining() <= header
                ? Optional.empty()
                : Optional.of(frame.slice(header, frame.remaining() - header));
    }
}
