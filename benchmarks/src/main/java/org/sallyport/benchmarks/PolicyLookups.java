package org.sallyport.benchmarks;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.IntToLongFunction;
import org.sallyport.api.flow.AddressRange;
import org.sallyport.api.flow.Addresses;
import org.sallyport.api.flow.IpProtocol;
import org.sallyport.api.flow.PortRange;
import org.sallyport.api.flow.Selectors;
import org.sallyport.api.flow.TrafficSelector;
import org.sallyport.api.policy.Action;
import org.sallyport.api.policy.Origin;
import org.sallyport.api.policy.Policy;
import org.sallyport.api.policy.PolicyGeneration;
import org.sallyport.spd.internal.match.CompiledGeneration;

/**
 * How long it takes to find the policy of a packet, as ratios to finding a record in a hash map in the same run, so that
 * they can be compared between machines.
 */
public final class PolicyLookups implements Measurement {
    private static final int ROUNDS = 7;
    private static final int PACKETS = 1 << 16;
    private static final long SEED = 4301;

    /** Sets of policies to search. */
    public enum Shape {
        /** Networks of their own behind each policy, as a hub with many branches has them. */
        APART,
        /** Networks within networks, the inner ones first. */
        NESTED,
        /** Ranges at random, of addresses and ports alike, which overlap many others. */
        OVERLAPPING,
        /** The same two networks everywhere, each policy with a port of its own. */
        PORTS
    }

    private record Key(long address, int port, int protocol) {}

    private final Random random = new Random(SEED);
    private long sink;

    /**
     * Measures.
     *
     * @return nanoseconds of a lookup in a hash map ("hashmap-10k-ns") and the ratios of policy lookups to them
     *     ("policies-apart-1k"), by name
     */
    @Override
    public Map<String, Double> measure() {
        Map<String, Double> results = new LinkedHashMap<>();
        compare(results, "10", 10, "1", 1);
        compare(results, "1k", 1_000, "10k", 10_000);
        compare(results, "100k", 100_000, "1m", 1_000_000);
        if (sink == SEED) {
            throw new IllegalStateException("nothing was looked up");
        }
        return results;
    }

    private void compare(Map<String, Double> results, String policies, int count, String entries, int size) {
        double hashMap = hashMapNanos(size);
        results.put("hashmap-" + entries + "-ns", hashMap);
        for (Shape shape : Shape.values()) {
            String name = shape.name().toLowerCase(java.util.Locale.ROOT) + "-" + policies;
            long began = System.nanoTime();
            PolicyGeneration generation = generation(shape, count);
            results.put("compile-" + name + "-ms", (System.nanoTime() - began) / 1e6);
            results.put("policies-" + name, policyNanos(generation) / hashMap);
        }
    }

    /** The fastest of some rounds: what else the machine does only ever makes a round slower. */
    private double fastest(IntToLongFunction lookup) {
        long best = Long.MAX_VALUE;
        for (int round = 0; round < ROUNDS; round++) {
            long began = System.nanoTime();
            for (int i = 0; i < PACKETS; i++) {
                sink += lookup.applyAsLong(i);
            }
            best = Math.min(best, System.nanoTime() - began);
        }
        return (double) best / PACKETS;
    }

    private double hashMapNanos(int size) {
        Map<Key, Integer> map = new HashMap<>();
        List<Key> keys = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            Key key = new Key(random.nextInt() & 0xffff_ffffL, i, IpProtocol.ESP);
            map.put(key, i);
            keys.add(key);
        }
        Key[] asked = new Key[PACKETS];
        for (int i = 0; i < PACKETS; i++) {
            Key key = keys.get(random.nextInt(size));
            asked[i] = new Key(key.address, key.port, key.protocol);
        }
        return fastest(i -> map.getOrDefault(asked[i], 0));
    }

    private double policyNanos(PolicyGeneration generation) {
        List<Policy> policies = generation.policies();
        long[] local = new long[PACKETS];
        long[] remote = new long[PACKETS];
        int[] port = new int[PACKETS];
        for (int i = 0; i < PACKETS; i++) {
            Selectors selectors = policies.get(random.nextInt(policies.size())).selectors();
            local[i] = within(selectors.local().getFirst().addresses());
            remote[i] = within(selectors.remote().getFirst().addresses());
            PortRange ports = selectors.remote().getFirst().ports();
            port[i] = ports.first() + random.nextInt(ports.last() - ports.first() + 1);
        }
        return fastest(i -> generation
                        .judge(true, 0, local[i], 40_000, 0, remote[i], port[i], IpProtocol.TCP, Origin.HOST)
                        .policy()
                        .isPresent()
                ? 1
                : 0);
    }

    private long within(AddressRange range) {
        long first = Addresses.low(range.first());
        return first + random.nextLong(Addresses.low(range.last()) - first + 1);
    }

    /**
     * Compiles a generation.
     *
     * @param count how many policies, at most 100,000
     */
    public PolicyGeneration generation(Shape shape, int count) {
        List<Policy> policies = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            policies.add(Policy.builder("p" + i, Action.BYPASS)
                    .order(i)
                    .selectors(selectors(shape, i, count))
                    .build());
        }
        return new CompiledGeneration(1, policies, Action.DISCARD);
    }

    private Selectors selectors(Shape shape, int i, int count) {
        return switch (shape) {
            case APART ->
                selectors(
                        prefix(0x0a00_0000L + (i << 8 & 0xff_ffff), 24),
                        prefix(0x1400_0000L + (i << 9), 23),
                        PortRange.ANY);
            case NESTED -> {
                int length = 28 - 20 * i / count;
                yield selectors(prefix(address(), Math.max(8, length - 4)), prefix(address(), length), PortRange.ANY);
            }
            case OVERLAPPING -> {
                int port = random.nextInt(65_536);
                yield selectors(range(), range(), new PortRange(port, port + random.nextInt(65_536 - port)));
            }
            case PORTS ->
                selectors(prefix(0x0a01_0000L + (i >> 16), 32), prefix(0x0a02_0000L, 24), PortRange.of(i & 0xffff));
        };
    }

    private static Selectors selectors(AddressRange local, AddressRange remote, PortRange ports) {
        return new Selectors(
                List.of(new TrafficSelector(IpProtocol.TCP, PortRange.ANY, local)),
                List.of(new TrafficSelector(IpProtocol.TCP, ports, remote)));
    }

    private long address() {
        return random.nextInt() & 0xffff_ffffL;
    }

    private AddressRange range() {
        long first = address();
        return new AddressRange(address(first), address(Math.min(0xffff_ffffL, first + random.nextInt(1 << 24))));
    }

    private static AddressRange prefix(long address, int length) {
        long hosts = (1L << (32 - length)) - 1;
        return new AddressRange(address(address & ~hosts), address(address | hosts));
    }

    private static java.net.InetAddress address(long number) {
        return Addresses.of(
                new byte[] {(byte) (number >> 24), (byte) (number >> 16), (byte) (number >> 8), (byte) number});
    }
}
