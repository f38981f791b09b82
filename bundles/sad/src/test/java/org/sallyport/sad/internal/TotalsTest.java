package org.sallyport.sad.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.sallyport.sad.internal.World.spec;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.sallyport.api.admin.ChildSaView.Traffic;
import org.sallyport.api.admin.TrafficTotals;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.reason.ReasonCode;
import org.sallyport.api.sa.ChildSaId;
import org.sallyport.api.sa.ConnectionId;
import org.sallyport.api.sa.IkeSaId;
import org.sallyport.api.sa.IpsecProtocol;
import org.sallyport.api.sa.SpiKey;

class TotalsTest {
    private static final Reason GONE = Reason.of(ReasonCode.REKEYED);

    private final World world = World.withPlane();

    private TrafficTotals ofPolicy() {
        return world.sad.inspection().totalsByPolicy().getOrDefault(World.POLICY, none());
    }

    private TrafficTotals ofConnection() {
        return world.sad.inspection().totalsByConnection().getOrDefault("berlin", none());
    }

    private static TrafficTotals none() {
        return new TrafficTotals(new Traffic(0, 0), new Traffic(0, 0), 0, 0);
    }

    @Test
    void goOnOverRekeysAndDeletionsAndCountNothingTwice() throws Exception {
        Random random = new Random(7);
        ChildSaId lineage = world.lineage();
        List<SpiKey> standing = new ArrayList<>();
        long packets = 0;
        long octets = 0;
        long sent = 0;
        for (int made = 1; made <= 200; made++) {
            standing.add(world.up(spec(lineage).build(), made));
            SpiKey used = standing.get(random.nextInt(standing.size()));
            world.plane.carry(used, Optional.empty(), made, 100L * made);
            world.plane.carry(used, Optional.of(world.plane.sender(made)), 1, 50);
            packets += made;
            octets += 100L * made;
            sent++;
            if (standing.size() > 1 && random.nextBoolean()) {
                world.sad.table().retire(standing.getFirst());
                world.sad.table().delete(standing.removeFirst(), GONE);
            }
            if (random.nextInt(20) == 0) {
                standing.forEach(p -> world.sad.table().delete(p, GONE));
                standing.clear();
                lineage = world.lineage();
            }
            TrafficTotals expected =
                    new TrafficTotals(new Traffic(sent, 50 * sent), new Traffic(packets, octets), 0, made);
            assertThat(ofPolicy()).isEqualTo(expected);
            assertThat(ofConnection()).isEqualTo(expected);
        }
    }

    @Test
    void neverGoBackWhileAPairIsBeingTakenOut() throws Exception {
        SpiKey pair = world.up(spec(world.lineage()).build(), 1);
        world.plane.carry(pair, Optional.empty(), 5, 500);
        List<Long> seen = new ArrayList<>();
        FakePlane looking = new FakePlane() {
            @Override
            public synchronized void remove(org.sallyport.api.sa.InstalledSa sa) {
                seen.add(ofPolicy().received().octets());
                super.remove(sa);
            }
        };
        world.sad.dataPlaneAppeared(looking);
        world.sad.table().delete(pair, GONE);
        assertThat(seen).containsExactly(500L, 500L);
        assertThat(ofPolicy().received().octets()).isEqualTo(500);
    }

    @Test
    void aReservationThatWasGivenBackCountsNothing() throws Exception {
        SpiKey pair = world.reserve();
        world.sad.table().delete(pair, GONE);
        assertThat(world.sad.inspection().totalsByPolicy()).isEmpty();
    }

    @Test
    void rememberABoundedNumberOfNames() {
        Totals totals = new Totals();
        for (int i = 0; i < Totals.REMEMBERED + 500; i++) {
            ChildSaId lineage = new ChildSaId(new IkeSaId(new ConnectionId("peer-" + i), i), i);
            Pair pair = new Pair(new SpiKey(IpsecProtocol.ESP, 1000 + i));
            Pair.Agreed agreed = new Pair.Agreed(
                    spec(lineage).policy("policy-" + i % 3).build(),
                    World.protect("policy", World.SELECTORS).build(),
                    0);
            pair.agreed(agreed);
            totals.installed(pair, agreed);
            totals.deleted(pair, agreed, GONE, true);
        }
        Map<String, TrafficTotals> connections = totals.byConnection();
        assertThat(connections)
                .hasSize(Totals.REMEMBERED)
                .containsKey("peer-500")
                .doesNotContainKey("peer-499");
        assertThat(totals.byPolicy().values().stream()
                        .mapToLong(TrafficTotals::pairs)
                        .sum())
                .isEqualTo(Totals.REMEMBERED + 500);
    }
}
