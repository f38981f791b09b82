package org.sallyport.classifier.internal.worker;

import java.lang.foreign.Arena;
import java.lang.invoke.VarHandle;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.sallyport.api.admin.ParkingView;
import org.sallyport.api.flow.PacketGate;
import org.sallyport.classifier.internal.flow.DropReason;
import org.sallyport.classifier.internal.flow.Drops;
import org.sallyport.classifier.internal.flow.FlowBook;
import org.sallyport.classifier.internal.flow.FlowLimits;
import org.sallyport.classifier.internal.flow.FlowTable;
import org.sallyport.classifier.internal.flow.OutboundTable;
import org.sallyport.classifier.internal.flow.ReservedSpis;
import org.sallyport.classifier.internal.flow.SpiTable;
import org.sallyport.classifier.internal.packet.Coalescer;
import org.sallyport.classifier.internal.parking.EarlyPackets;
import org.sallyport.classifier.internal.parking.GateCaller;
import org.sallyport.classifier.internal.parking.ParkingBounds;
import org.sallyport.classifier.internal.parking.ParkingCounters;
import org.sallyport.linux.netlink.Family;
import org.sallyport.linux.poll.Wakeup;
import org.sallyport.linux.raw.RawLease;
import org.sallyport.linux.raw.RawProtocol;
import org.sallyport.linux.tcp.EspStreamLease;
import org.sallyport.linux.tcp.StreamSocket;
import org.sallyport.linux.tun.TunLease;
import org.sallyport.linux.udp.EspPortLease;
import org.sallyport.linux.udp.PacketSocket;

/**
 * The workers: for each a thread out and a thread in, on its own TUN queue and its own socket. Made once; started when
 * the leases are there, stopped once. Thread safe.
 */
public final class Workers {
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    /** What waits for inbound SAs of one worker, and how its thread in is woken. */
    private record Gatehouse(Forerunners early, Doorbell doorbell) {}

    private final int count;
    private final boolean segmentation;
    private final OutboundTable outbound;
    private final SpiTable inbound;
    private final ReservedSpis reserved;
    private final ParkingBounds bounds;
    private final Consumer<InetAddress> narrowed;
    private final GateCaller gate;
    private final FlowBook book;
    private final List<ParkingCounters> parked;
    private final List<ParkingLot> lots = new ArrayList<>();
    private final List<Doorbell> doorbells = new CopyOnWriteArrayList<>();
    private final List<Gatehouse> gatehouses = new CopyOnWriteArrayList<>();
    private final Drops[] drops;
    private final Quiescence[] quiescence;
    private final GracePeriod grace;
    private final ProblemLog problems = new ProblemLog();
    private final BootClock clock = new BootClock();
    private final List<WorkerThread> threads = new ArrayList<>();
    private final List<Egress> egresses = new ArrayList<>();
    private final List<Ingress> ingresses = new ArrayList<>();
    private final List<Wakeup> wakeups = new ArrayList<>();
    private volatile boolean carrying;
    private boolean stopped;

    /**
     * @param count how many, as many as the leases have queues and sockets
     * @param segmentation whether the kernel segments what leaves for one destination
     * @param reserved inbound SPIs for which packets may wait
     * @param bounds of everything that is parked
     * @param limits of the flows that are carried
     * @param gates the gate for what is parked, null while there is none
     * @param narrowed is told to whom the path takes less than it was thought to; does not block
     */
    public Workers(
            int count,
            boolean segmentation,
            OutboundTable outbound,
            SpiTable inbound,
            ReservedSpis reserved,
            ParkingBounds bounds,
            FlowLimits limits,
            Supplier<@Nullable PacketGate> gates,
            Consumer<InetAddress> narrowed) {
        this.count = count;
        this.bounds = bounds.dividedBy(count);
        this.parked = Stream.generate(ParkingCounters::new).limit(count).toList();
        this.book = new FlowBook(gates, limits.idle(), limits.flows(), clock);
        this.gate = new GateCaller(gates, parked, 2 * bounds.flows());
        this.segmentation = segmentation;
        this.narrowed = narrowed;
        this.outbound = outbound;
        this.inbound = inbound;
        this.reserved = reserved;
        this.drops = Stream.generate(Drops::new).limit(2L * count).toArray(Drops[]::new);
        this.quiescence = Stream.generate(Quiescence::new).limit(2L * count).toArray(Quiescence[]::new);
        this.grace = new GracePeriod(List.of(quiescence), PATIENCE);
    }

    /** Returns how many workers there are. */
    public int count() {
        return count;
    }

    /** Starts to carry packets. */
    public synchronized void start(TunLease tun, EspPortLease esp) {
        if (stopped) {
            return;
        }
        Arena arena = Arena.ofAuto();
        Handover out = handover(arena, 0);
        Handover in = handover(arena, count);
        for (int i = 0; i < count; i++) {
            Answers answers = new Answers(arena, new Doorbell(quiescence[count + i], wakeups.get(count + i)));
            threads.add(egress(i, tun, esp, out, answers, arena));
            threads.add(ingress(i, tun, esp, in, answers, arena));
        }
        book.start();
        threads.forEach(WorkerThread::start);
        carrying = true;
    }

