package org.sallyport.classifier.internal.worker;

import static org.sallyport.linux.memory.RawMemory.getByte;
import static org.sallyport.linux.memory.RawMemory.netInt;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.sallyport.api.policy.PolicyGeneration;
import org.sallyport.api.sa.SaSlotLayout;
import org.sallyport.classifier.internal.esp.EspFormat;
import org.sallyport.classifier.internal.esp.PacketAead;
import org.sallyport.classifier.internal.esp.ReplayWindow;
import org.sallyport.classifier.internal.flow.DropReason;
import org.sallyport.classifier.internal.flow.Drops;
import org.sallyport.classifier.internal.flow.FlowEntry;
import org.sallyport.classifier.internal.flow.FlowTable;
import org.sallyport.classifier.internal.flow.FragmentMemory;
import org.sallyport.classifier.internal.flow.InboundSa;
import org.sallyport.classifier.internal.flow.OutboundTable;
import org.sallyport.classifier.internal.flow.SlotPath;
import org.sallyport.classifier.internal.flow.SpiTable;
import org.sallyport.classifier.internal.flow.TransportEntry;
import org.sallyport.classifier.internal.packet.Coalescer;
import org.sallyport.classifier.internal.packet.InnerPacket;
import org.sallyport.classifier.internal.packet.TcpOpening;
import org.sallyport.classifier.internal.packet.TrafficClass;
import org.sallyport.classifier.internal.packet.TransportUnpacker;
import org.sallyport.classifier.internal.packet.TunnelEcn;
import org.sallyport.linux.netlink.Family;
import org.sallyport.linux.raw.RawProtocol;
import org.sallyport.linux.tcp.StreamSocket;
import org.sallyport.linux.udp.EspPortLease;
import org.sallyport.linux.udp.EspSocket;
import org.sallyport.linux.udp.PacketSocket;
import org.sallyport.linux.udp.ReceiveBatch;

/** The way in of one worker: socket, SPI, replay check, opening, selectors, TUN. Runs on one thread. */
final class Ingress implements Direction, Forerunners.Entrance, AhInlet.Delivery {
    private static final int MESSAGES = 16;
    private static final int FRAMES = 256;
    /** What goes along to another worker: the traffic class, and above it the connection. */
    private static final int CLASS_BITS = 8;

    private static final int SHORTEST_IKE = 4 + 28;

    private final int worker;
    private final EspPortLease lease;
    private final EspSocket socket;
    private final SpiTable table;
    private final Forerunners early;
    private final OutboundTable policies;
    private final FlowTable carried;
    private final Coalescer tun;
    private final Handover handover;
    private final Answers answers;
    private final Drops drops;
    private final ProblemLog problems;
    private final LongSupplier clock;
    private final int deviceMtu;
    private final ReceiveBatch batch;
    private final InnerPacket packet = new InnerPacket();
    private final InnerPacket quoted = new InnerPacket();
    private final TransportUnpacker unpacker;
    private final Arena arena;
    private final FragmentMemory fragments = new FragmentMemory();
    private long now;
    /** DSCP and ECN field of the header that what is being handled came with. */
    private int outerClass;
    /** Number of the TCP connection that it came by, 0 if by none. */
    private int connection;

    private volatile List<RawInlet> rawInlets = List.of();
    private volatile @Nullable StreamInlet streams;
    private final AhInlet ah;

    private @Nullable PolicyGeneration generation;
    private long generations = 1;

    Ingress(
            int worker,
            EspPortLease lease,
            SpiTable table,
            Forerunners early,
            OutboundTable policies,
            FlowTable carried,
            Coalescer tun,
            Handover handover,
            Answers answers,
            Drops drops,
            ProblemLog problems,
            LongSupplier clock,
            Arena arena,
            int deviceMtu) {
        this.arena = arena;
        this.deviceMtu = deviceMtu;
        this.worker = worker;
        this.lease = lease;
        this.socket = lease.sockets().get(worker);
        this.table = table;
        this.early = early;
        this.policies = policies;
        this.carried = carried;
        this.tun = tun;
        this.handover = handover;
        this.answers = answers;
        this.drops = drops;
        this.problems = problems;
        this.clock = clock;
        this.batch = socket.newReceiveBatch(arena, MESSAGES);
        this.unpacker = new TransportUnpacker(arena);
        this.ah = new AhInlet(worker, handover.workers(), table, drops, this);
    }

