package org.sallyport.api.flow.index;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.sallyport.api.flow.Addresses;
import org.sallyport.api.flow.Flow;
import org.sallyport.api.flow.Selectors;
import org.sallyport.api.flow.TrafficSelector;

/**
 * Finds what stands under a policy for a flow without going through all of it. It is a tuple space: each combination of a
 * local and a remote selector becomes a key of its covering prefixes and its single ports; a lookup tries one key for each
 * {@link Shape} that exists under the policy, of which there are few, and asks the caller where the key does not say it
 * all. Looked up without a lock; changes are serialised. An entry is never moved while somebody may look.
 *
 * @param <T> what is found; compared by identity
 */
public final class FlowIndex<T> {
    private static final int SMALLEST = 64;
    private static final int ANY_PORT = Integer.MIN_VALUE;
    private static final Shape[] NONE = {};

    /** Which shapes there are under one policy, and how many keys of each. */
    private static final class Shapes {
        private final int policy;
        private volatile Shape[] all = NONE;
        private int[] keys = {};

        private Shapes(int policy) {
            this.policy = policy;
        }

        private void count(Shape shape, int change) {
            int at = Arrays.asList(all).indexOf(shape);
            if (at < 0) {
                at = all.length;
                keys = Arrays.copyOf(keys, at + 1);
                Shape[] more = Arrays.copyOf(all, at + 1);
                more[at] = shape;
                all = more;
            }
            keys[at] += change;
            if (keys[at] == 0) {
                drop(at);
            }
        }

        private void drop(int at) {
            Shape[] fewer = new Shape[all.length - 1];
            int[] left = new int[fewer.length];
            for (int i = 0; i < fewer.length; i++) {
                fewer[i] = all[i < at ? i : i + 1];
                left[i] = keys[i < at ? i : i + 1];
            }
            keys = left;
            all = fewer;
        }
    }

    /** What stands under one key, the newest first; each node is immutable. */
    private record Candidate<T>(
            T value,
            long rank,
            boolean exact,
            int protocol,
            @Nullable Candidate<T> next) {
        boolean holds(int carried, Predicate<T> holder) {
            return exact ? protocol == TrafficSelector.ANY_PROTOCOL || protocol == carried : holder.test(value);
        }

        Candidate<T> before(@Nullable Candidate<T> other) {
            return new Candidate<>(value, rank, exact, protocol, other);
        }
    }

    /** One key; without candidates it only marks its place. */
    private static final class Entry<T> {
        private final int policy;
        private final Shape shape;
        private final long localHigh;
        private final long localLow;
        private final long remoteHigh;
        private final long remoteLow;
        private final int localPort;
        private final int remotePort;
        private volatile @Nullable Candidate<T> candidates;

        private Entry(
                int policy,
                Shape shape,
                long localHigh,
                long localLow,
                int localPort,
                long remoteHigh,
                long remoteLow,
                int remotePort) {
            this.policy = policy;
            this.shape = shape;
            this.localHigh = localHigh & Shape.high(shape.localBits());
            this.localLow = localLow & Shape.low(shape.localBits());
            this.remoteHigh = remoteHigh & Shape.high(shape.remoteBits());
            this.remoteLow = remoteLow & Shape.low(shape.remoteBits());
            this.localPort = shape.localPort() ? localPort : ANY_PORT;
            this.remotePort = shape.remotePort() ? remotePort : ANY_PORT;
        }

        private boolean sameKey(Entry<?> other) {
            return policy == other.policy
                    && localLow == other.localLow
                    && remoteLow == other.remoteLow
                    && localHigh == other.localHigh
                    && remoteHigh == other.remoteHigh
                    && localPort == other.localPort
                    && remotePort == other.remotePort
                    && shape.equals(other.shape);
        }

        private int hash() {
            // Products that do not wait for each other; the highest bits depend on every bit of each.
            long sum = localLow * 0x9e37_79b9_7f4a_7c15L
                    + remoteLow * 0xc2b2_ae3d_27d4_eb4fL
                    + localHigh * 0x1656_67b1_9e37_79f9L
                    + remoteHigh * 0x85eb_ca77_c2b2_ae63L
                    + ((long) localPort << 32 | (remotePort & 0xffff_ffffL)) * 0x27d4_eb2f_1656_67c5L
                    + ((long) shape.number() << 32 | policy) * 0xd6e8_feb8_6659_fd93L;
            long mixed = (sum ^ sum >>> 32) * 0x9e37_79b9_7f4a_7c15L;
            return (int) (mixed >>> 32);
        }
    }

