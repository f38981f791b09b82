package org.sallyport.classifier.internal.flow;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Example;
import org.sallyport.api.flow.AddressRange;
import org.sallyport.api.flow.Addresses;
import org.sallyport.api.flow.Flow;
import org.sallyport.api.flow.IpProtocol;
import org.sallyport.api.flow.Selectors;
import org.sallyport.api.flow.TrafficSelector;
import org.sallyport.api.policy.Action;
import org.sallyport.api.policy.Verdict;
import org.sallyport.api.sa.ChildSaId;
import org.sallyport.api.sa.InstalledSa;
import org.sallyport.api.sa.IpsecProtocol;
import org.sallyport.api.sa.SaDirection;
import org.sallyport.api.sa.SaSlotLayout;
import org.sallyport.api.sa.SpiKey;
import org.sallyport.classifier.internal.FixedPolicies;
import org.sallyport.classifier.internal.Slots;
import org.sallyport.classifier.internal.esp.CryptoBuffers;
import org.sallyport.classifier.internal.esp.JdkGcm;
import org.sallyport.classifier.internal.packet.InnerPacket;

class OutboundTableTest {
    private static final CryptoBuffers BUFFERS = new CryptoBuffers();
    private static final int MANY = 20_000;

    private final Arena arena = Arena.ofAuto();
    private final OutboundTable table = new OutboundTable(() -> FixedPolicies.of(Action.PROTECT));

    @Example
    void theNewestThatHoldsTheFlowIsPreferred() {
        OutboundSa whole = sa(1, "10.2.0.0/16");
        OutboundSa host = sa(2, "10.2.0.7");
        OutboundSa again = sa(3, "10.2.0.0/24");
        table.add(whole);
        table.add(host);
        assertThat(table.decide(packetTo("10.2.0.7"))).isSameAs(host);
        assertThat(table.decide(packetTo("10.2.9.7"))).isSameAs(whole);
        assertThat(table.decide(packetTo("10.3.0.7"))).isSameAs(DropReason.NO_SA);
        table.add(again);
        assertThat(table.decide(packetTo("10.2.0.7"))).isSameAs(again);
        table.remove(again.slot());
        assertThat(table.decide(packetTo("10.2.0.7"))).isSameAs(host);
        table.remove(host.slot());
        assertThat(table.decide(packetTo("10.2.0.7"))).isSameAs(whole);
    }

    /** Packets do not show who sent them: where that matters they wait for the gate, which binds their flow. */
    @Example
    void whereWhoSendsDecidesOnlyWhatTheGateHasBoundIsSent() {
        Verdict named = new Verdict(
                Action.PROTECT, FixedPolicies.of(Action.PROTECT).verdict().policy(), true);
        OutboundTable byName = new OutboundTable(() -> new FixedPolicies(named));
        OutboundSa standing = sa(1, "10.2.0.0/16");
        byName.add(standing);
        assertThat(byName.decide(packetTo("10.2.0.7"))).isSameAs(DropReason.NO_SA);

        Flow flow = new Flow(0, IpProtocol.UDP, Addresses.parse("192.0.2.7"), 40_000, Addresses.parse("10.2.0.7"), 53);
        byName.bind(flow, standing.lineage());
        assertThat(byName.decide(packetTo("10.2.0.7"))).isSameAs(standing);
        assertThat(byName.decide(packetTo("10.2.0.8"))).isSameAs(DropReason.NO_SA);
        byName.unbind(flow);
        assertThat(byName.decide(packetTo("10.2.0.7"))).isSameAs(DropReason.NO_SA);
    }

    /** A gateway with a policy for all its peers: to add one more takes no longer than to add the first. */
    @Example
    void manyUnderOnePolicyComeAndGoOneByOne() {
        List<OutboundSa> all = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            all.add(sa(i + 1, "10." + (i >> 16) + "." + (i >> 8 & 255) + "." + (i & 255)));
        }
        long began = System.nanoTime();
        all.forEach(table::add);
        assertThat(table.decide(packetTo("10.0.17.3"))).isSameAs(all.get(17 * 256 + 3));
        all.forEach(sa -> table.remove(sa.slot()));
        assertThat((System.nanoTime() - began) / (2 * MANY))
                .as("ns for a change")
                .isLessThan(100_000);
        assertThat(table.decide(packetTo("10.0.17.3"))).isSameAs(DropReason.NO_SA);
    }

    private OutboundSa sa(int spi, String remote) {
        MemorySegment slot = arena.allocate(SaSlotLayout.SIZE, 64);
        Selectors selectors = new Selectors(
                List.of(TrafficSelector.of(AddressRange.ANY_IPV4)),
                List.of(TrafficSelector.of(AddressRange.parse(remote))));
        InstalledSa filled = Slots.fill(Slots.Sa.of(spi, SaDirection.OUTBOUND).selecting(selectors), slot);
        ChildSaId lineage = new ChildSaId(filled.lineage().ikeSa(), spi);
        InstalledSa installed =
                new InstalledSa(filled.key(), SaDirection.OUTBOUND, lineage, filled.policy(), selectors, filled.slot());
        return new OutboundSa(
                installed, new SpiKey(IpsecProtocol.ESP, -spi), 0, new JdkGcm(slot.address(), BUFFERS), sa -> {});
    }

    private static InnerPacket packetTo(String remote) {
        InnerPacket packet = new InnerPacket();
        packet.set(
                true,
                IpProtocol.UDP,
                0,
                Addresses.low(Addresses.parse("192.0.2.7")),
                40_000,
                0,
                Addresses.low(Addresses.parse(remote)),
                53);
        return packet;
    }
}
