package org.sallyport.sad.internal;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.sallyport.sad.internal.World.request;
import static org.sallyport.sad.internal.World.spec;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.sallyport.api.admin.ChildSaView;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.reason.ReasonCode;
import org.sallyport.api.sa.ChildSaId;
import org.sallyport.api.sa.SaSlotLayout;
import org.sallyport.api.sa.SaSuite;
import org.sallyport.api.sa.SpiKey;

class InspectionTest {
    private final World world = World.withPlane();
    private final ChildSaId lineage = world.lineage();

    @Test
    void readsTheCountersOutOfTheSlots() throws Exception {
        SpiKey pair = world.up(spec(lineage).build(), 0x777);
        world.plane.carry(pair, Optional.empty(), 3, 300);
        world.plane.carry(pair, Optional.of(world.plane.sender(0x777)), 2, 120);
        world.plane.receiver(pair).slot().set(JAVA_LONG, SaSlotLayout.DROPPED_REPLAY, 4);
        world.plane.receiver(pair).slot().set(JAVA_LONG, SaSlotLayout.DROPPED_SELECTORS, 1);
        world.pass(Duration.ofSeconds(50));

        ChildSaView view = world.sad.inspection().list().getFirst();
        assertThat(view.state()).isEqualTo("active");
        assertThat(view.algorithms()).isEqualTo("aes256gcm16-esn");
        assertThat(view.selectors()).isEqualTo("10.1.0.0/24 === 10.2.0.0/24");
        assertThat(view.age()).isEqualTo(Duration.ofSeconds(50));
        assertThat(view.received()).isEqualTo(new ChildSaView.Traffic(3, 300));
        assertThat(view.sent()).isEqualTo(new ChildSaView.Traffic(2, 120));
        assertThat(view.sequence()).isEqualTo(2);
        assertThat(view.windowTop()).isEqualTo(3);
        assertThat(view.dropped()).isEqualTo(5);
        assertThat(view.totals()).isEqualTo(420);
    }

    @Test
    void totalsGoOnOverRekeys() throws Exception {
        SpiKey first = world.up(spec(lineage).build(), 1);
        world.plane.carry(first, Optional.empty(), 1, 1000);
        SpiKey second = world.up(spec(lineage).build(), 2);
        world.plane.carry(second, Optional.empty(), 1, 30);
        world.sad.table().delete(first, Reason.of(ReasonCode.REKEYED));
        assertThat(world.sad.inspection().list())
                .extracting(ChildSaView::totals)
                .containsExactly(1030L);
    }

    @Test
    void feedsPairsByTheirInboundSpi() throws Exception {
        SpiKey pair = world.reserve();
        assertThat(world.sad.inspection().feed().values()).isEmpty();
        world.sad.table().installInbound(pair, spec(lineage).build(), World.keys(1));
        assertThat(state()).isEqualTo("installing");
        world.sad.table().activateOutbound(pair, 7, World.keys(2));
        assertThat(state()).isEqualTo("active");
        world.sad.table().retire(pair);
        assertThat(state()).isEqualTo("retired");
        world.sad.table().delete(pair, Reason.of(ReasonCode.REKEYED));
        assertThat(world.sad.inspection().feed().values()).isEmpty();
    }

    private String state() {
        return world.sad.inspection().feed().values().getFirst().state();
    }

    @Test
    void publishesTheUseCountSoonAfterItChanged() throws Exception {
        world.up(spec(lineage).build(), 1);
        world.sad.leases().lease(lineage, request(1, 80));
        world.sad.leases().lease(lineage, request(2, 80));
        assertThat(world.sad.inspection().list().getFirst().useCount()).isEqualTo(2);
        world.pass(Duration.ofMillis(200));
        assertThat(world.sad.inspection().feed().values().getFirst().useCount()).isEqualTo(2);
        world.sad.leases().ended(new org.sallyport.api.sa.LeaseHolder.Socket(1));
        world.pass(Duration.ofMillis(200));
        assertThat(world.sad.inspection().feed().values().getFirst().useCount()).isEqualTo(1);
    }

    @Test
    void showsTheReplayWindowFromItsTopDown() {
        MemorySegment slot = MemorySegment.ofArray(new long[SaSlotLayout.SIZE / 8]);
        slot.set(JAVA_LONG, SaSlotLayout.SEQUENCE, 8194);
        // 8194 and 8192 were seen, 8193 was not, 8191 was: bits 2, 0 and 8191.
        slot.set(JAVA_BYTE, SaSlotLayout.REPLAY_BITMAP, (byte) 0b101);
        slot.set(JAVA_BYTE, SaSlotLayout.REPLAY_BITMAP + 1023, (byte) 0x80);
        assertThat(Counters.window(slot)).isEqualTo("b000000000000000");
    }

    @Test
    void namesAlgorithms() {
        assertThat(Inspection.algorithms(new SaSuite(20, 128, 0, false))).isEqualTo("aes128gcm16-noesn");
        assertThat(Inspection.algorithms(new SaSuite(12, 256, 12, true))).isEqualTo("aes256-sha256-esn");
        assertThat(Inspection.algorithms(new SaSuite(28, 0, 0, true))).isEqualTo("chacha20poly1305-esn");
        assertThat(Inspection.algorithms(new SaSuite(0, 0, 14, true))).isEqualTo("sha512-esn");
        assertThat(Inspection.algorithms(new SaSuite(0, 0, 9, false))).isEqualTo("aes128gmac-noesn");
        assertThat(Inspection.algorithms(new SaSuite(3, 0, 2, false))).isEqualTo("encryption#3-integrity#2-noesn");
    }
}
