package org.sallyport.classifier.internal.worker;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.sallyport.api.flow.Addresses;
import org.sallyport.api.flow.HostPair;
import org.sallyport.api.sa.InstalledSa;
import org.sallyport.api.sa.SaDirection;
import org.sallyport.api.sa.SaSlotLayout;
import org.sallyport.classifier.internal.Slots;

/**
 * An SA of another implementation, with what that made of known packets: see src/test/scripts/kernel_captures.py for what
 * the files say.
 *
 * @param words what the line says of it
 * @param inner packets in clear
 * @param outer the same from the outer IP header on, as they were on the wire
 */
record CapturedSa(Map<String, String> words, List<byte[]> inner, List<byte[]> outer) {
    private static final int UDP_HEADER = 8;
    private static final int PCAP_HEADER = 24;

    /** Reads captures/NAME.sas and the files beside it. */
    static List<CapturedSa> of(String name) throws IOException {
        Map<String, byte[]> inner = text(name + ".inner")
                .lines()
                .map(line -> line.split(" ", 2))
                .collect(Collectors.toMap(words -> words[0], words -> Bench.hex(words[1])));
        List<byte[]> outer = packets(name + ".pcap");
        List<CapturedSa> sas = new ArrayList<>();
        int at = 0;
        for (String line : text(name + ".sas").lines().toList()) {
            Map<String, String> words = Arrays.stream(line.split(" "))
                    .map(word -> word.split("=", 2))
                    .collect(Collectors.toMap(word -> word[0], word -> word[1]));
            List<byte[]> clear = Arrays.stream(
                            Objects.requireNonNull(words.get("packets")).split(","))
                    .map(packet -> Objects.requireNonNull(inner.get(packet), packet))
                    .toList();
            sas.add(new CapturedSa(words, clear, outer.subList(at, at + clear.size())));
            at += clear.size();
        }
        if (at != outer.size()) {
            throw new IOException(name + ".pcap has " + outer.size() + " packets, " + name + ".sas names " + at);
        }
        return sas;
    }

    private static byte[] octets(String file) throws IOException {
        try (InputStream in = Objects.requireNonNull(CapturedSa.class.getResourceAsStream("/captures/" + file), file)) {
            return in.readAllBytes();
        }
    }

    private static String text(String file) throws IOException {
        return new String(octets(file), StandardCharsets.UTF_8);
    }

    private static List<byte[]> packets(String file) throws IOException {
        ByteBuffer pcap =
                ByteBuffer.wrap(octets(file)).order(ByteOrder.LITTLE_ENDIAN).position(PCAP_HEADER);
        List<byte[]> packets = new ArrayList<>();
        while (pcap.hasRemaining()) {
            byte[] packet = new byte[pcap.position(pcap.position() + 8).getInt()];
            pcap.position(pcap.position() + 4).get(packet);
            packets.add(packet);
        }
        return packets;
    }

    private String word(String key) {
        return Objects.requireNonNull(words.get(key), key);
    }

    int number(String key) {
        return Integer.parseInt(word(key));
    }

    boolean is(String key, String value) {
        return word(key).equals(value);
    }

    int spi() {
        return Integer.parseUnsignedInt(word("spi"), 16);
    }

    /** Returns the last sequence number that was used before the first packet's. */
    long before() {
        return Long.parseLong(word("before"));
    }

    /** Fills a slot for an SA of this kind. */
    InstalledSa install(SaDirection direction, MemorySegment slot) {
        Slots.Sa sa = Slots.Sa.of(spi(), direction).sequence(is("esn", "1"), 1024, Long.MAX_VALUE);
        InstalledSa installed = Slots.fill(is("mode", "transport") ? sa.transporting(receiver()) : sa, slot);
        slot.set(JAVA_INT, SaSlotLayout.ENCRYPTION, number("encr"));
        slot.set(JAVA_INT, SaSlotLayout.INTEGRITY, number("integ"));
        slot.set(JAVA_INT, SaSlotLayout.KEY_BITS, number("bits"));
        put(slot, SaSlotLayout.CIPHER_KEY, "key");
        put(slot, SaSlotLayout.SALT, "salt");
        put(slot, SaSlotLayout.INTEGRITY_KEY, "mackey");
        return installed;
    }

    private void put(MemorySegment slot, int offset, String key) {
        byte[] octets = Bench.hex(word(key));
        MemorySegment.copy(octets, 0, slot, JAVA_BYTE, offset, octets.length);
    }

    /** The hosts of the packets in clear, as their receiver sees them. */
    private HostPair receiver() {
        byte[] packet = inner.getFirst();
        int at = packet[0] >> 4 == 4 ? 12 : 8;
        int length = packet[0] >> 4 == 4 ? 4 : 16;
        return new HostPair(
                Addresses.of(Arrays.copyOfRange(packet, at + length, at + 2 * length)),
                Addresses.of(Arrays.copyOfRange(packet, at, at + length)));
    }

    /** Returns the ESP packet alone. */
    byte[] esp(int index) {
        byte[] packet = outer.get(index);
        int at = ipHeader(packet) + (is("encapsulation", "udp") ? UDP_HEADER : 0);
        return Arrays.copyOfRange(packet, at, packet.length);
    }

    /** Returns what is sealed, without padding: the packet, or what it has behind its IP header. */
    byte[] payload(int index) {
        byte[] packet = inner.get(index);
        return is("mode", "transport") ? Arrays.copyOfRange(packet, ipHeader(packet), packet.length) : packet;
    }

    /** Returns the protocol of what is sealed. */
    int next(int index) {
        byte[] packet = inner.get(index);
        boolean ipv4 = packet[0] >> 4 == 4;
        return is("mode", "transport") ? packet[ipv4 ? 9 : 6] : ipv4 ? 4 : 41;
    }

    static int ipHeader(byte[] packet) {
        return packet[0] >> 4 == 4 ? 20 : 40;
    }

    @Override
    public String toString() {
        return word("name");
    }
}
