package org.sallyport.lab.session;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.sallyport.lab.appliance.ApplianceShell;
import org.sallyport.lab.appliance.JournalEvent;
import org.sallyport.lab.witness.CapturedPacket;
import org.sallyport.lab.witness.TcpCounters;

/** The main job: an unmodified program connects, and the witnesses judge what that did. */
public final class MainJob {
    /** Which side starts. */
    public enum Initiator {
        HOST,
        PEER
    }

    /**
     * What came of it.
     *
     * @param first the first fetch, which needed a negotiation
     * @param report the judgement
     * @param timeline what happened during the first fetch
     */
    public record Outcome(Fetch first, LabReport report, Timeline timeline) {}

    private static final String FIRST = "SYN";
    private static final String REPEATED = "SYN retransmitted";

    private final Lab lab;
    private final Initiator initiator;

    public MainJob(Lab lab, Initiator initiator) {
        this.lab = lab;
        this.initiator = initiator;
    }

    /** Does it, in a lab without SAs. */
    public Outcome run() {
        ApplianceShell shell = new ApplianceShell(lab.host());
        long capturedBefore = shell.captured(FIRST) + shell.captured(REPEATED);
        TcpCounters before = counters();
        Fetch first = fetch();
        TcpCounters counted = counters().since(before);
        Fetch second = fetch();
        List<CapturedPacket> inner = lab.inner().settled();
        List<CapturedPacket> outer = lab.outer().settled();
        List<JournalEvent> journal = lab.host().journal().events();
        List<CapturedPacket> syns = inner.stream()
                .filter(packet -> packet.isSyn() && within(packet.micros(), first))
                .toList();
        long repeated = repeated(syns);
        long captured = shell.captured(FIRST) + shell.captured(REPEATED) - capturedBefore;
        long seen = inner.stream()
                .filter(CapturedPacket::isSyn)
                .filter(syn -> syn.micros() >= first.startedMicros())
                .count();
        LabReport report = new LabReport(
                first.connectMillis(),
                syns.size(),
                repeated,
                SaBirth.tooEarly(outer).size(),
                outer.stream().filter(ClearText::in).count(),
                second.connectMillis(),
                first.httpStatus(),
                disagreements(counted, repeated, captured, seen));
        return new Outcome(
                first, report, Timeline.of(journal, inner, outer, first.startedMicros(), first.endedMicros()));
    }

    private Fetch fetch() {
        return initiator == Initiator.HOST ? lab.fetch() : lab.fetchFromServer();
    }

    private TcpCounters counters() {
        return TcpCounters.of(
                initiator == Initiator.HOST
                        ? lab.network().host()
                        : lab.network().server());
    }

    private static boolean within(long micros, Fetch fetch) {
        return micros >= fetch.startedMicros() && micros <= fetch.endedMicros();
    }

    private static long repeated(List<CapturedPacket> syns) {
        Map<String, Integer> seen = new HashMap<>();
        syns.forEach(syn -> seen.merge(syn.flow() + " " + syn.tcpSequence(), 1, Integer::sum));
        return seen.values().stream().mapToLong(times -> times - 1L).sum();
    }

    private static List<String> disagreements(TcpCounters counted, long repeated, long captured, long seen) {
        List<String> found = new ArrayList<>();
        if (captured != seen) {
            found.add("the product's own capture counts %d SYNs of both fetches, the witness %d"
                    .formatted(captured, seen));
        }
        if (counted.retransmitted() != repeated) {
            found.add("the kernel counts %d retransmitted segments (TcpRetransSegs), the witness %d"
                    .formatted(counted.retransmitted(), repeated));
        }
        if (counted.activeOpens() != 1) {
            found.add("the kernel counts %d connections (TcpActiveOpens) where there was one fetch"
                    .formatted(counted.activeOpens()));
        }
        return found;
    }
}
