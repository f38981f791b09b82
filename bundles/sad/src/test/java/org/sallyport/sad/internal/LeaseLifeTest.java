package org.sallyport.sad.internal;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.sallyport.sad.internal.World.protect;
import static org.sallyport.sad.internal.World.request;
import static org.sallyport.sad.internal.World.spec;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.sallyport.api.flow.FlowRequest;
import org.sallyport.api.policy.Lifetimes;
import org.sallyport.api.policy.Origin;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.reason.ReasonCode;
import org.sallyport.api.sa.ChildSaId;
import org.sallyport.api.sa.Lease;
import org.sallyport.api.sa.LeaseHolder;
import org.sallyport.api.sa.SaSlotLayout;
import org.sallyport.api.sa.SpiKey;

/**
 * Sockets and forwarded flows come and go over many SAs, with rekeys, packets and a negotiator that is slow or fails,
 * beside a model that knows nothing but who opened and closed what.
 */
class LeaseLifeTest {
    private static final int SOCKETS = Integer.getInteger("sallyport.test.sockets", 100_000);
    private static final long SEED = Long.getLong("sallyport.test.seed", 4301);
    private static final int PLACES = 1_000;
    private static final int OPENED_IN_A_TICK = 40;
    private static final long TICK = Duration.ofMillis(100).toNanos();
    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    /** How long each of the policies keeps what nobody uses. */
    private static final List<Optional<Duration>> LINGER = List.of(
            Optional.of(Duration.ZERO),
            Optional.of(Duration.ofSeconds(5)),
            Optional.of(Duration.ofSeconds(90)),
            Optional.empty());

    /** What the model knows of an SA. */
    private static final class Known {
        private final int policy;
        private final boolean ours;
        private final Set<LeaseHolder> users = new HashSet<>();
        private final List<SpiKey> pairs = new ArrayList<>();
        private long unusedSince;
        private long lastPacket;

        private Known(int policy, boolean ours, long now) {
            this.policy = policy;
            this.ours = ours;
            this.unusedSince = now;
        }

        private Optional<Duration> linger() {
            return ours ? LINGER.get(policy) : Optional.empty();
        }
    }

    private record Closing(long at, ChildSaId lineage, LeaseHolder holder, Optional<Lease> lease) {}

    private final Random random = new Random(SEED);
    private final World world = new World();
    private final Map<ChildSaId, Known> known = new HashMap<>();
    private final ChildSaId[] places = new ChildSaId[PLACES];
    private final PriorityQueue<Closing> closings = new PriorityQueue<>(Comparator.comparingLong(Closing::at));
    private int peerSpis;
    private int unneeded;
    private int reused;

    private final class SlowNegotiator extends World.Told {
        @Override
        public synchronized void delete(ChildSaId lineage, Reason reason) {
            if (reason.code() == ReasonCode.UNNEEDED) {
                requireUnneeded(lineage);
                unneeded++;
            }
            Known ended = known.remove(lineage);
            if (ended != null && random.nextInt(10) > 0) {
                Duration takes = Duration.ofMillis(random.nextInt(3000));
                world.timers.after(
                        takes, () -> ended.pairs.forEach(p -> world.sad.table().delete(p, reason)));
            }
        }
    }

    private void requireUnneeded(ChildSaId lineage) {
        Known model = model(lineage);
        assertThat(model.users).as("%s ends under", lineage).isEmpty();
        long unused = world.now.get() - model.unusedSince;
        long linger = model.linger().orElseThrow().toNanos();
        assertThat(unused).isGreaterThanOrEqualTo(linger);
        if (unused < Math.max(linger, Lingering.LONGEST_GRACE.toNanos())) {
            assertThat(world.now.get() - model.lastPacket).isGreaterThanOrEqualTo(Lingering.QUIET.toNanos());
        }
    }

    private Known model(ChildSaId lineage) {
        return Optional.ofNullable(known.get(lineage)).orElseThrow();
    }

    @Test
    void eachSaLivesExactlyAsLongAsItIsUsed() throws Exception {
        prepare();
        for (int opened = 0; opened < SOCKETS; opened++) {
            open(opened + 1);
            if (opened % OPENED_IN_A_TICK == 0) {
                tick();
            }
        }
        assertThat(unneeded).as("SAs that ended because nobody used them").isGreaterThan(SOCKETS / 500);
        assertThat(reused).as("leases on SAs that lingered").isGreaterThan(SOCKETS / 100);
        while (!closings.isEmpty()) {
            tick();
        }
        for (int left = 0; left < 1000; left++) {
            tick();
        }
        assertThat(known.values()).allMatch(model -> model.linger().isEmpty());
        assertThat(world.sad.leases().sockets()).isEmpty();
        assertThat(world.sad.table().all())
                .hasSize(known.values().stream().mapToInt(m -> m.pairs.size()).sum());
        assertThat(world.memory.used()).isEqualTo(2 * world.sad.table().all().size());
    }

