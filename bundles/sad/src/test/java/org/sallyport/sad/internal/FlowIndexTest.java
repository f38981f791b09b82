package org.sallyport.sad.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.sallyport.api.flow.AddressRange;
import org.sallyport.api.flow.Addresses;
import org.sallyport.api.flow.Flow;
import org.sallyport.api.flow.IpProtocol;
import org.sallyport.api.flow.PortRange;
import org.sallyport.api.flow.Selectors;
import org.sallyport.api.flow.TrafficSelector;
import org.sallyport.api.sa.ChildSaId;
import org.sallyport.api.sa.ConnectionId;
import org.sallyport.api.sa.IkeSaId;
import org.sallyport.api.sa.IpsecProtocol;
import org.sallyport.api.sa.SpiKey;

class FlowIndexTest {
    @Provide
    Arbitrary<TrafficSelector> selector() {
        Arbitrary<AddressRange> four = Combinators.combine(
                        Arbitraries.integers().between(0, 255),
                        Arbitraries.integers().between(0, 255))
                .as((a, b) -> AddressRange.parse("10.0.0." + Math.min(a, b) + "-10.0.0." + Math.max(a, b)));
        Arbitrary<AddressRange> six = Combinators.combine(
                        Arbitraries.integers().between(0, 15),
                        Arbitraries.integers().between(56, 72))
                .as((a, bits) -> AddressRange.parse("2001:db8:0:" + a + "::" + a + "/" + bits));
        Arbitrary<AddressRange> host =
                Arbitraries.integers().between(0, 255).map(a -> AddressRange.parse("10.0.0." + a));
        Arbitrary<PortRange> ports = Arbitraries.of(
                PortRange.ANY, PortRange.of(80), new PortRange(80, 90), PortRange.OPAQUE, PortRange.of(443));
        return Combinators.combine(Arbitraries.of(0, IpProtocol.TCP), ports, Arbitraries.oneOf(four, host, six))
                .as(TrafficSelector::new);
    }

    @Provide
    Arbitrary<Selectors> selectors() {
        Arbitrary<List<TrafficSelector>> side = selector().list().ofMinSize(1).ofMaxSize(3);
        return Combinators.combine(side, side).as(Selectors::new);
    }

    @Provide
    Arbitrary<List<Selectors>> many() {
        return selectors().list().ofMaxSize(12);
    }

    @Provide
    Arbitrary<Flow> flows() {
        Arbitrary<Integer> ports = Arbitraries.of(80, 85, 443, Flow.OPAQUE_PORT);
        Arbitrary<Integer> small = Arbitraries.integers().between(0, 255);
        Arbitrary<Flow> four = Combinators.combine(small, ports, small, ports)
                .as((l, lp, r, rp) -> new Flow(
                        0, IpProtocol.TCP, Addresses.parse("10.0.0." + l), lp, Addresses.parse("10.0.0." + r), rp));
        Arbitrary<Flow> six = Combinators.combine(
                        Arbitraries.integers().between(0, 15),
                        ports,
                        Arbitraries.integers().between(0, 15),
                        ports)
                .as((l, lp, r, rp) -> new Flow(
                        0,
                        IpProtocol.UDP,
                        Addresses.parse("2001:db8:0:" + l + "::" + l),
                        lp,
                        Addresses.parse("2001:db8:0:" + r + "::" + r),
                        rp));
        return Arbitraries.oneOf(four, six);
    }

    @Property(tries = 2000)
    void findsWhatAScanWouldFind(@ForAll("many") List<Selectors> all, @ForAll("flows") Flow flow) {
        FlowIndex index = new FlowIndex();
        List<Pair> pairs = new ArrayList<>();
        for (Selectors selectors : all) {
            Pair pair = pair(pairs.size() + 1, selectors);
            pairs.add(pair);
            index.add("p", selectors, pair);
        }
        assertThat(index.find("p", flow)).isEqualTo(scan(pairs, flow));
        assertThat(index.find("q", flow)).isEmpty();
        while (!pairs.isEmpty()) {
            Pair gone = pairs.remove(pairs.size() / 2);
            index.remove("p", selectors(gone), gone);
            assertThat(index.find("p", flow)).isEqualTo(scan(pairs, flow));
        }
    }

    @Test
    void doesNotGoThroughAllOfThem() {
        FlowIndex index = new FlowIndex();
        for (int i = 0; i < 60_000; i++) {
            String remote = "10." + (i >> 16) + "." + (i >> 8 & 255) + "." + (i & 255);
            Selectors selectors = World.selectors("192.168.0.0/24", remote);
            index.add("p", selectors, pair(i + 1, selectors));
        }
        long began = System.nanoTime();
        for (int i = 0; i < 10_000; i++) {
            assertThat(index.find("p", World.flow("192.168.0.1", "10.0.17." + (i & 255), 80)))
                    .isPresent();
        }
        assertThat((System.nanoTime() - began) / 10_000).as("ns for one").isLessThan(200_000);
    }

    private static Optional<Pair> scan(List<Pair> pairs, Flow flow) {
        return pairs.stream().filter(p -> selectors(p).contains(flow)).max(Comparator.comparingLong(Pair::activation));
    }

    private static Selectors selectors(Pair pair) {
        Pair.Agreed agreed = pair.agreed();
        if (agreed == null) {
            throw new AssertionError("every pair here has selectors");
        }
        return agreed.spec().selectors();
    }

    private static Pair pair(int number, Selectors selectors) {
        Pair pair = new Pair(new SpiKey(IpsecProtocol.ESP, 0x1000 + number));
        ChildSaId lineage = new ChildSaId(new IkeSaId(new ConnectionId("berlin"), 1), number);
        pair.activation(number);
        pair.agreed(new Pair.Agreed(
                World.spec(lineage).selectors(selectors).build(),
                World.protect("p", selectors).build(),
                0));
        return pair;
    }
}
