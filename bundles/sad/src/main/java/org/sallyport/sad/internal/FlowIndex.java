package org.sallyport.sad.internal;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.sallyport.api.flow.AddressRange;
import org.sallyport.api.flow.Addresses;
import org.sallyport.api.flow.Flow;
import org.sallyport.api.flow.Selectors;
import org.sallyport.api.flow.TrafficSelector;

/**
 * Finds active pairs by policy and flow without going through all of them. It is a tuple space: each combination of a
 * local and a remote selector becomes a hash key of its covering prefixes and its single ports; a lookup tries one key
 * for each shape of key that exists, of which there are few, and then asks the selectors themselves. Thread safe.
 */
final class FlowIndex {
    /** How a key is cut from addresses and ports: prefix lengths, and which ports are exact. */
    private record Shape(boolean ipv4, int localBits, int remoteBits, boolean localPort, boolean remotePort) {
        Tuple cut(InetAddress local, int localNumber, InetAddress remote, int remoteNumber) {
            return new Tuple(
                    this,
                    prefix(local, localBits),
                    prefix(remote, remoteBits),
                    localPort ? localNumber : ANY,
                    remotePort ? remoteNumber : ANY);
        }
    }

    private record Prefix(long high, long low) {}

    private record Tuple(Shape shape, Prefix local, Prefix remote, int localPort, int remotePort) {}

    private static final int ANY = Integer.MIN_VALUE;

    private static final class Entries {
        private final Map<Shape, Integer> shapes = new LinkedHashMap<>();
        private final Map<Tuple, List<Pair>> tuples = new HashMap<>();
    }

    private final ReadWriteLock lock = new ReentrantReadWriteLock();
    private final Map<String, Entries> policies = new HashMap<>();

    /** Adds an active pair. */
    void add(String policy, Selectors selectors, Pair pair) {
        lock.writeLock().lock();
        try {
            Entries entries = policies.computeIfAbsent(policy, p -> new Entries());
            for (Tuple tuple : tuples(selectors)) {
                List<Pair> there = entries.tuples.computeIfAbsent(tuple, t -> new ArrayList<>(1));
                if (there.isEmpty()) {
                    entries.shapes.merge(tuple.shape(), 1, Integer::sum);
                }
                there.add(pair);
            }
        } finally {
            lock.writeLock().unlock();
        }
    }

    /** Takes a pair out; nothing happens when it is not there. */
    void remove(String policy, Selectors selectors, Pair pair) {
        lock.writeLock().lock();
        try {
            Entries entries = policies.get(policy);
            if (entries == null) {
                return;
            }
            for (Tuple tuple : tuples(selectors)) {
                List<Pair> there = entries.tuples.get(tuple);
                if (there != null && there.remove(pair) && there.isEmpty()) {
                    entries.tuples.remove(tuple);
                    entries.shapes.computeIfPresent(tuple.shape(), (s, n) -> n == 1 ? null : n - 1);
                }
            }
            if (entries.tuples.isEmpty()) {
                policies.remove(policy);
            }
        } finally {
            lock.writeLock().unlock();
        }
    }

    /** Finds the pair activated last among those whose selectors hold the flow. */
    Optional<Pair> find(String policy, Flow flow) {
        lock.readLock().lock();
        try {
            Entries entries = policies.get(policy);
            return entries == null
                    ? Optional.empty()
                    : candidates(entries, flow).stream()
                            .filter(p -> holds(p, flow))
                            .max(Comparator.comparingLong(Pair::activation));
        } finally {
            lock.readLock().unlock();
        }
    }

    private static List<Pair> candidates(Entries entries, Flow flow) {
        List<Pair> candidates = new ArrayList<>(2);
        boolean ipv4 = Addresses.isIpv4(flow.remote());
        for (Shape shape : entries.shapes.keySet()) {
            if (shape.ipv4() == ipv4) {
                Tuple tuple = shape.cut(flow.local(), flow.localPort(), flow.remote(), flow.remotePort());
                candidates.addAll(entries.tuples.getOrDefault(tuple, List.of()));
            }
        }
        return candidates;
    }

    private static boolean holds(Pair pair, Flow flow) {
        Pair.Agreed agreed = pair.agreed();
        return agreed != null && agreed.spec().selectors().contains(flow);
    }

    private static List<Tuple> tuples(Selectors selectors) {
        List<Tuple> tuples = new ArrayList<>();
        for (TrafficSelector local : selectors.local()) {
            for (TrafficSelector remote : selectors.remote()) {
                if (local.addresses().isIpv4() == remote.addresses().isIpv4()) {
                    tuples.add(tuple(local, remote));
                }
            }
        }
        return tuples.stream().distinct().toList();
    }

    private static Tuple tuple(TrafficSelector local, TrafficSelector remote) {
        Shape shape = new Shape(
                local.addresses().isIpv4(),
                commonBits(local.addresses()),
                commonBits(remote.addresses()),
                single(local),
                single(remote));
        return shape.cut(
                local.addresses().first(),
                local.ports().first(),
                remote.addresses().first(),
                remote.ports().first());
    }

    private static boolean single(TrafficSelector selector) {
        return selector.ports().first() == selector.ports().last();
    }

    /** Returns the length of the smallest prefix that covers a range. */
    private static int commonBits(AddressRange range) {
        int width = range.isIpv4() ? 32 : 128;
        int high = Long.numberOfLeadingZeros(Addresses.high(range.first()) ^ Addresses.high(range.last()));
        int low = Long.numberOfLeadingZeros(Addresses.low(range.first()) ^ Addresses.low(range.last()));
        int common = high < Long.SIZE ? high : Long.SIZE + low;
        return common - (128 - width);
    }

    private static Prefix prefix(InetAddress address, int bits) {
        int wide = Addresses.isIpv4(address) ? bits + 96 : bits;
        return new Prefix(Addresses.high(address) & upper(wide), Addresses.low(address) & upper(wide - Long.SIZE));
    }

    /** Returns a mask of so many leading ones, none below 0 and all above 64. */
    private static long upper(int bits) {
        return bits <= 0 ? 0 : bits >= Long.SIZE ? -1L : -1L << (Long.SIZE - bits);
    }
}