    private void prepare() throws Exception {
        world.settings = new SadSettings(256, 0xffff_ffffL, 4000, 1 << 20, 0, 500_000, 200_000);
        world.spd = World.policies(java.util.stream.IntStream.range(0, LINGER.size())
                .mapToObj(p -> protect("p" + p, World.SELECTORS)
                        .linger(LINGER.get(p).orElse(null))
                        .build())
                .toArray(org.sallyport.api.policy.Policy[]::new));
        world.negotiators.put("ikev2", new SlowNegotiator());
        world.sad.dataPlaneAppeared(world.plane);
        for (int place = 0; place < PLACES; place++) {
            places[place] = establish(place);
        }
    }

    private ChildSaId establish(int place) throws Exception {
        ChildSaId lineage = world.lineage();
        Known model = new Known(place % LINGER.size(), place % 10 != 9, world.now.get());
        known.put(lineage, model);
        pair(lineage, model);
        return lineage;
    }

    private void pair(ChildSaId lineage, Known model) throws Exception {
        Lifetimes lifetimes = new Lifetimes(Duration.ofDays(8), Duration.ofDays(9), 0, 0, 0, 0);
        model.pairs.add(world.up(
                spec(lineage)
                        .policy("p" + model.policy)
                        .initiator(model.ours)
                        .lifetimes(lifetimes)
                        .build(),
                ++peerSpis));
    }

    /** A socket, or a forwarded flow, is opened somewhere: under the SA that is there, or one that is made for it. */
    private void open(int number) throws Exception {
        int place = (int) (PLACES * Math.pow(random.nextDouble(), 4));
        FlowRequest request = number % 5 == 0
                ? FlowRequest.ofPackets(
                        World.flow("10.1.0." + number / 60_000 % 250, "10.2.0.1", number % 60_000), Origin.FORWARDED)
                : request(number, 443);
        Optional<Lease> lease = world.sad.leases().lease(places[place], request);
        if (lease.isEmpty()) {
            assertThat(known).as("one that lives can be leased").doesNotContainKey(places[place]);
            places[place] = establish(place);
            lease = world.sad.leases().lease(places[place], request);
        }
        Known model = model(places[place]);
        if (model.users.isEmpty() && model.unusedSince < world.now.get()) {
            reused++;
        }
        assertThat(lease).isPresent();
        model.users.add(request.holder());
        long life = random.nextInt(50) == 0 ? random.nextLong(200 * SECOND) : random.nextLong(3 * SECOND);
        Optional<Lease> closes = random.nextBoolean() ? lease : Optional.empty();
        closings.add(new Closing(world.now.get() + life, places[place], request.holder(), closes));
        requireCount(places[place], model);
    }

    private void tick() throws Exception {
        world.now.addAndGet(TICK);
        world.timers.runDue();
        while (!closings.isEmpty() && closings.peek().at() <= world.now.get()) {
            close(closings.remove());
        }
        for (int i = 0; i < 5; i++) {
            packet(places[random.nextInt(PLACES)]);
        }
        rekey(places[random.nextInt(PLACES)]);
        if (world.now.get() / TICK % 10 == 0) {
            known.forEach(this::requireRight);
        }
    }

    private void close(Closing closing) {
        closing.lease().ifPresentOrElse(Lease::close, () -> world.sad.leases().ended(closing.holder()));
        Known model = known.get(closing.lineage());
        if (model != null && model.users.remove(closing.holder()) && model.users.isEmpty()) {
            model.unusedSince = world.now.get();
        }
    }

    private void packet(ChildSaId lineage) {
        Known model = known.get(lineage);
        if (model != null) {
            model.lastPacket = world.now.get();
            world.plane
                    .receiver(model.pairs.get(random.nextInt(model.pairs.size())))
                    .slot()
                    .set(JAVA_LONG, SaSlotLayout.LAST_USED, world.now.get());
        }
    }

    private void rekey(ChildSaId lineage) throws Exception {
        Known model = known.get(lineage);
        if (model == null) {
            return;
        }
        if (model.pairs.size() == 1) {
            pair(lineage, model);
        } else {
            world.sad.table().retire(model.pairs.getFirst());
            world.sad.table().delete(model.pairs.removeFirst(), Reason.of(ReasonCode.REKEYED));
        }
    }

    private void requireRight(ChildSaId lineage, Known model) {
        requireCount(lineage, model);
        assertThat(world.sad.table().handle(lineage)).as("%s lives", lineage).isPresent();
        if (model.users.isEmpty() && model.linger().isPresent()) {
            long longest = Math.max(model.linger().get().toNanos(), Lingering.LONGEST_GRACE.toNanos());
            assertThat(world.now.get() - model.unusedSince)
                    .as("%s is unused", lineage)
                    .isLessThanOrEqualTo(longest);
        }
    }

    private void requireCount(ChildSaId lineage, Known model) {
        assertThat(world.sad.leases().useCount(lineage))
                .as("users of %s", lineage)
                .isEqualTo(model.users.size());
    }
}
