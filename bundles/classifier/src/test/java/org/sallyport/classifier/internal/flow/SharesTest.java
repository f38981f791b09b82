package org.sallyport.classifier.internal.flow;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.sallyport.api.flow.AddressRange;
import org.sallyport.api.flow.Addresses;
import org.sallyport.api.flow.IpProtocol;
import org.sallyport.api.flow.Selectors;
import org.sallyport.api.flow.TrafficSelector;
import org.sallyport.api.policy.Action;
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

/** Which SA of several for the same selectors a packet goes by (RFC 9611, RFC 4301 section 4.1). */
class SharesTest {
    private static final CryptoBuffers BUFFERS = new CryptoBuffers();
    private static final int EF = 46;
    private static final int AF41 = 34;
    private static final int WORKERS = 4;

    private final Arena arena = Arena.ofAuto();
    private OutboundTable table = new OutboundTable(() -> FixedPolicies.of(Action.PROTECT));
    private final MemorySegment packet = arena.allocate(64);
    private final List<Long> wishes = new ArrayList<>();
    private final Map<Long, MemorySegment> slots = new HashMap<>();
    private long now = Shares.PATIENCE_NANOS * 5;
    private int spis;

    @Example
    void aDscpOfAGroupGoesByItsOwnAndOthersByTheOrdinaryOne() {
        OutboundSa ordinary = ordinary(1);
        OutboundSa voice = beside(1, 1);
        OutboundSa video = beside(1, 2);
        assertThat(by(ordinary, EF, true)).isSameAs(voice);
        assertThat(by(ordinary, AF41, false)).isSameAs(video);
        assertThat(by(ordinary, 0, true)).isSameAs(ordinary);
        assertThat(by(ordinary, 63, false)).isSameAs(ordinary);
        assertThat(table.decide(packetTo(1)))
                .as("found is the ordinary one, by its flow")
                .isSameAs(ordinary);
        assertThat(wishes).isEmpty();
    }

    @Example
    void withoutOneItGoesByTheOrdinaryOneAndOneIsWishedForOnce() {
        OutboundSa ordinary = ordinary(1);
        for (int i = 0; i < 10; i++) {
            assertThat(by(ordinary, EF, true)).isSameAs(ordinary);
            assertThat(by(ordinary, 0, true)).isSameAs(ordinary);
        }
        assertThat(wishes).containsExactly(1L << 1);
        by(ordinary, AF41, true);
        assertThat(wishes).containsExactly(1L << 1, 1L << 2);
        now += Shares.PATIENCE_NANOS;
        by(ordinary, EF, true);
        assertThat(wishes).hasSize(2);
        now++;
        by(ordinary, EF, true);
        by(ordinary, EF, true);
        assertThat(wishes).hasSize(3);
    }

    @Example
    void onesThatGoLeaveTheirPacketsToTheOrdinaryOne() {
        OutboundSa ordinary = ordinary(1);
        OutboundSa voice = beside(1, 1);
        OutboundSa successor = beside(1, 1);
        assertThat(by(ordinary, EF, true)).isSameAs(successor);
        table.remove(successor.slot());
        assertThat(by(ordinary, EF, true)).isSameAs(voice);
        table.remove(voice.slot());
        assertThat(by(ordinary, EF, true)).isSameAs(ordinary);
        assertThat(wishes).hasSize(1);
    }

    /** Those are added in the order of their activation: after its rekey the ordinary one comes last. */
    @Example
    void successorsOfTheOrdinaryOneHaveTheSameBesideThem() {
        OutboundSa voice = beside(1, 1);
        OutboundSa first = ordinary(1);
        OutboundSa second = ordinary(1);
        assertThat(by(first, EF, true)).isSameAs(voice);
        table.remove(first.slot());
        assertThat(by(second, EF, true)).isSameAs(voice);
        table.remove(second.slot());
        table.remove(voice.slot());
        assertThat(by(ordinary(1), EF, true)).as("nothing is left behind").isNotSameAs(voice);
    }

    @Example
    void eachWorkerHasOneCountedFromThatOfTheOrdinaryOne() {
        OutboundSa ordinary = ordinary(1, 2);
        Objects.requireNonNull(slots.get(ordinary.slot()))
                .set(JAVA_INT, SaSlotLayout.SHARING, SaSlotLayout.SHARING_BY_WORKER);
        OutboundSa next = beside(1, 1);
        assertThat(ordinary.forPacket(packet.address(), true, 2, WORKERS, now)).isSameAs(ordinary);
        assertThat(ordinary.forPacket(packet.address(), true, 3, WORKERS, now)).isSameAs(next);
        assertThat(ordinary.forPacket(packet.address(), true, 0, WORKERS, now)).isSameAs(ordinary);
        assertThat(wishes).containsExactly(1L << 2);
    }

    /** Who asks for an SA, or leases it, knows the ordinary one only. */
    @Example
    void flowsThatComeByOneBelongToTheOrdinaryOne() {
        MemorySegment slot = arena.allocate(SaSlotLayout.SIZE, 64);
        InstalledSa filled = Slots.fill(Slots.Sa.of(7, SaDirection.INBOUND), slot);
        assertThat(new InboundSa(filled, new JdkGcm(slot.address(), BUFFERS)).lineage())
                .isEqualTo(filled.lineage());
        slot.set(JAVA_INT, SaSlotLayout.SHARE, 1);
        slot.set(JAVA_LONG, SaSlotLayout.FALLBACK, 99);
        assertThat(new InboundSa(filled, new JdkGcm(slot.address(), BUFFERS)).lineage())
                .isEqualTo(new ChildSaId(filled.lineage().ikeSa(), 99));
    }