    /** Has ESP without UDP, or AH, come by this socket from now on; any thread may. */
    synchronized void carryRaw(RawProtocol protocol, Family family, PacketSocket raw) {
        List<RawInlet> more = new ArrayList<>(rawInlets);
        more.add(new RawInlet(protocol, family, raw, arena, MESSAGES));
        rawInlets = List.copyOf(more);
    }

    /** Has ESP come by streams from now on; any thread may. */
    void carryStreams(StreamSocket socket) {
        streams = new StreamInlet(socket, socket.newReceiveBatch(arena, FRAMES));
    }

    private record StreamInlet(StreamSocket socket, ReceiveBatch batch) {}

    @Override
    public int runBatch() {
        now = clock.getAsLong();
        unpacker.clear();
        PolicyGeneration inForce = policies.generation();
        if (inForce != generation) {
            generation = inForce;
            generations++;
        }
        int handled = (early.waiting() ? early.work(now, this) : 0) + takeHandedOver() + giveAnswers();
        int received = receive();
        tun.flush();
        int failures = tun.takeFailures();
        if (failures > 0) {
            drops.count(DropReason.DELIVERY_REFUSED, failures);
        }
        return received < 0 ? received : handled + received;
    }

    /** What the sockets have: how many packets, or the errno of the first that fails. */
    private int receive() {
        int handled = receiveInUdp();
        List<RawInlet> inlets = rawInlets;
        for (int i = 0; i < inlets.size(); i++) { // by number, which makes no iterator
            RawInlet inlet = inlets.get(i);
            int received = inlet.protocol() == RawProtocol.AH ? receiveAh(inlet) : receiveRaw(inlet);
            handled = both(handled, received);
        }
        StreamInlet tcp = streams;
        return tcp == null ? handled : both(handled, receiveStreams(tcp));
    }

    private static int both(int handled, int received) {
        return handled < 0 || received < 0 ? Math.min(handled, received) : handled + received;
    }

    private int receiveStreams(StreamInlet inlet) {
        ReceiveBatch frames = inlet.batch();
        int received = inlet.socket().receive(frames);
        outerClass = 0;
        for (int i = 0; i < received; i++) {
            if (frames.length(i) < EspFormat.SHORTEST) {
                drops.count(DropReason.MALFORMED_OUTER);
            } else {
                connection = inlet.socket().connection(frames, i);
                route(frames.address(i), frames.length(i));
            }
        }
        connection = 0;
        return received;
    }

    private int receiveInUdp() {
        int received = socket.receive(batch);
        int handled = Math.min(received, 0);
        for (int i = 0; i < received; i++) {
            handled += message(i);
        }
        return handled;
    }

    private int receiveRaw(RawInlet inlet) {
        int received = inlet.receive();
        for (int i = 0; i < received; i++) {
            int header = inlet.headerLength(i);
            int length = inlet.batch().length(i) - header;
            outerClass = inlet.batch().trafficClass(i);
            if (length < EspFormat.SHORTEST) {
                drops.count(DropReason.MALFORMED_OUTER);
            } else {
                route(inlet.batch().address(i) + header, length);
            }
        }
        return received;
    }

    /** The kernel gives each worker what its SAs protect: nothing is handed over. */
    private int receiveAh(RawInlet inlet) {
        int received = inlet.receive();
        for (int i = 0; i < received; i++) {
            outerClass = inlet.batch().trafficClass(i);
            try {
                ah.open(inlet, i);
            } catch (RuntimeException e) {
                drops.count(DropReason.INTERNAL);
                problems.report("receiving a packet", e);
            }
        }
        return received;
    }

