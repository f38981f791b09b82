package org.sallyport.classifier.internal.worker;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.sallyport.api.flow.PacketGate;
import org.sallyport.api.policy.PolicyGeneration;
import org.sallyport.api.sa.InstalledSa;
import org.sallyport.api.sa.IpsecProtocol;
import org.sallyport.api.sa.SaSlotLayout;
import org.sallyport.api.sa.SpiKey;
import org.sallyport.classifier.internal.Slots;
import org.sallyport.classifier.internal.esp.CryptoBuffers;
import org.sallyport.classifier.internal.esp.JdkGcm;
import org.sallyport.classifier.internal.flow.DropReason;
import org.sallyport.classifier.internal.flow.Drops;
import org.sallyport.classifier.internal.flow.FlowEntry;
import org.sallyport.classifier.internal.flow.FlowTable;
import org.sallyport.classifier.internal.flow.InboundSa;
import org.sallyport.classifier.internal.flow.OutboundSa;
import org.sallyport.classifier.internal.flow.OutboundTable;
import org.sallyport.classifier.internal.flow.ReservedSpis;
import org.sallyport.classifier.internal.flow.SpiTable;
import org.sallyport.classifier.internal.packet.Coalescer;
import org.sallyport.classifier.internal.parking.EarlyPackets;
import org.sallyport.classifier.internal.parking.GateCaller;
import org.sallyport.classifier.internal.parking.ParkingBounds;
import org.sallyport.classifier.internal.parking.ParkingCounters;
import org.sallyport.linux.memory.RawMemory;
import org.sallyport.linux.poll.Wakeup;
import org.sallyport.linux.tun.VirtioHeader;

/** One worker between a socket and a TUN that are not there, driven by hand. */
final class Bench implements AutoCloseable {
    final FakeSocket socket = new FakeSocket();
    final FakeTun tun = new FakeTun();
    final Drops drops = new Drops();
    final SpiTable inbound = new SpiTable();
    final ReservedSpis reserved = new ReservedSpis();
    final Forerunners early;
    final OutboundTable outbound;
    final Ingress ingress;
    final Egress egress;
    final ParkingCounters parked = new ParkingCounters();
    final ParkingLot lot;
    final List<FlowEntry> reported = new ArrayList<>();
    /** To this worker, which is the first one, from the others. */
    final Handover toIngress;

    final Handover toEgress;

    @Nullable
    PolicyGeneration policies;

    long now = 77;
    /** To whom paths were said to take less. */
    final List<InetAddress> narrowed = new ArrayList<>();

    final Answers answers;
    private final Arena arena = Arena.ofShared();
    private final Wakeup wakeup = new Wakeup();
    private final GateCaller caller;

    Bench(@Nullable PolicyGeneration policies) {
        this(policies, null, new ParkingBounds(64, 64, 1 << 20, 16, ParkingBounds.LONGEST));
    }

    Bench(@Nullable PolicyGeneration policies, @Nullable PacketGate gate, ParkingBounds bounds) {
        this(policies, gate, bounds, 1);
    }

    Bench(@Nullable PolicyGeneration policies, @Nullable PacketGate gate, ParkingBounds bounds, int workers) {
        this.policies = policies;
        outbound = new OutboundTable(() -> this.policies);
        Quiescence point = new Quiescence();
        toIngress = handover(point, workers);
        toEgress = handover(point, workers);
        Doorbell doorbell = new Doorbell(point, wakeup);
        answers = new Answers(arena, doorbell);
        ProblemLog problems = new ProblemLog();
        caller = new GateCaller(() -> gate, List.of(parked), 1000);
        lot = new ParkingLot(bounds, parked, caller, outbound, drops, answers, doorbell, arena);
        early = new Forerunners(new EarlyPackets(arena), reserved, inbound, drops);
        ingress = new Ingress(
                0,
                socket,
                inbound,
                early,
                outbound,
                new FlowTable(false, reported::add),
                new Coalescer(arena, tun, true),
                toIngress,
                answers,
                drops,
                problems,
                () -> now,
                arena,
                1400);
        egress = new Egress(
                0,
                tun,
                socket,
                outbound,
                toEgress,
                new FlowTable(true, reported::add),
                lot,
                drops,
                problems,
                () -> now,
                arena,
                true,
                1400,
                new TooLong(answers, narrowed::add, arena));
    }

    private Handover handover(Quiescence point, int workers) {
        Quiescence[] points = Stream.generate(() -> point).limit(workers).toArray(Quiescence[]::new);
        Wakeup[] wakeups = Stream.generate(() -> wakeup).limit(workers).toArray(Wakeup[]::new);
        return new Handover(arena, points, wakeups);
    }

    MemorySegment slot() {
        return arena.allocate(SaSlotLayout.SIZE, 64);
    }

    InstalledSa receiveBy(Slots.Sa sa) {
        InstalledSa installed = Slots.fill(sa, slot());
        inbound.put(new InboundSa(installed, new JdkGcm(installed.slot().address(), new CryptoBuffers())));
        return installed;
    }

    InstalledSa sendBy(Slots.Sa sa) {
        return sendFilled(Slots.fill(sa, slot()));
    }

    InstalledSa sendFilled(InstalledSa installed) {
        outbound.add(new OutboundSa(
                installed,
                new SpiKey(IpsecProtocol.ESP, installed.key().spi() + 1),
                0,
                new JdkGcm(installed.slot().address(), new CryptoBuffers()),
                sa -> {}));
        return installed;
    }

    void receive(byte[] datagram) {
        receive(datagram, datagram.length);
    }

    void receive(byte[] message, int segment) {
        receive(message, segment, 0);
    }

    void receive(byte[] message, int segment, int trafficClass) {
        socket.incoming.add(new FakeSocket.Message(message, segment, trafficClass));
        while (!socket.incoming.isEmpty()) {
            ingress.runBatch();
        }
    }

    /** Gives a packet to the TUN without any offload. */
    void send(byte[] packet) {
        sendWithHeader(concat(new byte[VirtioHeader.SIZE], packet));
    }

    void sendWithHeader(byte[] headerAndPacket) {
        tun.outgoing.add(headerAndPacket);
        while (!tun.outgoing.isEmpty()) {
            egress.runBatch();
        }
        egress.runBatch();
    }

    long dropped(DropReason reason) {
        return drops.of(reason);
    }

    /** Returns how many packets were dropped for any reason. */
    long dropped() {
        long sum = 0;
        for (DropReason reason : DropReason.values()) {
            sum += drops.of(reason);
        }
        return sum;
    }

    /** Returns a packet that was delivered, without its virtio header. */
    byte[] delivered(int index) {
        byte[] written = tun.written.get(index);
        return java.util.Arrays.copyOfRange(written, VirtioHeader.SIZE, written.length);
    }

    static long counter(InstalledSa sa, int offset) {
        return RawMemory.getLong(sa.slot().address() + offset);
    }

    static byte[] hex(String text) {
        return HexFormat.of().parseHex(text);
    }

    static byte[] concat(byte[]... parts) {
        int length = 0;
        for (byte[] part : parts) {
            length += part.length;
        }
        byte[] result = new byte[length];
        int at = 0;
        for (byte[] part : parts) {
            System.arraycopy(part, 0, result, at, part.length);
            at += part.length;
        }
        return result;
    }

    @Override
    public void close() {
        lot.close();
        caller.close();
        wakeup.close();
        arena.close();
    }
}
