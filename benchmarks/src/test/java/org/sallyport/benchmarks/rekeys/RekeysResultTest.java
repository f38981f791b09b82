package org.sallyport.benchmarks.rekeys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.sallyport.lab.rekeys.Attribution;
import org.sallyport.lab.rekeys.RekeyKind;
import org.sallyport.lab.session.PeerKind;

class RekeysResultTest {
    private static Attribution lost(int before, int after) {
        return new Attribution(100, 100 - before - after, 0, before, after, 0, 0, 0, List.of());
    }

    private static RekeysResult result(PeerKind peer, Attribution ours, Attribution theirs) {
        Rekeys.Seen seen = new Rekeys.Seen(7, 1.5, ours, theirs);
        return new RekeysResult(Map.of(peer, new Rekeys.Run(2000, 1000, Map.of(RekeyKind.TIME, seen))));
    }

    @Test
    void whoSealsLosesBeforeTheWireAndWhoOpensAfterIt() {
        RekeysResult result = result(PeerKind.STRONGSWAN, lost(1, 2), lost(4, 8));
        assertThat(result.fields())
                .contains(entry("lost", 15), entry("attributed", 15), entry("lost_by_us", 9), entry("lost_by_peer", 6));
        assertThat(result.kept()).isFalse();
    }

    @Test
    void whatStrongSwanLosesIsNotOurs() {
        RekeysResult result = result(PeerKind.STRONGSWAN, lost(0, 2), lost(4, 0));
        assertThat(result.fields()).contains(entry("lost_by_us", 0), entry("lost_by_peer", 6), entry("rekeys", 7));
        assertThat(result.kept()).isTrue();
    }

    @Test
    void whatAnotherApplianceLosesIs() {
        RekeysResult result = result(PeerKind.SALLYPORT, lost(0, 2), lost(4, 0));
        assertThat(result.fields()).contains(entry("lost_by_us", 6), entry("lost_by_peer", 0));
        assertThat(result.kept()).isFalse();
        assertThat(result(PeerKind.SALLYPORT, lost(0, 0), lost(0, 0)).kept()).isTrue();
    }

    @Test
    void anArrivalThatTheWitnessDidNotSeeLeavesNothingAttributed() {
        Attribution blind = new Attribution(100, 99, 0, 1, 0, 0, 0, 1, List.of());
        RekeysResult result = result(PeerKind.STRONGSWAN, lost(0, 0), blind);
        assertThat(result.fields()).contains(entry("lost", 1), entry("attributed", 0), entry("unseen", 1));
        assertThat(result.kept()).isFalse();
    }
}