    private final Map<String, Shapes> policies = new ConcurrentHashMap<>();
    private volatile AtomicReferenceArray<@Nullable Entry<T>> places = new AtomicReferenceArray<>(SMALLEST);
    private int entries;
    private int empty;
    private int policyNumbers;

    /**
     * Adds something that stands.
     *
     * @param rank among those that hold a flow the highest is found
     */
    public synchronized void add(String policy, Selectors selectors, long rank, T value) {
        Shapes shapes = policies.get(policy);
        if (shapes == null) {
            shapes = new Shapes(++policyNumbers);
        }
        for (Pairing pairing : pairings(selectors)) {
            Entry<T> entry = existing(key(shapes.policy, pairing));
            if (entry.candidates == null) {
                empty--;
                shapes.count(entry.shape, 1);
            }
            Candidate<T> added = new Candidate<>(value, rank, pairing.exact(), pairing.protocol(), null);
            entry.candidates = inserted(entry.candidates, added);
        }
        policies.put(policy, shapes);
    }

    /** Takes something out; nothing happens when it is not there. */
    public synchronized void remove(String policy, Selectors selectors, T value) {
        Shapes shapes = policies.get(policy);
        if (shapes == null) {
            return;
        }
        for (Pairing pairing : pairings(selectors)) {
            Entry<T> entry = lookUp(key(shapes.policy, pairing));
            if (entry != null && entry.candidates != null) {
                entry.candidates = without(entry.candidates, value);
                if (entry.candidates == null) {
                    empty++;
                    shapes.count(entry.shape, -1);
                }
            }
        }
        if (shapes.all.length == 0) {
            policies.remove(policy);
        }
    }

    /**
     * Finds what was added with the highest rank among those whose selectors hold the flow.
     *
     * @param holds tells whether the selectors of something that was added hold the flow: asked where the index cannot say
     */
    public Optional<T> find(String policy, Flow flow, Predicate<T> holds) {
        return Optional.ofNullable(find(
                policy,
                Addresses.isIpv4(flow.remote()),
                flow.protocol(),
                Addresses.high(flow.local()),
                Addresses.low(flow.local()),
                flow.localPort(),
                Addresses.high(flow.remote()),
                Addresses.low(flow.remote()),
                flow.remotePort(),
                holds));
    }

    /**
     * Finds the same for a flow in numbers; ports as {@link Flow} has them.
     *
     * @return null when there is none
     */
    public @Nullable T find(
            String policy,
            boolean ipv4,
            int protocol,
            long localHigh,
            long localLow,
            int localPort,
            long remoteHigh,
            long remoteLow,
            int remotePort,
            Predicate<T> holds) {
        Shapes shapes = policies.get(policy);
        if (shapes == null) {
            return null;
        }
        Candidate<T> best = null;
        for (Shape shape : shapes.all) {
            if (shape.ipv4() == ipv4) {
                Entry<T> entry = lookUp(new Entry<>(
                        shapes.policy, shape, localHigh, localLow, localPort, remoteHigh, remoteLow, remotePort));
                best = entry == null ? best : better(best, entry.candidates, protocol, holds);
            }
        }
        return best == null ? null : best.value();
    }

    private static <T> @Nullable Candidate<T> better(
            @Nullable Candidate<T> best, @Nullable Candidate<T> candidates, int protocol, Predicate<T> holds) {
        Candidate<T> candidate = candidates;
        while (candidate != null && (best == null || candidate.rank() > best.rank())) {
            if (candidate.holds(protocol, holds)) {
                return candidate;
            }
            candidate = candidate.next();
        }
        return best;
    }

    private @Nullable Entry<T> lookUp(Entry<T> key) {
        AtomicReferenceArray<@Nullable Entry<T>> table = places;
        int mask = table.length() - 1;
        int at = key.hash() & mask;
        while (true) {
            Entry<T> entry = table.getAcquire(at);
            if (entry == null || entry.sameKey(key)) {
                return entry;
            }
            at = at + 1 & mask;
        }
    }

