package org.sallyport.classifier.internal.parking;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sallyport.api.policy.PacketRefusal;
import org.sallyport.classifier.internal.packet.InnerPacket;
import org.sallyport.linux.memory.RawMemory;

/**
 * Whatever comes in whatever order: queues are kept, bounds hold, and only who uses more gives way. Against lists of what
 * should be there; {@code -Dsallyport.parking.operations} says for how long.
 */
class ParkedPacketsTest {
    private static final int OPERATIONS = Integer.getInteger("sallyport.parking.operations", 40_000);
    private static final int CELLS = CellStore.SLAB / CellStore.CELL;
    private static final ParkingBounds BOUNDS = new ParkingBounds(24, 120, CellStore.SLAB, 8, Duration.ofSeconds(10));

    private record Key(int source, int port) {}

    private record Packet(long id, int length) {
        int cells() {
            return CellStore.cells(length);
        }
    }

    /** What a source uses of each bound. */
    private record Usage(int flows, int packets, int cells) {}

    private final Map<Key, List<Packet>> model = new LinkedHashMap<>();
    private final ParkingCounters counters = new ParkingCounters();
    private final Set<ParkedFlow> evicted = new HashSet<>();
    private final ParkedPackets parked = new ParkedPackets(BOUNDS, counters, evicted::add);
    private final InnerPacket packet = new InnerPacket();
    private final MemorySegment memory = Arena.ofAuto().allocate(70_000, 64);
    private final long buffer = memory.address();
    private long id;
    private long overflowed;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void queuesAreKeptAndBoundsHold(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int sources = seed == 1 ? 3 : 12;
        for (int i = 0; i < OPERATIONS; i++) {
            Key key = new Key(random.nextInt(sources) * random.nextInt(2), random.nextInt(10));
            switch (random.nextInt(12)) {
                case 0 -> close(key);
                case 1 -> release(key);
                default -> arrive(key, length(random));
            }
            check();
        }
        assertThat(overflowed).isPositive();
        assertThat(evicted.isEmpty()).isEqualTo(sources < 4);
        List.copyOf(model.keySet()).forEach(this::close);
        check();
        assertThat(parked.isEmpty()).isTrue();
        assertThat(memory.byteSize()).isPositive();
    }

    @Test
    void everybodyGetsInHoweverManyOneSourceHas() {
        for (int i = 0; i < 1000; i++) {
            arrive(new Key(1, i), 100);
        }
        assertThat(usage(1).flows()).isEqualTo(BOUNDS.flows() / 4);
        for (int source = 2; source < 2 + BOUNDS.flows(); source++) {
            for (int i = 0; i < 50; i++) {
                arrive(new Key(source, i), 100);
            }
        }
        long served = model.keySet().stream().map(Key::source).distinct().count();
        assertThat(served).isGreaterThanOrEqualTo(BOUNDS.flows() / 2);
        assertThat(model.keySet().stream().map(Key::source)).contains(1);
    }

    private static int length(SplittableRandom random) {
        return random.nextInt(20) == 0 ? random.nextInt(40, 60_000) : random.nextInt(40, 700);
    }

    private void describe(Key key) {
        packet.set(true, 17, 0, 0x0a000000 + key.source(), key.port(), 0, 0x0a020001, 53);
    }

    private void arrive(Key key, int length) {
        Map<Integer, Usage> before = usages();
        Packet arriving = new Packet(++id, length);
        RawMemory.putLong(buffer, arriving.id());
        RawMemory.putInt(buffer + length - 4, (int) arriving.id());
        describe(key);
        parked.beginBatch();
        ParkedFlow flow = parked.find(packet);
        assertThat(flow != null).isEqualTo(model.containsKey(key));
        boolean fresh = flow == null;
        if (flow == null) {
            flow = parked.open(packet, PacketRefusal.SILENCE, id);
        }
        boolean taken = false;
        if (flow == null) {
            overflowed++;
        } else {
            taken = parked.add(flow, buffer, length, packet) == ParkedPackets.Fate.PARKED;
            overflowed += taken ? 0 : 1;
            if (!taken && fresh) {
                parked.close(flow);
            }
        }
        follow(key, arriving, taken, before);
    }