    /** Whatever comes and goes: a packet goes by an SA of its flow's lineage, of its own group, that is still there. */
    @Property(tries = 300)
    void noPacketGoesByAnothersSa(@ForAll @Size(max = 60) List<@IntRange(max = 999) Integer> steps) {
        table = new OutboundTable(() -> FixedPolicies.of(Action.PROTECT));
        Map<Long, OutboundSa> ordinary = new LinkedHashMap<>();
        List<OutboundSa> beside = new ArrayList<>();
        for (int step : steps) {
            long lineage = 1L + step % 3;
            int share = step / 3 % 3;
            boolean goes = step / 9 % 3 == 0;
            if (share == 0 && goes) {
                OutboundSa gone = ordinary.remove(lineage);
                if (gone != null) {
                    table.remove(gone.slot());
                }
            } else if (share == 0) {
                OutboundSa before = ordinary.put(lineage, ordinary((int) lineage));
                if (before != null) {
                    table.remove(before.slot());
                }
            } else if (!goes) {
                beside.add(beside((int) lineage, share));
            } else if (!beside.isEmpty()) {
                table.remove(beside.remove(step % beside.size()).slot());
            }
            now += step;
            for (Map.Entry<Long, OutboundSa> each : ordinary.entrySet()) {
                assertThat(table.decide(packetTo(each.getKey().intValue()))).isSameAs(each.getValue());
                look(each.getKey(), each.getValue(), beside);
            }
        }
    }

    private void look(long lineage, OutboundSa ordinary, List<OutboundSa> beside) {
        int[] dscps = {0, EF, AF41};
        for (int share = 0; share < dscps.length; share++) {
            int wanted = share;
            OutboundSa expected = beside.stream()
                    .filter(sa -> sa.fallback() == lineage && sa.share() == wanted)
                    .reduce((first, second) -> second)
                    .orElse(ordinary);
            assertThat(by(ordinary, dscps[share], true)).isSameAs(expected);
        }
    }

    private OutboundSa by(OutboundSa found, int dscp, boolean ipv4) {
        packet.set(JAVA_BYTE, 0, (byte) (ipv4 ? 0x45 : 0x60 | dscp >> 2));
        packet.set(JAVA_BYTE, 1, (byte) (ipv4 ? dscp << 2 | 3 : (dscp & 3) << 6 | 0x30));
        return found.forPacket(packet.address(), ipv4, 0, WORKERS, now);
    }

    private OutboundSa ordinary(int lineage) {
        return ordinary(lineage, 0);
    }

    private OutboundSa ordinary(int lineage, int owner) {
        return added(lineage, lineage, 0, owner);
    }

    private OutboundSa beside(int fallback, int share) {
        return added(1000 + spis, fallback, share, 0);
    }

    private OutboundSa added(int lineage, int fallback, int share, int owner) {
        int spi = ++spis;
        MemorySegment slot = arena.allocate(SaSlotLayout.SIZE, 64);
        Selectors selectors = new Selectors(
                List.of(TrafficSelector.of(AddressRange.ANY_IPV4)),
                List.of(TrafficSelector.of(AddressRange.parse("10.2." + fallback + ".0/24"))));
        InstalledSa filled = Slots.fill(Slots.Sa.of(spi, SaDirection.OUTBOUND).selecting(selectors), slot);
        slot.set(JAVA_INT, SaSlotLayout.SHARE, share);
        slot.set(JAVA_LONG, SaSlotLayout.FALLBACK, fallback);
        slot.set(JAVA_INT, SaSlotLayout.SHARING, SaSlotLayout.SHARING_BY_DSCP);
        slot.set(JAVA_BYTE, SaSlotLayout.DSCP_SHARES + EF, (byte) 1);
        slot.set(JAVA_BYTE, SaSlotLayout.DSCP_SHARES + AF41, (byte) 2);
        InstalledSa installed = new InstalledSa(
                filled.key(),
                SaDirection.OUTBOUND,
                new ChildSaId(filled.lineage().ikeSa(), lineage),
                filled.policy(),
                selectors,
                slot);
        OutboundSa sa = new OutboundSa(
                installed, new SpiKey(IpsecProtocol.ESP, -spi), owner, new JdkGcm(slot.address(), BUFFERS), this::wish);
        slots.put(sa.slot(), slot);
        table.add(sa);
        return sa;
    }

    private void wish(OutboundSa sa) {
        Shares shares = sa.shares();
        wishes.add(shares == null ? -1 : shares.takeWishes());
    }

    private static InnerPacket packetTo(int lineage) {
        InnerPacket packet = new InnerPacket();
        packet.set(
                true,
                IpProtocol.UDP,
                0,
                Addresses.low(Addresses.parse("192.0.2.7")),
                40_000,
                0,
                Addresses.low(Addresses.parse("10.2." + lineage + ".7")),
                53);
        return packet;
    }
}
