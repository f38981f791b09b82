package org.sallyport.classifier.internal.worker;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.foreign.Arena;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sallyport.api.flow.Addresses;
import org.sallyport.api.flow.HostPair;
import org.sallyport.api.policy.Action;
import org.sallyport.api.policy.PacketRefusal;
import org.sallyport.api.sa.InstalledSa;
import org.sallyport.api.sa.IpsecProtocol;
import org.sallyport.api.sa.SaDirection;
import org.sallyport.api.sa.SaSlotLayout;
import org.sallyport.api.sa.SpiKey;
import org.sallyport.classifier.internal.FixedPolicies;
import org.sallyport.classifier.internal.OpenCipher;
import org.sallyport.classifier.internal.Slots;
import org.sallyport.classifier.internal.flow.Drops;
import org.sallyport.classifier.internal.flow.FlowTable;
import org.sallyport.classifier.internal.flow.InboundSa;
import org.sallyport.classifier.internal.flow.OutboundSa;
import org.sallyport.classifier.internal.flow.OutboundTable;
import org.sallyport.classifier.internal.flow.ReservedSpis;
import org.sallyport.classifier.internal.flow.SpiTable;
import org.sallyport.classifier.internal.packet.Coalescer;
import org.sallyport.classifier.internal.packet.InnerPacket;
import org.sallyport.classifier.internal.packet.TunnelEcn;
import org.sallyport.classifier.internal.parking.EarlyPackets;
import org.sallyport.classifier.internal.parking.GateCaller;
import org.sallyport.classifier.internal.parking.ParkedFlow;
import org.sallyport.classifier.internal.parking.ParkedPackets;
import org.sallyport.classifier.internal.parking.ParkingBounds;
import org.sallyport.classifier.internal.parking.ParkingCounters;
import org.sallyport.linux.memory.RawMemory;
import org.sallyport.linux.netlink.Family;
import org.sallyport.linux.poll.Wakeup;
import org.sallyport.linux.raw.RawProtocol;
import org.sallyport.linux.tun.TunQueue;
import org.sallyport.linux.tun.VirtioHeader;
import org.sallyport.linux.udp.ReceiveBatch;
import org.sallyport.linux.udp.SendBatch;
import org.sallyport.linux.udp.UdpDestination;

/** On the way of a packet nothing is allocated, whatever the cipher itself may need. */
class AllocationTest {
    private static final int PACKETS = 200_000;
    private static final int SPI = 900;

    private final Arena arena = Arena.ofAuto();

    /** Has always one more packet to read, and forgets what is written. */
    private static final class EndlessTun implements TunQueue {
        private final byte[] packet = Bench.concat(new byte[VirtioHeader.SIZE], HostileInputTest.packet(1200));
        private int left;

        @Override
        public int read(long address, int capacity) {
            if (left == 0) {
                return 0;
            }
            left--;
            RawMemory.copyIn(packet, 0, address, packet.length);
            return packet.length;
        }

        @Override
        public int write(long vectors, int count) {
            return 1;
        }

        @Override
        public int descriptor() {
            return -1;
        }
    }

    /** One object for both directions: sends nowhere, receives what was sealed last with the next number. */
    private static final class EndlessSocket implements SendBatch, ReceiveBatch, UdpDestination {
        private final long buffer;
        private final long last;
        private int used;
        private int waiting;
        private int length;
        private int number;

        EndlessSocket(Arena arena) {
            buffer = arena.allocate(1 << 20, 64).address();
            last = arena.allocate(BUFFER_SIZE, 64).address();
        }

        @Override
        public long reserve(int octets) {
            return used + octets > 1 << 20 ? 0 : buffer + used;
        }

        @Override
        public void commit(int octets, UdpDestination destination, int trafficClass, boolean whole) {
            length = octets;
            RawMemory.copy(buffer + used, last, octets);
            used += octets;
            waiting++;
        }

        void sent() {
            used = 0;
            waiting = 0;
        }

        void next() {
            RawMemory.putNetInt(last + 4, ++number);
            // in tunnel mode the inner ECN field, which a mark outside changes
            RawMemory.putByte(last + 17, TunnelEcn.ECT_0);
        }

        @Override
        public int datagrams() {
            return waiting;
        }

