package org.sallyport.api.flow.index;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
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

    private record Sa(long activation, Selectors selectors) {}

    @Property(tries = 2000)
    void findsWhatAScanWouldFind(@ForAll("many") List<Selectors> all, @ForAll("flows") Flow flow) {
        FlowIndex<Sa> index = new FlowIndex<>();
        List<Sa> sas = new ArrayList<>();
        for (Selectors selectors : all) {
            Sa sa = new Sa(sas.size() + 1, selectors);
            sas.add(sa);
            index.add("p", selectors, sa.activation(), sa);
        }
        assertThat(find(index, "p", flow)).isEqualTo(scan(sas, flow));
        assertThat(find(index, "q", flow)).isEmpty();
        while (!sas.isEmpty()) {
            Sa gone = sas.remove(sas.size() / 2);
            index.remove("p", gone.selectors(), gone);
            assertThat(find(index, "p", flow)).isEqualTo(scan(sas, flow));
        }
    }

    /** Whatever comes and goes: places are reused, policies apart, and order is by rank, not by arrival. */
    @Test
    void keepsUpWithAModelOverManyChanges() {
        Random random = new Random(4301);
        FlowIndex<Sa> index = new FlowIndex<>();
        List<Sa> sas = new ArrayList<>();
        for (int change = 0; change < 20_000; change++) {
            if (sas.size() > 200 || (random.nextInt(5) < 2 && !sas.isEmpty())) {
                Sa gone = sas.remove(random.nextInt(sas.size()));
                index.remove("p" + gone.activation() % 3, gone.selectors(), gone);
            } else {
                Sa sa = new Sa(random.nextLong(Long.MAX_VALUE), selectors(random));
                sas.add(sa);
                index.add("p" + sa.activation() % 3, sa.selectors(), sa.activation(), sa);
            }
            Flow flow = flow("10.0.0.1", "10." + random.nextInt(4) + ".0." + random.nextInt(4), random.nextInt(3));
            int policy = random.nextInt(3);
            assertThat(find(index, "p" + policy, flow))
                    .isEqualTo(scan(
                            sas.stream()
                                    .filter(sa -> sa.activation() % 3 == policy)
                                    .toList(),
                            flow));
        }
    }

    private static Selectors selectors(Random random) {
        String remote = "10." + random.nextInt(4) + ".0." + random.nextInt(4);
        AddressRange range =
                AddressRange.parse(random.nextBoolean() ? remote : remote + "/" + (8 + random.nextInt(25)));
        PortRange ports = random.nextBoolean() ? PortRange.ANY : PortRange.of(random.nextInt(3));
        return new Selectors(
                List.of(TrafficSelector.of(AddressRange.parse("10.0.0.0/24"))),
                List.of(new TrafficSelector(IpProtocol.TCP, ports, range)));
    }

    @Test
    void doesNotGoThroughAllOfThem() {
        FlowIndex<Sa> index = new FlowIndex<>();
        for (int i = 0; i < 60_000; i++) {
            String remote = "10." + (i >> 16) + "." + (i >> 8 & 255) + "." + (i & 255);
            Selectors selectors = new Selectors(
                    List.of(TrafficSelector.of(AddressRange.parse("192.168.0.0/24"))),
                    List.of(TrafficSelector.of(AddressRange.parse(remote))));
            index.add("p", selectors, i, new Sa(i, selectors));
        }
        long began = System.nanoTime();
        for (int i = 0; i < 10_000; i++) {
            assertThat(find(index, "p", flow("192.168.0.1", "10.0.17." + (i & 255), 80)))
                    .isPresent();
        }
        assertThat((System.nanoTime() - began) / 10_000).as("ns for one").isLessThan(200_000);
    }

    private static Flow flow(String local, String remote, int remotePort) {
        return new Flow(0, IpProtocol.TCP, Addresses.parse(local), 40000, Addresses.parse(remote), remotePort);
    }

    private static Optional<Sa> find(FlowIndex<Sa> index, String policy, Flow flow) {
        return index.find(policy, flow, sa -> sa.selectors().contains(flow));
    }

    private static Optional<Sa> scan(List<Sa> sas, Flow flow) {
        return sas.stream().filter(sa -> sa.selectors().contains(flow)).max(Comparator.comparingLong(Sa::activation));
    }
}
