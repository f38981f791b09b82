package org.sallyport.api.admin;

import java.util.List;
import java.util.Map;
import org.sallyport.api.event.Feed;
import org.sallyport.api.policy.PolicyGeneration;
import org.sallyport.api.sa.SpiKey;

/** The SAD for people: what there is, now and as it changes. Thread safe. */
public interface SaInspection {
    /** Returns every pair with its counters as they stand. */
    List<ChildSaView> list();

    /** Returns the pairs that would end if this generation came into force: it covers them no more. */
    List<ChildSaView> endedBy(PolicyGeneration candidate);

    /** Returns every lease. */
    List<LeaseView> leases();

    /** Returns what was carried under each policy, by its name, over all SAs that stand and stood. */
    Map<String, TrafficTotals> totalsByPolicy();

    /** Returns what was carried for each connection, by its name, over all SAs that stand and stood. */
    Map<String, TrafficTotals> totalsByConnection();

    /** Returns the feed of pairs that appear, change state and go, keyed by inbound SPI; counters are those of the change. */
    Feed<SpiKey, ChildSaView> feed();
}