        @Override
        public long refused() {
            return 0;
        }

        @Override
        public int lastErrno() {
            return 0;
        }

        @Override
        public int count() {
            return 1;
        }

        @Override
        public long address(int index) {
            return last;
        }

        @Override
        public int length(int index) {
            return length;
        }

        @Override
        public int segment(int index) {
            return length;
        }

        @Override
        public int trafficClass(int index) {
            return TunnelEcn.CE;
        }

        @Override
        public long remoteHigh(int index) {
            return 0;
        }

        @Override
        public long remoteLow(int index) {
            return 0;
        }

        @Override
        public int remotePort(int index) {
            return 4500;
        }
    }

    /** One SA in each direction; in transport mode its checksums are repaired too. */
    private static Slots.Sa sa(SaDirection direction, boolean transport) {
        Slots.Sa sa = Slots.Sa.of(SPI, direction);
        HostPair there = new HostPair(Addresses.parse("10.0.0.0"), Addresses.parse("10.0.0.2"));
        HostPair here = there.reversed();
        if (!transport) {
            return sa;
        }
        return direction == SaDirection.OUTBOUND
                ? sa.transporting(there)
                : sa.transporting(here).seenAs(new HostPair(Addresses.parse("192.0.2.1"), there.local()));
    }

    @ParameterizedTest
    @CsvSource({"false, false", "true, false", "false, true", "true, true"})
    void neitherWayAllocates(boolean transport, boolean raw) {
        EndlessSocket wire = new EndlessSocket(arena);
        FakeSocket lease = new FakeSocket() {
            @Override
            public int receive(ReceiveBatch batch) {
                wire.next();
                return 1;
            }

            @Override
            public int send(SendBatch batch) {
                wire.sent();
                return 1;
            }

            @Override
            public UdpDestination destination(InetSocketAddress local, InetSocketAddress remote) {
                return wire;
            }

            @Override
            public ReceiveBatch newReceiveBatch(Arena ignored, int capacity) {
                return wire;
            }

            @Override
            public SendBatch newSendBatch(Arena ignored, int octets, boolean segmentation) {
                return wire;
            }
        };
        EndlessTun tun = new EndlessTun();
        tun.packet[VirtioHeader.SIZE + 26] = 1; // a checksum, to be repaired
        tun.packet[VirtioHeader.SIZE + 1] = TunnelEcn.ECT_0;
        OutboundTable outbound = new OutboundTable(() -> FIXED);
        InstalledSa out = Slots.fill(sa(SaDirection.OUTBOUND, transport), arena.allocate(SaSlotLayout.SIZE, 64));
        if (raw) {
            out.slot().set(JAVA_INT, SaSlotLayout.PATH_ENCAPSULATION, SaSlotLayout.ENCAPSULATION_RAW);
        }
        out.slot().set(JAVA_INT, SaSlotLayout.TFC_PADDING, SaSlotLayout.TFC_FITTING);
        // what is wanted beside it does not come to stand: its packets are looked at, and go by this one
        out.slot().set(JAVA_INT, SaSlotLayout.SHARING, SaSlotLayout.SHARING_BY_DSCP);
        out.slot().asSlice(SaSlotLayout.DSCP_SHARES, 64).fill((byte) 1);
        outbound.add(new OutboundSa(out, new SpiKey(IpsecProtocol.ESP, SPI), 0, new OpenCipher(), sa -> {}));
        SpiTable inbound = new SpiTable();
        InstalledSa in = Slots.fill(sa(SaDirection.INBOUND, transport), arena.allocate(SaSlotLayout.SIZE, 64));
        inbound.put(new InboundSa(in, new OpenCipher()));
        try (Wakeup wakeup = new Wakeup();
                GateCaller caller = new GateCaller(() -> null, List.of(), 10)) {
            Quiescence point = new Quiescence();
            Handover alone = new Handover(arena, new Quiescence[] {point}, new Wakeup[] {wakeup});
            Doorbell doorbell = new Doorbell(point, wakeup);
            Answers answers = new Answers(arena, doorbell);
            ParkingLot lot = new ParkingLot(
                    new ParkingBounds(64, 64, 1 << 20, 16, ParkingBounds.LONGEST),
                    new ParkingCounters(),
                    caller,
                    outbound,
                    new Drops(),
                    answers,
                    doorbell,
                    arena);
            Egress egress = new Egress(
                    0,
                    tun,
                    lease,
                    outbound,
                    alone,
                    new FlowTable(true, entry -> true),
                    lot,
                    new Drops(),
                    new ProblemLog(),
                    () -> 1,
                    arena,
                    true,
                    1400,
                    new TooLong(answers, remote -> {}, arena));
            Ingress ingress = new Ingress(
                    0,
                    lease,
                    inbound,
                    new Forerunners(new EarlyPackets(arena), new ReservedSpis(), inbound, new Drops()),
                    outbound,
                    new FlowTable(false, entry -> true),
                    new Coalescer(arena, tun, true),
                    alone,
                    answers,
                    new Drops(),
                    new ProblemLog(),
                    () -> 1,
                    arena,
                    1400);
            if (raw) {
                egress.carryRaw(RawProtocol.ESP, Family.IPV4, lease);
                ingress.carryRaw(RawProtocol.ESP, Family.IPV6, lease);
            }
            assertThat(allocated(() -> {
                        tun.left = 64;
                        egress.runBatch();
                    }))
                    .isLessThan(PACKETS / 10);
            assertThat(Bench.counter(out, SaSlotLayout.PACKETS)).isGreaterThan(PACKETS);
            assertThat(allocated(ingress::runBatch)).isLessThan(PACKETS / 10);
            assertThat(Bench.counter(in, SaSlotLayout.PACKETS)).isGreaterThan(PACKETS / 64);
        }
    }

