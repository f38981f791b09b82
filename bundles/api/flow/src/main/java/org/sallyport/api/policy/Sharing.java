package org.sallyport.api.policy;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.sallyport.api.sa.Share;

/**
 * Which packets go by Child SAs of their own, beside the ordinary one of their entry: those with certain DSCPs (RFC 4301
 * section 4.1), or those that certain workers of the data plane seal (RFC 9611). Immutable.
 *
 * @param dscpGroups groups of DSCPs, each 0 to 63 and in one group at most; group n, counted from 1, has share n
 * @param byWorker whether each worker has a share; never together with groups
 */
public record Sharing(List<Set<Integer>> dscpGroups, boolean byWorker) {
    /** All go by the ordinary one. */
    public static final Sharing NONE = new Sharing(List.of(), false);

    private static final int HIGHEST_DSCP = 63;

    public Sharing {
        dscpGroups = dscpGroups.stream().map(Set::copyOf).toList();
        List<Integer> all = dscpGroups.stream().flatMap(Set::stream).toList();
        boolean distinct = all.stream().distinct().count() == all.size();
        boolean known = all.stream().allMatch(d -> d >= 0 && d <= HIGHEST_DSCP);
        if (!distinct || !known || dscpGroups.size() > Share.MOST || dscpGroups.contains(Set.<Integer>of())) {
            throw new IllegalArgumentException("groups hold DSCPs from 0 to 63, each once: " + dscpGroups);
        }
        if (byWorker && !dscpGroups.isEmpty()) {
            throw new IllegalArgumentException("packets are shared out by DSCP or by worker, not by both");
        }
    }

    /** Tells whether any packets go by Child SAs of their own. */
    public boolean any() {
        return byWorker || !dscpGroups.isEmpty();
    }

    /** Returns the share of packets with this DSCP, 0 for none. */
    public int ofDscp(int dscp) {
        for (int i = 0; i < dscpGroups.size(); i++) {
            if (dscpGroups.get(i).contains(dscp)) {
                return i + 1;
            }
        }
        return 0;
    }

    /** Tells whether packets of ours go by the share with this number. */
    public boolean has(int number) {
        return byWorker ? number >= 1 && number <= Share.MOST : number >= 1 && number <= dscpGroups.size();
    }

    /**
     * Returns what a share is for, in words: "dscp 34 36"; "worker 2", counted from the one that seals by the ordinary SA;
     * "received by" for one that the peer asked for and nothing of ours goes by.
     */
    public String words(int number) {
        if (!has(number)) {
            return "received by";
        }
        return byWorker ? "worker " + number : "dscp " + numbers(dscpGroups.get(number - 1), " ");
    }

    /** Returns the groups as they stand in a file: "46; 34 36"; "none" without one. */
    public String groups() {
        return dscpGroups.isEmpty()
                ? "none"
                : dscpGroups.stream().map(g -> numbers(g, " ")).collect(Collectors.joining("; "));
    }

    private static String numbers(Set<Integer> group, String between) {
        return new TreeSet<>(group).stream().map(String::valueOf).collect(Collectors.joining(between));
    }
}
