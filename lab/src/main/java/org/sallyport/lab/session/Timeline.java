package org.sallyport.lab.session;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.sallyport.lab.appliance.JournalEvent;
import org.sallyport.lab.witness.CapturedPacket;

/**
 * What happened in one run, in order: the appliance's journal and what the witnesses saw.
 *
 * @param entries oldest first
 */
public record Timeline(List<Entry> entries) {
    private static final Map<String, String> NAMES = Map.ofEntries(
            Map.entry("request", "socket request"),
            Map.entry("held", "held"),
            Map.entry("parked", "parked below TCP"),
            Map.entry("released", "released"),
            Map.entry("refused", "refused"),
            Map.entry("bypassed", "bypassed"),
            Map.entry("ike-sent", "IKE message sent"),
            Map.entry("ike-received", "IKE message received"),
            Map.entry("ike-sa-up", "IKE SA up"),
            Map.entry("ike-sa-down", "IKE SA down"),
            Map.entry("child-sa-up", "SA up"),
            Map.entry("child-sa-rekeyed", "SA rekeyed"),
            Map.entry("child-sa-down", "SA down"));

    public Timeline {
        entries = List.copyOf(entries);
    }

    /**
     * One thing that happened.
     *
     * @param micros microseconds since the epoch
     * @param source who says so
     * @param what in words
     */
    public record Entry(long micros, String source, String what) {}

    /** Merges a journal with two captures, from one time to another. */
    static Timeline of(
            List<JournalEvent> journal, List<CapturedPacket> inner, List<CapturedPacket> outer, long from, long to) {
        List<Entry> entries = new ArrayList<>();
        journal.stream()
                .filter(event -> NAMES.containsKey(event.name()))
                .map(event -> new Entry(event.micros(), "journal", words(event)))
                .forEach(entries::add);
        inner.stream()
                .flatMap(packet -> inner(packet).map(what -> new Entry(packet.micros(), "inner", what)).stream())
                .forEach(entries::add);
        firstByte(inner, from).ifPresent(entries::add);
        firstEsp(outer, from).ifPresent(entries::add);
        outer.stream()
                .filter(ClearText::in)
                .map(packet -> new Entry(packet.micros(), "wire", "IN CLEAR: " + packet.flow()))
                .forEach(entries::add);
        return new Timeline(entries.stream()
                .filter(entry -> entry.micros() >= from && entry.micros() <= to)
                .sorted(Comparator.comparingLong(Entry::micros))
                .toList());
    }

    private static String words(JournalEvent event) {
        StringBuilder text = new StringBuilder(NAMES.getOrDefault(event.name(), event.name()));
        event.values()
                .forEach((key, value) ->
                        text.append("  ").append(key).append('=').append(value));
        return text.toString();
    }

    private static Optional<String> inner(CapturedPacket packet) {
        if (packet.isSyn()) {
            return Optional.of("SYN  " + packet.flow());
        }
        return packet.isSynAck() ? Optional.of("SYN, ACK  " + packet.flow()) : Optional.empty();
    }

    private static Optional<Entry> firstByte(List<CapturedPacket> inner, long from) {
        return inner.stream()
                .filter(packet -> packet.micros() >= from && packet.sourcePort() == Lab.HTTP_PORT)
                .filter(packet -> packet.isTcp() && packet.payload().hasRemaining())
                .findFirst()
                .map(packet -> new Entry(packet.micros(), "inner", "first byte  " + packet.flow()));
    }

    private static Optional<Entry> firstEsp(List<CapturedPacket> outer, long from) {
        return outer.stream()
                .filter(packet -> packet.micros() >= from && packet.esp().isPresent())
                .findFirst()
                .map(packet -> new Entry(
                        packet.micros(),
                        "wire",
                        "first ESP packet  spi=%08x"
                                .formatted(packet.esp().orElseThrow().spi())));
    }

    /** The lines to print; times in milliseconds after the first entry. */
    public List<String> lines() {
        if (entries.isEmpty()) {
            return List.of();
        }
        long zero = entries.getFirst().micros();
        return entries.stream()
                .map(entry ->
                        "%9.3f ms  %-7s  %s".formatted((entry.micros() - zero) / 1000.0, entry.source(), entry.what()))
                .toList();
    }
}