    @Override
    public boolean hasWork() {
        return !answers.isEmpty() || (early.waiting() && early.hasWork());
    }

    /** What the thread out has for the senders of packets that could not go. */
    private int giveAnswers() {
        int handled = 0;
        while (handled < MESSAGES && !answers.isEmpty()) {
            if (packet.parse(answers.address(), answers.length())) {
                tun.add(answers.address(), packet);
                tun.flush();
            }
            answers.release();
            handled++;
        }
        return handled;
    }

    private int takeHandedOver() {
        int handled = 0;
        for (int from = 0; from < handover.workers(); from++) {
            PacketRing ring = handover.ring(from, worker);
            if (ring == null) {
                continue;
            }
            handled += take(ring);
        }
        return handled;
    }

    /** From each as much as from any other: who sends a lot does not keep the others waiting. */
    private int take(PacketRing ring) {
        int handled = 0;
        for (long entry = ring.peek(); entry != 0 && handled < MESSAGES; entry = ring.peek()) {
            outerClass = PacketRing.note(entry) & 0xff;
            connection = PacketRing.note(entry) >>> CLASS_BITS;
            handle(entry + 8, PacketRing.length(entry));
            connection = 0;
            tun.flush();
            ring.release();
            handled++;
        }
        return handled;
    }

    /** Every datagram of a message that receive offload joined is looked at anew; one alone may be empty. */
    private int message(int index) {
        long address = batch.address(index);
        int length = batch.length(index);
        int segment = batch.segment(index);
        outerClass = batch.trafficClass(index);
        int handled = 0;
        int offset = 0;
        do {
            datagram(index, address, offset, Math.min(segment, length - offset));
            handled++;
            offset += segment;
        } while (offset < length);
        return handled;
    }

    private void datagram(int index, long address, int offset, int length) {
        long at = address + offset;
        if (length == 1 && getByte(at) == 0xff) {
            drops.count(DropReason.KEEP_ALIVE);
        } else if (length >= SHORTEST_IKE && netInt(at) == 0) {
            passToIke(index, offset, length);
        } else if (length < EspFormat.SHORTEST) {
            drops.count(DropReason.MALFORMED_OUTER);
        } else {
            route(at, length);
        }
    }

    private void passToIke(int index, int offset, int length) {
        try {
            lease.passToIke(batch, index, offset, length);
        } catch (RuntimeException e) {
            drops.count(DropReason.INTERNAL);
            problems.report("passing an IKE message on", e);
        }
    }

    private void route(long at, int length) {
        int owner = Integer.remainderUnsigned(netInt(at), handover.workers());
        if (owner == worker) {
            handle(at, length);
        } else if (!handover.pass(worker, owner, at, length, connection << CLASS_BITS | outerClass)) {
            drops.count(DropReason.HANDOVER_FULL);
        }
    }

    /** A mistake in one packet ends with that packet. */
    private void handle(long at, int length) {
        try {
            open(at, length);
        } catch (RuntimeException e) {
            drops.count(DropReason.INTERNAL);
            problems.report("receiving a packet", e);
        }
    }

    private void open(long at, int length) {
        int spi = netInt(at);
        if (early.waiting()) {
            early.letIn(spi, this);
        }
        InboundSa sa = table.find(spi);
        if (sa != null) {
            open(sa, at, length);
        } else if (!early.take(spi, at, length, outerClass, now)) {
            openOrDrop(table.find(spi), at, length);
        }
    }

    /** An SPI that is reserved no longer may have its SA since a moment ago. */
    private void openOrDrop(@Nullable InboundSa sa, long at, int length) {
        if (sa == null) {
            drops.count(DropReason.UNKNOWN_SPI);
        } else {
            open(sa, at, length);
        }
    }