    @Test
    void whatFollowsAParkedPacketAllocatesNothing() {
        ParkedPackets parked = new ParkedPackets(
                new ParkingBounds(64, 64, 1 << 20, 16, ParkingBounds.LONGEST), new ParkingCounters(), flow -> {});
        long buffer = arena.allocate(TunQueue.READ_SIZE, 64).address();
        byte[] octets = Bench.concat(new byte[VirtioHeader.SIZE], HostileInputTest.packet(1400));
        RawMemory.copyIn(octets, 0, buffer, octets.length);
        InnerPacket packet = new InnerPacket();
        assertThat(packet.parse(buffer + VirtioHeader.SIZE, 1400)).isTrue();
        ParkedFlow flow = Objects.requireNonNull(parked.open(packet, PacketRefusal.SILENCE, 1));
        parked.add(flow, buffer, octets.length, packet);
        assertThat(allocated(() -> {
                    parked.beginBatch();
                    for (int i = 0; i < 20; i++) {
                        parked.add(Objects.requireNonNull(parked.find(packet)), buffer, octets.length, packet);
                    }
                    while (flow.packets() > 1) {
                        parked.copyOldest(flow, buffer);
                        parked.removeOldest(flow);
                    }
                }))
                .isLessThan(PACKETS / 10);
    }

    @Test
    void whatComesBeforeItsSaAllocatesNothing() {
        ReservedSpis reserved = new ReservedSpis();
        SpiTable table = new SpiTable();
        Forerunners early = new Forerunners(new EarlyPackets(arena), reserved, table, new Drops());
        InboundSa sa = new InboundSa(
                Slots.fill(sa(SaDirection.INBOUND, false), arena.allocate(SaSlotLayout.SIZE, 64)), new OpenCipher());
        long buffer = arena.allocate(1400, 64).address();
        Forerunners.Entrance entrance = (by, at, length, trafficClass) -> {};
        reserved.add(SPI);
        assertThat(allocated(() -> {
                    for (int i = 0; i < 20; i++) {
                        early.take(SPI, buffer, 1400, 0, 1);
                        early.take(SPI + 1, buffer, 1400, 0, 1);
                    }
                    table.put(sa);
                    early.work(1, entrance);
                    table.remove(SPI);
                }))
                .isLessThan(PACKETS / 10);
    }

    private static final FixedPolicies FIXED = FixedPolicies.of(Action.PROTECT);

    /** Returns the octets that many batches allocate once the code is warm. */
    private static long allocated(Runnable batch) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        for (int i = 0; i < PACKETS / 4; i++) {
            batch.run();
        }
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < PACKETS / 64; i++) {
            batch.run();
        }
        return threads.getCurrentThreadAllocatedBytes() - before;
    }
}
