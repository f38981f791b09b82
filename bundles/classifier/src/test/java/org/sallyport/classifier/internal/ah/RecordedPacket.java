package org.sallyport.classifier.internal.ah;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.sallyport.api.sa.SaSlotLayout;
import org.sallyport.crypto.CryptoRegistry;
import org.sallyport.crypto.StandardProviders;
import org.sallyport.crypto.UnavailableTransformException;

/**
 * A packet that Scapy protected; its script lies beside the packets.
 *
 * @param integrity transform id
 * @param high upper half of the sequence number, 0 without extended numbers
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record RecordedPacket(String name, int integrity, byte[] key, long high, byte[] octets) {
    private static final CryptoRegistry REGISTRY = CryptoRegistry.of(StandardProviders.all());

    static Stream<RecordedPacket> all() {
        try (InputStream in = Objects.requireNonNull(RecordedPacket.class.getResourceAsStream("ah-packets.txt"));
                BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII))) {
            return reader.lines().filter(l -> !l.startsWith("#")).map(RecordedPacket::of).toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static RecordedPacket of(String line) {
        List<String> fields = List.of(line.split(" ", -1));
        HexFormat hex = HexFormat.of();
        return new RecordedPacket(
                fields.get(0),
                Integer.parseInt(fields.get(1)),
                hex.parseHex(fields.get(2)),
                Long.parseLong(fields.get(3)),
                hex.parseHex(fields.get(4)));
    }

    boolean ipv4() {
        return octets[0] >> 4 == 4;
    }

    /** Octets in front of the AH. */
    int header() {
        if (ipv4()) {
            return (octets[0] & 0xf) * 4;
        }
        return octets[6] == AhFormat.PROTOCOL ? 40 : 40 + (octets[41] + 1) * 8;
    }

    long sequence() {
        return (high << 32) | Integer.toUnsignedLong(number(header() + AhFormat.SEQUENCE));
    }

    int number(int at) {
        return (octets[at] & 0xff) << 24
                | (octets[at + 1] & 0xff) << 16
                | (octets[at + 2] & 0xff) << 8
                | (octets[at + 3] & 0xff);
    }

    /** The ICV as the SA that protected it has it. */
    AhIcv icv() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment slot = arena.allocate(SaSlotLayout.SIZE, 64);
            slot.set(JAVA_INT, SaSlotLayout.FLAGS, high == 0 ? 0 : SaSlotLayout.FLAG_ESN);
            MemorySegment.copy(key, 0, slot, JAVA_BYTE, SaSlotLayout.INTEGRITY_KEY, key.length);
            return new AhIcv(REGISTRY.integrity(integrity), slot.address());
        } catch (UnavailableTransformException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public String toString() {
        return name + " " + integrity;
    }
}