    /** What waited for its SA comes in, from memory that is used again at once. */
    @Override
    public void arrive(InboundSa sa, long at, int length, int trafficClass) {
        int before = outerClass;
        int connectionBefore = connection;
        outerClass = trafficClass;
        connection = 0; // which it came by is not known any more
        try {
            open(sa, at, length);
        } catch (RuntimeException e) {
            drops.count(DropReason.INTERNAL);
            problems.report("receiving a packet that waited", e);
        }
        tun.flush();
        outerClass = before;
        connection = connectionBefore;
    }

    private void open(InboundSa sa, long at, int length) {
        PacketAead aead = sa.aead();
        if (aead == null) { // AH's, whose packets come by other sockets
            drops.count(DropReason.UNKNOWN_SPI);
            return;
        }
        int offset = EspFormat.HEADER + aead.ivLength();
        int text = length - offset - aead.icvLength();
        if (text < EspFormat.ALIGNMENT || text % aead.alignment() != 0) {
            refuse(sa, DropReason.MALFORMED_OUTER, SaSlotLayout.DROPPED_SIZE);
            return;
        }
        long slot = sa.slot();
        long sequence = ReplayWindow.infer(slot, netInt(at + 4), sa.extended());
        if (!ReplayWindow.isFresh(slot, sequence)) {
            refuse(sa, DropReason.REPLAY, SaSlotLayout.DROPPED_REPLAY);
            return;
        }
        if (!aead.open(at + offset, text, sequence)) {
            refuse(sa, DropReason.INTEGRITY, SaSlotLayout.DROPPED_INTEGRITY);
            return;
        }
        ReplayWindow.accept(slot, sequence);
        if (connection != 0 && sa.changesTo(connection)) {
            follow(sa);
        }
        deliver(sa, at + offset, text);
    }

    /** Who is genuine has another connection: what is for him goes by that from now on (RFC 9329 section 6.1). */
    private void follow(InboundSa sa) {
        StreamInlet tcp = streams;
        SlotPath path = SlotPath.read(sa.slot());
        if (tcp != null && path.tcp()) {
            tcp.socket().belongs(connection, path.local(), path.remote());
        }
    }

    /** What is inside is genuine now, and still not believed. */
    private void deliver(InboundSa sa, long text, int length) {
        int padding = getByte(text + length - 2);
        int next = getByte(text + length - 1);
        int inner = length - EspFormat.TRAILER - padding;
        if (inner < 0) {
            refuse(sa, DropReason.MALFORMED_OUTER, SaSlotLayout.DROPPED_SIZE);
        } else {
            deliver(sa, text, inner, next);
        }
    }

    @Override
    public void deliver(InboundSa sa, long text, int inner, int next) {
        if (next == EspFormat.NEXT_NONE) {
            drops.count(DropReason.DUMMY);
        } else if (sa.transport() != null) {
            deliverPayload(sa, sa.transport(), text, inner, next);
        } else if (!packet.parse(text, inner) || next != (packet.ipv4() ? EspFormat.NEXT_IPV4 : EspFormat.NEXT_IPV6)) {
            refuse(sa, DropReason.INNER_NOT_IP, SaSlotLayout.DROPPED_SIZE);
        } else if (isExpected(sa, text) && bearsMark(sa, text)) {
            if (TcpOpening.is(text, packet)) {
                TcpOpening.lower(text, packet, sa.segmentLimit().of(packet.ipv4(), deviceMtu), true);
            }
            pass(sa, text);
        }
    }

    /** Has the inner header say what routers said in the outer one (RFC 6040 section 4.2); false when it cannot. */
    private boolean bearsMark(InboundSa sa, long ip) {
        int outer = TrafficClass.ecn(outerClass);
        if (outer == TunnelEcn.NOT_ECT) {
            return true;
        }
        int inner = TrafficClass.ecn(TrafficClass.of(ip, packet.ipv4()));
        if (TunnelEcn.isUnexpected(inner, outer)) {
            problems.unexpectedMark(sa.policy(), inner, outer);
        }
        int leaving = TunnelEcn.leaving(inner, outer);
        if (leaving == TunnelEcn.DROP) {
            drops.count(DropReason.CONGESTION);
            return false;
        }
        if (leaving != inner) {
            TrafficClass.setEcn(ip, packet.ipv4(), leaving);
        }
        return true;
    }

