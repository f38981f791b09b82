package org.sallyport.spd.internal.kernel;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.sallyport.api.admin.ChildSaView.Traffic;
import org.sallyport.linux.MissingFeatureException;
import org.sallyport.linux.nftables.Nftables;
import org.sallyport.linux.nftables.NftablesException;
import org.sallyport.linux.nftables.NftablesRevision;

/**
 * The guard as it stands in the kernel. While nobody else has touched the packet filter, only what differs is changed;
 * otherwise everything is put there anew. Not thread safe; every call from a thread of the namespace in which it was
 * made.
 */
final class StandingGuard implements AutoCloseable {
    private static final String LIST = "table " + GuardText.TABLE_OF_FAMILY;
    private static final Path SOURCE_VALID_MARK = Path.of("/proc/sys/net/ipv4/conf/all/src_valid_mark");

    /** Others who change their rules in the same instant make us look again, but not for ever. */
    private static final int ATTEMPTS = 5;

    /** Reading more counters than these would hold up a change for longer than the change itself takes. */
    private static final int READ_BEFORE_REPLACING = 1_000;

    private final GuardCounters counters = new GuardCounters();
    private @Nullable Nftables nftables;
    private @Nullable NftablesRevision revision;
    private SortedMap<Integer, GuardPlan> standing = new TreeMap<>();
    private boolean known;
    private int revisionKnown;
    private @Nullable String asInstalled;

    /** Puts both plans in force; of the first one nothing is touched, if it stands. */
    void tighten(Optional<GuardPlan> before, Optional<GuardPlan> next) {
        SortedMap<Integer, GuardPlan> wanted = new TreeMap<>();
        before.ifPresent(g -> wanted.put(slotOf(g, wanted), g));
        next.filter(g -> !wanted.containsValue(g)).ifPresent(g -> wanted.put(slotOf(g, wanted), g));
        change(wanted);
    }

    /** Puts one plan, or none, in force and nothing else. */
    void settle(Optional<GuardPlan> plan) {
        change(only(plan));
    }

    /** Restores a plan that was settled before; tells whether it did not stand any more. */
    boolean repair(GuardPlan plan) {
        if (isUntouched()) {
            remember();
            return false;
        }
        int seen = revision().current();
        if (known && asInstalled != null && asInstalled.equals(asItStands())) {
            revisionKnown = seen;
            return false;
        }
        install(only(Optional.of(plan)), false);
        remember();
        return true;
    }

    /** Removes the guard. */
    void remove() {
        nftables().run(GuardText.removal());
        standing = new TreeMap<>();
        known = false;
        asInstalled = null;
    }

    /** Returns what each policy let pass or dropped, by its name, since this process began. */
    Map<String, Traffic> counted() {
        if (!standing.isEmpty()) {
            counters.read(readCounters());
        }
        return counters.totals();
    }

    private int standingEntries() {
        return standing.values().stream()
                .flatMap(plan -> plan.layers().stream())
                .mapToInt(List::size)
                .sum();
    }

    private Map<String, Traffic> readCounters() {
        try {
            return GuardCounters.parse(nftables().listJson(LIST));
        } catch (NftablesException e) {
            // Somebody removed the whole table: there is nothing to read.
            return Map.of();
        }
    }

    /** Returns it as nft lists it, empty when there is none, ours or one that an earlier process left. */
    String asItStands() {
        try {
            return nftables().list(LIST);
        } catch (NftablesException e) {
            return "";
        }
    }

    private SortedMap<Integer, GuardPlan> only(Optional<GuardPlan> plan) {
        SortedMap<Integer, GuardPlan> wanted = new TreeMap<>();
        plan.ifPresent(g -> wanted.put(slotOf(g, wanted), g));
        return wanted;
    }

    /** Returns where the plan stands, or where it can be put beside those that do and those that shall. */
    private int slotOf(GuardPlan plan, SortedMap<Integer, GuardPlan> taken) {
        for (Map.Entry<Integer, GuardPlan> entry : standing.entrySet()) {
            if (entry.getValue().equals(plan)) {
                return entry.getKey();
            }
        }
        int slot = 0;
        while (taken.containsKey(slot) || standing.containsKey(slot)) {
            slot++;
        }
        return slot;
    }

    private void change(SortedMap<Integer, GuardPlan> wanted) {
        if (wanted.isEmpty() && standing.isEmpty()) {
            removeIfThere();
        } else if (!wanted.equals(standing) || !isUntouched()) {
            install(wanted, isUntouched());
        }
    }

    /** Where nothing is to be enforced, a missing library is no fault. */
    private void removeIfThere() {
        try {
            nftables().run(GuardText.removal());
        } catch (MissingFeatureException e) {
            nftables = null;
        }
    }

    private void install(SortedMap<Integer, GuardPlan> wanted, boolean onlyWhatDiffers) {
        letReversePathFilterSeeMarks(wanted);
        asInstalled = null;
        known = false;
        if (!onlyWhatDiffers || !wanted.keySet().containsAll(standing.keySet())) {
            counters.replaced(standingEntries() <= READ_BEFORE_REPLACING ? readCounters() : Map.of());
        }
        boolean difference = onlyWhatDiffers;
        for (int attempt = 0; attempt < ATTEMPTS && !known; attempt++) {
            int before = revision().current();
            boolean stale = difference && before != revisionKnown;
            nftables().run(difference && !stale ? GuardText.change(standing, wanted) : GuardText.ruleset(wanted));
            int after = revision().current();
            known = after == before + 1;
            revisionKnown = after;
            difference = false;
        }
        standing = wanted;
    }

    /** Tells whether nobody changed any packet filter since we last knew what stands. */
    private boolean isUntouched() {
        return known && revision().current() == revisionKnown;
    }

    /** Takes down how it looks, for when somebody else changes theirs. */
    private void remember() {
        if (asInstalled == null && known) {
            String text = asItStands();
            asInstalled = isUntouched() ? text : null;
        }
    }

    private static void letReversePathFilterSeeMarks(Map<Integer, GuardPlan> plans) {
        if (plans.values().stream().noneMatch(GuardPlan::hasMarks)) {
            return;
        }
        try {
            Files.writeString(SOURCE_VALID_MARK, "1\n");
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + SOURCE_VALID_MARK, e);
        }
    }

    private Nftables nftables() {
        Nftables loaded = nftables;
        if (loaded == null) {
            loaded = Nftables.load();
            nftables = loaded;
        }
        return loaded;
    }

    private NftablesRevision revision() {
        NftablesRevision opened = revision;
        if (opened == null) {
            opened = NftablesRevision.open();
            revision = opened;
        }
        return opened;
    }

    @Override
    public void close() {
        if (revision != null) {
            revision.close();
        }
    }
}
