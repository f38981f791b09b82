package org.sallyport.benchmarks.rekeys;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;
import org.sallyport.lab.rekeys.Attribution;
import org.sallyport.lab.session.PeerKind;

/**
 * What was seen, as JSON shows it. Immutable.
 *
 * @param runs by who was on the far side
 */
record RekeysResult(Map<PeerKind, Rekeys.Run> runs) {
    /** More than this many losses of one direction are counted and not listed. */
    private static final int LISTED = 200;

    /** Returns the keys and values. */
    Map<String, Object> fields() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("rekeys", all(Rekeys.Seen::rekeys));
        fields.put("sent", both(Attribution::sent));
        fields.put("received", both(Attribution::received));
        int lostByUs = ours(Attribution::lostBeforeWire, Attribution::lostAfterWire);
        int lostByPeer = theirs(Attribution::lostBeforeWire, Attribution::lostAfterWire);
        int overtakenByUs = ours(Attribution::reorderedBeforeWire, Attribution::reorderedAfterWire);
        int overtakenByPeer = theirs(Attribution::reorderedBeforeWire, Attribution::reorderedAfterWire);
        int unseen = both(Attribution::unseen);
        fields.put("lost", lostByUs + lostByPeer);
        fields.put("attributed", unseen == 0 ? lostByUs + lostByPeer : 0);
        fields.put("reordered", overtakenByUs + overtakenByPeer);
        fields.put("lost_by_us", lostByUs);
        fields.put("lost_by_peer", lostByPeer);
        fields.put("reordered_by_us", overtakenByUs);
        fields.put("reordered_by_peer", overtakenByPeer);
        fields.put("duplicated", both(Attribution::duplicated));
        fields.put("unseen", unseen);
        runs.forEach((peer, run) -> fields.put(peer.name().toLowerCase(Locale.ROOT), run(run)));
        return fields;
    }

    /** Tells whether nothing was lost or overtaken on our side of the wire, and the witness saw everything. */
    boolean kept() {
        return ours(Attribution::lostBeforeWire, Attribution::lostAfterWire) == 0
                && ours(Attribution::reorderedBeforeWire, Attribution::reorderedAfterWire) == 0
                && both(Attribution::duplicated) == 0
                && both(Attribution::unseen) == 0;
    }

    private int all(ToIntFunction<Rekeys.Seen> count) {
        return all(peer -> true, count);
    }

    private int all(Predicate<PeerKind> which, ToIntFunction<Rekeys.Seen> count) {
        return runs.entrySet().stream()
                .filter(run -> which.test(run.getKey()))
                .flatMap(run -> run.getValue().kinds().values().stream())
                .mapToInt(count)
                .sum();
    }

    private int both(ToIntFunction<Attribution> count) {
        return all(seen -> count.applyAsInt(seen.ours()) + count.applyAsInt(seen.theirs()));
    }

    /** What we seal meets us before the wire, and what the peer seals after it; another appliance is we as well. */
    private int ours(ToIntFunction<Attribution> before, ToIntFunction<Attribution> after) {
        return all(seen -> before.applyAsInt(seen.ours()) + after.applyAsInt(seen.theirs()))
                + all(peer -> peer == PeerKind.SALLYPORT, seen -> farSide(seen, before, after));
    }

    private int theirs(ToIntFunction<Attribution> before, ToIntFunction<Attribution> after) {
        return all(peer -> peer != PeerKind.SALLYPORT, seen -> farSide(seen, before, after));
    }

    private static int farSide(Rekeys.Seen seen, ToIntFunction<Attribution> before, ToIntFunction<Attribution> after) {
        return after.applyAsInt(seen.ours()) + before.applyAsInt(seen.theirs());
    }

    private static Map<String, Object> run(Rekeys.Run run) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("lossless_rate", run.lossless());
        fields.put("rate", run.rate());
        run.kinds().forEach((kind, seen) -> fields.put(kind.key(), seen(seen)));
        return fields;
    }

    private static Map<String, Object> seen(Rekeys.Seen seen) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("rekeys", seen.rekeys());
        fields.put("seconds", seen.seconds());
        fields.put("ours", direction(seen.ours()));
        fields.put("theirs", direction(seen.theirs()));
        return fields;
    }

    private static Map<String, Object> direction(Attribution seen) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("sent", seen.sent());
        fields.put("received", seen.received());
        fields.put("lost_before_wire", seen.lostBeforeWire());
        fields.put("lost_after_wire", seen.lostAfterWire());
        fields.put("reordered_before_wire", seen.reorderedBeforeWire());
        fields.put("reordered_after_wire", seen.reorderedAfterWire());
        fields.put("duplicated", seen.duplicated());
        fields.put("unseen", seen.unseen());
        List<Attribution.Loss> losses = seen.losses();
        fields.put("losses", losses.subList(0, Math.min(LISTED, losses.size())));
        return fields;
    }
}