    /** Carries ESP without UDP, or AH, as well, over this family; for those that were started and not stopped. */
    public synchronized void carryRaw(RawProtocol protocol, Family family, RawLease lease) {
        if (stopped) {
            return;
        }
        for (int i = 0; i < count; i++) {
            PacketSocket socket = lease.sockets().get(i);
            egresses.get(i).carryRaw(protocol, family, socket);
            ingresses.get(i).carryRaw(protocol, family, socket);
            threads.get(2 * i + 1).watch(socket);
        }
    }

    /** Carries ESP in TCP as well; for those that were started and not stopped. */
    public synchronized void carryStreams(EspStreamLease lease) {
        if (stopped) {
            return;
        }
        for (int i = 0; i < count; i++) {
            StreamSocket socket = lease.sockets().get(i);
            egresses.get(i).carryStreams(socket);
            ingresses.get(i).carryStreams(socket);
            threads.get(2 * i + 1).watch(socket);
        }
    }

    /** Tells whether packets are carried: the leases are there, and the threads run. */
    public boolean carrying() {
        return carrying;
    }

    private Handover handover(Arena arena, int from) {
        Wakeup[] woken = Stream.generate(Wakeup::new).limit(count).toArray(Wakeup[]::new);
        wakeups.addAll(List.of(woken));
        Quiescence[] points = new Quiescence[count];
        System.arraycopy(quiescence, from, points, 0, count);
        return new Handover(arena, points, woken);
    }

    private WorkerThread egress(
            int i, TunLease tun, EspPortLease esp, Handover handover, Answers answers, Arena arena) {
        Doorbell doorbell = new Doorbell(quiescence[i], wakeups.get(i));
        ParkingLot lot = new ParkingLot(bounds, parked.get(i), gate, outbound, drops[i], answers, doorbell, arena);
        lots.add(lot);
        doorbells.add(doorbell);
        Egress egress = new Egress(
                i,
                tun.queues().get(i),
                esp.sockets().get(i),
                outbound,
                handover,
                new FlowTable(true, book),
                lot,
                drops[i],
                problems,
                clock,
                arena,
                segmentation,
                tun.device().mtu(),
                new TooLong(answers, narrowed, arena));
        egresses.add(egress);
        return new WorkerThread(
                "sallyport-out-" + i, i, egress, tun.queues().get(i), handover, quiescence[i], wakeups.get(i));
    }

    private WorkerThread ingress(
            int i, TunLease tun, EspPortLease esp, Handover handover, Answers answers, Arena arena) {
        Wakeup wakeup = wakeups.get(count + i);
        esp.sockets().get(i).wakeWith(wakeup);
        Forerunners early = new Forerunners(new EarlyPackets(arena), reserved, inbound, drops[count + i]);
        gatehouses.add(new Gatehouse(early, new Doorbell(quiescence[count + i], wakeup)));
        Coalescer coalescer =
                new Coalescer(arena, tun.queues().get(i), tun.device().udpSegmentation());
        Ingress ingress = new Ingress(
                i,
                esp,
                inbound,
                early,
                outbound,
                new FlowTable(false, book),
                coalescer,
                handover,
                answers,
                drops[count + i],
                problems,
                clock,
                arena,
                tun.device().mtu());
        ingresses.add(ingress);
        return new WorkerThread(
                "sallyport-in-" + i, i, ingress, esp.sockets().get(i), handover, quiescence[count + i], wakeup);
    }

    /** SAs or bindings have changed: what is parked may go on. Wakes nobody while nothing is. */
    public void lookAtParked() {
        for (int i = 0; i < doorbells.size(); i++) {
            if (parked.get(i).flows() > 0) {
                doorbells.get(i).ring();
            }
        }
    }

    /** An inbound SPI has its SA now, or is reserved no longer. Wakes nobody while nothing waits for one. */
    public void lookAtForerunners(int spi) {
        if (gatehouses.isEmpty()) {
            return;
        }
        Gatehouse owner = gatehouses.get(Integer.remainderUnsigned(spi, count));
        VarHandle.fullFence();
        if (owner.early().waiting()) {
            owner.doorbell().ring();
        }
    }

    /** Returns what is parked. */
    public ParkingView parking() {
        return ParkingCounters.view(parked);
    }

    /** Stops every thread after its batch and waits for them; what is parked is dropped. */
    public synchronized void stop() {
        stopped = true;
        carrying = false;
        threads.forEach(WorkerThread::requestStop);
        try {
            for (WorkerThread thread : threads) {
                thread.join();
            }
            threads.clear();
            egresses.clear();
            ingresses.clear();
            lots.forEach(ParkingLot::close);
            lots.clear();
            gatehouses.forEach(each -> each.early().close());
            gatehouses.clear();
            wakeups.forEach(Wakeup::close);
            wakeups.clear();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        gate.close();
        book.close();
    }

    /**
     * Waits until every thread has passed a point at which it refers to no SA.
     *
     * @throws IllegalStateException when one does not within a second
     */
    public void quiesce() {
        if (!grace.await()) {
            throw new IllegalStateException("a worker did not end its batch within " + PATIENCE.toMillis() + " ms");
        }
    }

    /** Returns how many packets were dropped for a reason. */
    public long dropped(DropReason reason) {
        return Stream.of(drops).mapToLong(d -> d.of(reason)).sum();
    }
}
