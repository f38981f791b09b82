package org.sallyport.classifier.internal.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.sallyport.api.flow.Addresses;
import org.sallyport.api.flow.Flow;
import org.sallyport.api.sa.InstalledSa;
import org.sallyport.api.sa.SaDirection;
import org.sallyport.api.sa.SaSlotLayout;
import org.sallyport.classifier.internal.Slots;
import org.sallyport.classifier.internal.flow.DropReason;
import org.sallyport.classifier.internal.packet.InnerPacket;

/** Every auditable event leaves a trace, and a flood of them only a short one. */
class AuditLogTest {
    private static final long MAPPED = 0xffffL << 32;

    private final List<AuditEvent> events = new ArrayList<>();
    private final List<String> suppressed = new ArrayList<>();
    private final AtomicLong clock = new AtomicLong();
    private final AuditRing ring = new AuditRing();
    private final AuditLog log = new AuditLog(List.of(ring), clock::get, new AuditLog.Sink() {
        @Override
        public void event(AuditEvent event) {
            events.add(event);
        }

        @Override
        public void suppressed(DropReason reason, long number) {
            suppressed.add(reason + " " + number);
        }
    });

    @Test
    void whatIsKnownIsTold() {
        try (Arena arena = Arena.ofConfined()) {
            InstalledSa sa =
                    Slots.fill(Slots.Sa.of(0x1234, SaDirection.INBOUND), arena.allocate(SaSlotLayout.SIZE, 64));
            InnerPacket inner = new InnerPacket();
            inner.set(true, 6, 0, 0x0a000001, 80, 0, 0x0a000002, 1000);
            long slot = sa.slot().address();
            ring.inbound(DropReason.UNKNOWN_SPI, 0x55, 7, 0, 0, MAPPED | 0xc6336401L, null);
            ring.inbound(DropReason.SELECTORS, 0x1234, 8, slot, 0x20010db800000000L, 5, inner);
            ring.outbound(DropReason.SEQUENCE_LIMIT, slot, inner);
            ring.inbound(DropReason.KEEP_ALIVE, 0, 0, 0, 0, 0, null);
            log.work();
            Flow flow = new Flow(0, 6, Addresses.parse("10.0.0.1"), 80, Addresses.parse("10.0.0.2"), 1000);
            assertThat(events)
                    .containsExactly(
                            new AuditEvent(
                                    DropReason.UNKNOWN_SPI,
                                    0x55,
                                    7,
                                    Optional.of(Addresses.parse("198.51.100.1")),
                                    Optional.empty(),
                                    Optional.empty()),
                            new AuditEvent(
                                    DropReason.SELECTORS,
                                    0x1234,
                                    8,
                                    Optional.of(Addresses.parse("2001:db8::5")),
                                    Optional.of(Addresses.parse("192.0.2.1")),
                                    Optional.of(flow)),
                            new AuditEvent(
                                    DropReason.SEQUENCE_LIMIT,
                                    0x1234,
                                    0,
                                    Optional.of(Addresses.parse("192.0.2.1")),
                                    Optional.of(Addresses.parse("192.0.2.2")),
                                    Optional.of(flow)));
        }
    }

    @Test
    void aFloodLeavesTenLinesInASecondAndANumber() {
        for (int i = 0; i < 10_000; i++) {
            ring.inbound(DropReason.REPLAY, 1, i, 0, 0, MAPPED | 1, null);
        }
        ring.inbound(DropReason.INTEGRITY, 1, 1, 0, 0, MAPPED | 1, null);
        log.work();
        ring.inbound(DropReason.INTEGRITY, 1, 1, 0, 0, MAPPED | 1, null);
        log.work();
        assertThat(events.stream().filter(e -> e.reason() == DropReason.REPLAY)).hasSize(10);
        assertThat(events.stream().filter(e -> e.reason() == DropReason.INTEGRITY))
                .hasSize(1);
        clock.set(1_000_000_000L);
        ring.inbound(DropReason.REPLAY, 1, 1, 0, 0, MAPPED | 1, null);
        log.work();
        assertThat(suppressed).containsExactlyInAnyOrder("REPLAY 9990", "INTEGRITY 1");
        assertThat(events.stream().filter(e -> e.reason() == DropReason.REPLAY)).hasSize(11);
        clock.set(2_000_000_000L);
        log.work();
        assertThat(suppressed).hasSize(2);
    }
}