    /** Takes note of who gave way, and looks whether that was right. */
    private void follow(Key key, Packet arriving, boolean taken, Map<Integer, Usage> before) {
        Usage own = before.getOrDefault(key.source(), new Usage(0, 0, 0));
        boolean fresh = !model.containsKey(key);
        int gone = 0;
        for (Key other : List.copyOf(model.keySet())) {
            describe(other);
            ParkedFlow flow = parked.find(packet);
            int left = (flow == null ? 0 : flow.packets()) - (other.equals(key) && taken ? 1 : 0);
            List<Packet> packets = Objects.requireNonNull(model.get(other));
            if (left < packets.size()) {
                Usage victim = Objects.requireNonNull(before.get(other.source()));
                assertThat(victim.flows() > own.flows() + 1
                                || victim.packets() > own.packets() + 1
                                || victim.cells() > own.cells() + arriving.cells())
                        .as("%s gave way to %s", victim, own)
                        .isTrue();
                assertThat(isFull(before, arriving)).isTrue();
                gone += packets.size() - left;
                packets.subList(left, packets.size()).clear();
                if (left == 0) {
                    model.remove(other);
                }
            }
        }
        overflowed += gone;
        if (taken) {
            model.computeIfAbsent(key, k -> new ArrayList<>()).add(arriving);
        } else if (gone == 0) {
            assertThat(isRightlyRefused(key, fresh, own, arriving, before)).isTrue();
        }
    }

    private static boolean isFull(Map<Integer, Usage> before, Packet arriving) {
        return sum(before.values(), 0) >= BOUNDS.flows()
                || sum(before.values(), 1) >= BOUNDS.packets()
                || sum(before.values(), 2) + arriving.cells() > CELLS;
    }

    private boolean isRightlyRefused(Key key, boolean fresh, Usage own, Packet arriving, Map<Integer, Usage> before) {
        boolean ownBound = (fresh && own.flows() >= BOUNDS.flows() / 4)
                || own.packets() >= BOUNDS.packets() / 4
                || own.cells() + arriving.cells() > CELLS / 4
                || model.getOrDefault(key, List.of()).size() >= BOUNDS.packetsPerFlow();
        return ownBound || isFull(before, arriving);
    }

    private static int sum(Collection<Usage> all, int what) {
        return all.stream()
                .mapToInt(u -> what == 0 ? u.flows() : what == 1 ? u.packets() : u.cells())
                .sum();
    }

    private Usage usage(int source) {
        return usages().getOrDefault(source, new Usage(0, 0, 0));
    }

    private Map<Integer, Usage> usages() {
        return model.entrySet().stream()
                .collect(Collectors.toMap(
                        e -> e.getKey().source(),
                        e -> new Usage(
                                1,
                                e.getValue().size(),
                                e.getValue().stream().mapToInt(Packet::cells).sum()),
                        (a, b) -> new Usage(a.flows() + b.flows(), a.packets() + b.packets(), a.cells() + b.cells())));
    }

    private void release(Key key) {
        List<Packet> packets = model.get(key);
        if (packets == null) {
            return;
        }
        describe(key);
        ParkedFlow flow = Objects.requireNonNull(parked.find(packet));
        Packet oldest = packets.removeFirst();
        assertThat(parked.copyOldest(flow, buffer)).isEqualTo(oldest.length());
        assertThat(RawMemory.getLong(buffer)).isEqualTo(oldest.id());
        assertThat(RawMemory.getInt(buffer + oldest.length() - 4)).isEqualTo((int) oldest.id());
        parked.removeOldest(flow);
        if (packets.isEmpty()) {
            parked.close(flow);
            model.remove(key);
        }
    }

    private void close(Key key) {
        while (model.containsKey(key)) {
            release(key);
        }
    }

    private void check() {
        Map<Integer, Usage> usages = usages();
        assertThat(model.size()).isLessThanOrEqualTo(BOUNDS.flows());
        assertThat(sum(usages.values(), 1)).isLessThanOrEqualTo(BOUNDS.packets());
        assertThat(sum(usages.values(), 2)).isLessThanOrEqualTo(CELLS);
        assertThat(usages.values())
                .allMatch(u -> u.flows() <= BOUNDS.flows() / 4
                        && u.packets() <= BOUNDS.packets() / 4
                        && u.cells() <= CELLS / 4);
        var view = ParkingCounters.view(List.of(counters));
        assertThat(view.flows()).isEqualTo(model.size());
        assertThat(view.packets()).isEqualTo(sum(usages.values(), 1));
        assertThat(view.overflowed()).isEqualTo(overflowed);
    }
}