    /** Returns the entry of a key, made if need be. */
    private Entry<T> existing(Entry<T> key) {
        Entry<T> there = lookUp(key);
        if (there != null) {
            return there;
        }
        if ((entries + 1) * 2 > places.length()) {
            rebuild();
        }
        entries++;
        empty++;
        insert(places, key);
        return key;
    }

    /** What only marks its place goes. */
    private void rebuild() {
        AtomicReferenceArray<@Nullable Entry<T>> old = places;
        entries -= empty;
        empty = 0;
        int size = Math.max(SMALLEST, Integer.highestOneBit((entries + 1) * 4 - 1) * 2);
        AtomicReferenceArray<@Nullable Entry<T>> fresh = new AtomicReferenceArray<>(size);
        for (int i = 0; i < old.length(); i++) {
            Entry<T> entry = old.getPlain(i);
            if (entry != null && entry.candidates != null) {
                insert(fresh, entry);
            }
        }
        places = fresh;
    }

    private static <T> void insert(AtomicReferenceArray<@Nullable Entry<T>> table, Entry<T> entry) {
        int mask = table.length() - 1;
        int at = entry.hash() & mask;
        while (table.getPlain(at) != null) {
            at = at + 1 & mask;
        }
        table.setRelease(at, entry);
    }

    /** Nearly always it is the newest, so that this ends at the first node. */
    private static <T> Candidate<T> inserted(@Nullable Candidate<T> list, Candidate<T> added) {
        List<Candidate<T>> newer = new ArrayList<>(0);
        Candidate<T> rest = list;
        while (rest != null && rest.rank() > added.rank()) {
            newer.add(rest);
            rest = rest.next();
        }
        return joined(newer, added.before(rest));
    }

    private static <T> @Nullable Candidate<T> without(Candidate<T> list, T value) {
        List<Candidate<T>> newer = new ArrayList<>(0);
        Candidate<T> rest = list;
        while (rest != null && rest.value() != value) {
            newer.add(rest);
            rest = rest.next();
        }
        return rest == null ? list : newer.isEmpty() ? rest.next() : joined(newer, rest.next());
    }

    private static <T> Candidate<T> joined(List<Candidate<T>> newer, @Nullable Candidate<T> rest) {
        Candidate<T> list = rest;
        for (Candidate<T> candidate : newer.reversed()) {
            list = candidate.before(list);
        }
        if (list == null) {
            throw new IllegalStateException("there is always a node to join");
        }
        return list;
    }

    /** A local and a remote selector that a flow may lie within both of. */
    private record Pairing(TrafficSelector local, TrafficSelector remote, boolean whole) {
        /** Without other selectors beside it the key says it all, but for the protocol. */
        boolean exact() {
            boolean protocols = local.protocol() == remote.protocol()
                    || local.protocol() == TrafficSelector.ANY_PROTOCOL
                    || remote.protocol() == TrafficSelector.ANY_PROTOCOL;
            return whole && protocols && Shape.exact(local, remote);
        }

        int protocol() {
            return local.protocol() == TrafficSelector.ANY_PROTOCOL ? remote.protocol() : local.protocol();
        }
    }

    private static List<Pairing> pairings(Selectors selectors) {
        boolean whole = selectors.local().size() == 1 && selectors.remote().size() == 1;
        List<Pairing> pairings = new ArrayList<>(1);
        for (TrafficSelector local : selectors.local()) {
            for (TrafficSelector remote : selectors.remote()) {
                Pairing pairing = new Pairing(local, remote, whole);
                if (local.addresses().isIpv4() == remote.addresses().isIpv4() && !pairings.contains(pairing)) {
                    pairings.add(pairing);
                }
            }
        }
        return pairings;
    }

    private Entry<T> key(int policy, Pairing pairing) {
        TrafficSelector local = pairing.local();
        TrafficSelector remote = pairing.remote();
        return new Entry<>(
                policy,
                Shape.of(local, remote),
                Addresses.high(local.addresses().first()),
                Addresses.low(local.addresses().first()),
                local.ports().first(),
                Addresses.high(remote.addresses().first()),
                Addresses.low(remote.addresses().first()),
                remote.ports().first());
    }
}
