package org.sallyport.benchmarks;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.IntToLongFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.sallyport.api.flow.AddressRange;
import org.sallyport.api.flow.Addresses;
import org.sallyport.api.flow.Flow;
import org.sallyport.api.flow.IpProtocol;
import org.sallyport.api.flow.PortRange;
import org.sallyport.api.flow.Selectors;
import org.sallyport.api.flow.TrafficSelector;
import org.sallyport.api.flow.index.FlowIndex;
import org.sallyport.api.sa.ChildSaId;
import org.sallyport.api.sa.ConnectionId;
import org.sallyport.api.sa.IkeSaId;
import org.sallyport.api.sa.InstalledSa;
import org.sallyport.api.sa.IpsecProtocol;
import org.sallyport.api.sa.SaDirection;
import org.sallyport.api.sa.SaSlotLayout;
import org.sallyport.api.sa.SpiKey;
import org.sallyport.classifier.internal.esp.PacketAead;
import org.sallyport.classifier.internal.flow.InboundSa;
import org.sallyport.classifier.internal.flow.SpiTable;
import org.sallyport.sad.internal.Spis;

/**
 * How long it takes to find an SA, by the SPI of a packet that arrives and by policy and flow, as ratios to finding the
 * same in a hash map of records in the same run, so that they can be compared between machines.
 */
public final class SaLookups implements Measurement {
    private static final int ROUNDS = 15;
    private static final int ASKED = 1 << 16;
    private static final long SEED = 4303;
    private static final long FIRST_SPI = 256;
    private static final long LAST_SPI = 0xffff_ffffL;
    private static final String POLICY = "to-berlin";

    private static final Selectors SELECTORS = exactly(flow(0));

    private static final PacketAead NO_CIPHER = new PacketAead() {
        @Override
        public int ivLength() {
            return 8;
        }

        @Override
        public int icvLength() {
            return 16;
        }

        @Override
        public int alignment() {
            return 4;
        }

        @Override
        public void seal(long text, int length, long sequence, long iv) {
            throw new AssertionError("only looked up");
        }

        @Override
        public boolean open(long text, int length, long sequence) {
            throw new AssertionError("only looked up");
        }

        @Override
        public void wipe() {}
    };

    private record FlowName(String policy, Flow flow) {}

    private final Random random = new Random(SEED);
    private final MemorySegment slot = Arena.ofAuto().allocate(SaSlotLayout.SIZE, 64);
    private long sink;

    /**
     * Measures.
     *
     * @return for 1, 10,000 and 1,000,000 SAs nanoseconds of a lookup in a hash map ("spi-hashmap-10k-ns") and the ratios
     *     of the SAD's lookups to them ("spi-10k", "flow-10k")
     */
    @Override
    public Map<String, Double> measure() {
        Map<String, Double> results = new LinkedHashMap<>();
        // Small ones first teach the compiler what comes.
        bySpi(new LinkedHashMap<>(), "warm-up", 1_000);
        byFlow(new LinkedHashMap<>(), "warm-up", 1_000);
        for (Map.Entry<String, Integer> size : sizes().entrySet()) {
            bySpi(results, size.getKey(), size.getValue());
            byFlow(results, size.getKey(), size.getValue());
        }
        if (sink == SEED) {
            throw new IllegalStateException("nothing was looked up");
        }
        return results;
    }

    private static Map<String, Integer> sizes() {
        Map<String, Integer> sizes = new LinkedHashMap<>();
        sizes.put("1", 1);
        sizes.put("10k", 10_000);
        sizes.put("1m", 1_000_000);
        return sizes;
    }

    private void bySpi(Map<String, Double> results, String name, int count) {
        SpiTable table = new SpiTable();
        Map<SpiKey, InboundSa> map = new HashMap<>();
        Spis reserved = new Spis(random);
        int[] spis = IntStream.range(0, count)
                .map(i -> reserved.draw(FIRST_SPI, LAST_SPI))
                .toArray();
        for (int spi : spis) {
            InboundSa sa = inbound(spi);
            table.put(sa);
            map.put(new SpiKey(IpsecProtocol.ESP, spi), sa);
        }
        int[] asked = random.ints(ASKED, 0, count).map(i -> spis[i]).toArray();
        SpiKey[] keys = new SpiKey[ASKED];
        for (int i = 0; i < ASKED; i++) {
            keys[i] = new SpiKey(IpsecProtocol.ESP, asked[i]);
        }
        compare(results, "spi", name, i -> spiOf(map.get(keys[i])), i -> spiOf(table.find(asked[i])));
    }

    private static int spiOf(@Nullable InboundSa sa) {
        return sa == null ? 0 : sa.spi();
    }

    private InboundSa inbound(int spi) {
        ChildSaId lineage = new ChildSaId(new IkeSaId(new ConnectionId("berlin"), 1), spi);
        return new InboundSa(
                new InstalledSa(
                        new SpiKey(IpsecProtocol.ESP, spi), SaDirection.INBOUND, lineage, POLICY, SELECTORS, slot),
                NO_CIPHER);
    }

    private void byFlow(Map<String, Double> results, String name, int count) {
        FlowIndex<Flow> index = new FlowIndex<>();
        Map<FlowName, Flow> map = new HashMap<>();
        for (int i = 0; i < count; i++) {
            Flow flow = flow(i);
            index.add(POLICY, exactly(flow), i, flow);
            map.put(new FlowName(POLICY, flow), flow);
        }
        Flow[] asked = new Flow[ASKED];
        for (int i = 0; i < ASKED; i++) {
            asked[i] = flow(random.nextInt(count));
        }
        compare(
                results,
                "flow",
                name,
                i -> map.getOrDefault(new FlowName(POLICY, asked[i]), asked[i]).localPort(),
                i -> index.find(POLICY, asked[i], asked[i]::equals)
                        .orElse(asked[i])
                        .localPort());
    }

    /** A flow of its own for each number: every SA is for one host and port, as PFP flags make them. */
    private static Flow flow(int number) {
        byte[] local = {10, 1, (byte) (number >> 8), (byte) number};
        byte[] remote = {10, 2, (byte) (number >> 24), (byte) (number >> 16)};
        return new Flow(0, IpProtocol.TCP, Addresses.of(local), 40_000, Addresses.of(remote), 443);
    }

    private static Selectors exactly(Flow flow) {
        return new Selectors(
                List.of(TrafficSelector.of(new AddressRange(flow.local(), flow.local()))),
                List.of(new TrafficSelector(
                        flow.protocol(),
                        PortRange.of(flow.remotePort()),
                        new AddressRange(flow.remote(), flow.remote()))));
    }

    /** In turns, so that both have the same share of whatever else the machine does; the fastest round of each counts. */
    private void compare(
            Map<String, Double> results,
            String what,
            String size,
            IntToLongFunction hashMap,
            IntToLongFunction lookup) {
        double known = Double.MAX_VALUE;
        double ours = Double.MAX_VALUE;
        for (int round = 0; round < ROUNDS; round++) {
            known = Math.min(known, nanos(hashMap));
            ours = Math.min(ours, nanos(lookup));
        }
        results.put(what + "-hashmap-" + size + "-ns", known);
        results.put(what + "-" + size, ours / known);
    }

    private double nanos(IntToLongFunction lookup) {
        long began = System.nanoTime();
        for (int i = 0; i < ASKED; i++) {
            sink += lookup.applyAsLong(i);
        }
        return (double) (System.nanoTime() - began) / ASKED;
    }
}