    /** What arrives in transport mode is a whole packet without its IP header (RFC 4303 sections 3.1.1 and 3.4.1). */
    private void deliverPayload(InboundSa sa, TransportEntry transport, long text, int length, int next) {
        if (EspFormat.belongsOutside(next) || length > transport.header().mostPayload()) {
            refuse(sa, DropReason.TRANSPORT, SaSlotLayout.DROPPED_SIZE);
            return;
        }
        if (!unpacker.hasRoom()) {
            tun.flush();
            unpacker.clear();
        }
        long ip = unpacker.unpack(transport.header(), text, length, next, outerClass);
        if (!packet.parse(ip, transport.header().length() + length) || packet.fragment()) {
            refuse(sa, DropReason.TRANSPORT, SaSlotLayout.DROPPED_SIZE);
            return;
        }
        transport.repair(ip, packet);
        if (isExpected(sa, ip)) {
            pass(sa, ip);
        }
    }

    private void pass(InboundSa sa, long ip) {
        sa.carried(packet.length(), now);
        tun.add(ip, packet);
    }

    /** The SA's selectors hold it, and policy in force leads to that SA (RFC 4301 section 5.2, step 4). */
    private boolean isExpected(InboundSa sa, long text) {
        if (packet.laterFragment()) {
            fragments.recall(packet, sa.lineage().number(), now);
        }
        if (!sa.selectors().containsInbound(packet)) {
            return isExpectedError(sa, text);
        }
        if (packet.portsHidden()) {
            return isAllowed(sa, packet, DropReason.FRAGMENT);
        }
        if (packet.isIcmpError(text)) {
            return isAllowed(sa, packet, DropReason.POLICY_INBOUND);
        }
        return isExpectedFlow(sa, packet.tcpFlags(text));
    }

    private boolean isExpectedFlow(InboundSa sa, int tcpFlags) {
        long permission = generations << 32 | Integer.toUnsignedLong(sa.spi());
        FlowEntry known = carried.find(packet, sa.lineage());
        if (known != null && known.permitted(permission)) {
            carried.use(known, tcpFlags, now);
        } else if (isAllowed(sa, packet, DropReason.POLICY_INBOUND)) {
            carried.carry(packet, sa.lineage(), tcpFlags, now).permit(permission);
        } else {
            return false;
        }
        if (packet.fragment() && !packet.laterFragment()) {
            fragments.remember(packet, sa.lineage().number(), now);
        }
        return true;
    }

    /** Routers on the way are in nobody's selectors: their errors are judged by what they are about (section 6.2). */
    private boolean isExpectedError(InboundSa sa, long text) {
        if (packet.portsHidden()) {
            refuse(sa, DropReason.FRAGMENT, SaSlotLayout.DROPPED_SELECTORS);
            return false;
        }
        if (!quoted.parseAnswerToQuoted(packet, text) || !sa.selectors().containsInbound(quoted)) {
            refuse(sa, DropReason.SELECTORS, SaSlotLayout.DROPPED_SELECTORS);
            return false;
        }
        return isAllowed(sa, quoted, DropReason.POLICY_INBOUND);
    }

    private boolean isAllowed(InboundSa sa, InnerPacket judged, DropReason otherwise) {
        if (policies.expects(judged, sa)) {
            return true;
        }
        refuse(sa, otherwise, SaSlotLayout.DROPPED_SELECTORS);
        return false;
    }

    @Override
    public void refuse(InboundSa sa, DropReason reason, int counter) {
        sa.count(counter);
        drops.count(reason);
    }
}
