package org.sallyport.classifier.internal.flow;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.Example;
import org.sallyport.api.flow.AddressRange;
import org.sallyport.api.flow.Addresses;
import org.sallyport.api.flow.IpProtocol;
import org.sallyport.api.flow.Selectors;
import org.sallyport.api.flow.TrafficSelector;
import org.sallyport.api.policy.Action;
import org.sallyport.api.policy.PolicyGeneration;
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

class FlowCacheTest {
    private static final CryptoBuffers BUFFERS = new CryptoBuffers();
    private static final int FLOWS = 10_000;

    private final Arena arena = Arena.ofAuto();
    private final PolicyGeneration policies = FixedPolicies.of(Action.PROTECT);
    /** The cache asks for the policies with each packet, the table once more with each decision. */
    private final AtomicInteger asked = new AtomicInteger();

    private final OutboundTable table = new OutboundTable(() -> {
        asked.incrementAndGet();
        return policies;
    });
    private final FlowCache cache = new FlowCache(table);

    @Example
    void tenThousandFlowsAreDecidedHardlyMoreThanOnce() {
        table.add(sa(1, "10.0.0.0/8"));
        assertThat(decisions()).isEqualTo(FLOWS);
        for (int round = 0; round < 5; round++) {
            assertThat(decisions()).isLessThan(FLOWS / 100);
        }
    }

    private int decisions() {
        asked.set(0);
        for (int i = 0; i < FLOWS; i++) {
            cache.find(packetTo(i));
        }
        return asked.get() - FLOWS;
    }

    @Example
    void nothingIsBelievedThatTheTableNoLongerSays() {
        OutboundSa whole = sa(1, "10.0.0.0/8");
        OutboundSa host = sa(2, "10.0.0.7");
        assertThat(cache.find(packetTo(7))).isSameAs(DropReason.NO_SA);
        table.add(whole);
        assertThat(cache.find(packetTo(7))).isSameAs(whole);
        assertThat(cache.find(packetTo(8))).isSameAs(whole);
        table.add(host);
        assertThat(cache.find(packetTo(7))).isSameAs(host);
        assertThat(cache.find(packetTo(8))).isSameAs(whole);
        table.remove(host.slot());
        assertThat(cache.find(packetTo(7))).isSameAs(whole);
        table.remove(whole.slot());
        assertThat(cache.find(packetTo(7))).isSameAs(DropReason.NO_SA);
        assertThat(cache.find(packetTo(8))).isSameAs(DropReason.NO_SA);
    }

    /** Whatever meets whatever in the same places, no flow gets the answer of another. */
    @Example
    void everyFlowKeepsItsOwnAnswerWhileOthersComeAndGo() {
        OutboundSa even = sa(1, "10.0.0.0/8");
        OutboundSa odd = sa(2, "11.0.0.0/8");
        table.add(even);
        table.add(odd);
        for (int i = 0; i < 20 * FLOWS; i++) {
            boolean toEven = i % 2 == 0;
            assertThat(cache.find(packetTo((toEven ? 0 : 1 << 24) + i * 7 % (4 * FLOWS))))
                    .isSameAs(toEven ? even : odd);
            if (i % FLOWS == 0) {
                table.remove(odd.slot());
                table.add(odd);
            }
        }
    }

    private OutboundSa sa(int spi, String remote) {
        MemorySegment slot = arena.allocate(SaSlotLayout.SIZE, 64);
        Selectors selectors = new Selectors(
                List.of(TrafficSelector.of(AddressRange.ANY_IPV4)),
                List.of(TrafficSelector.of(AddressRange.parse(remote))));
        InstalledSa installed =
                Slots.fill(Slots.Sa.of(spi, SaDirection.OUTBOUND).selecting(selectors), slot);
        return new OutboundSa(
                installed, new SpiKey(IpsecProtocol.ESP, -spi), 0, new JdkGcm(slot.address(), BUFFERS), sa -> {});
    }

    private static InnerPacket packetTo(int host) {
        InnerPacket packet = new InnerPacket();
        packet.set(
                true,
                IpProtocol.UDP,
                0,
                Addresses.low(Addresses.parse("192.0.2.7")),
                40_000,
                0,
                Addresses.low(Addresses.parse("10.0.0.0")) + host,
                53);
        return packet;
    }
}
