package org.sallyport.webui.internal.model;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.sallyport.api.admin.CaptureCounters;
import org.sallyport.api.admin.ChildSaView;
import org.sallyport.api.admin.ConfigurationProblem;
import org.sallyport.api.admin.ConnectionView;
import org.sallyport.api.admin.HoldView;
import org.sallyport.api.admin.IkeSaView;
import org.sallyport.api.admin.LeaseView;
import org.sallyport.api.admin.ParkingView;
import org.sallyport.api.admin.TrafficTotals;
import org.sallyport.api.policy.PolicyGeneration;

/**
 * The appliance at one moment. What is absent is not running, which is not the same as being empty. Immutable.
 *
 * @param at when it was taken
 * @param sas SA pairs
 * @param ikeSas IKE SAs
 * @param holds held requests and those that ended lately
 * @param capture what the capture counted
 * @param policies the generation in force
 * @param problems mistakes in the configuration
 * @param notices what else there is to know of the configuration
 * @param leases who uses SAs, the latest {@link #MOST_LEASES}
 * @param traffic what was carried, by policy
 * @param dataPlane drops, what is parked and what seals packets
 * @param connections every configured connection
 */
public record ConsoleSnapshot(
        Instant at,
        Optional<List<ChildSaView>> sas,
        Optional<List<IkeSaView>> ikeSas,
        Optional<Holds> holds,
        Optional<CaptureCounters> capture,
        Optional<PolicyGeneration> policies,
        Optional<List<ConfigurationProblem>> problems,
        Optional<Notices> notices,
        Optional<List<LeaseView>> leases,
        Optional<Map<String, TrafficTotals>> traffic,
        Optional<DataPlane> dataPlane,
        Optional<List<ConnectionView>> connections) {
    /** A busy gateway has more leases than anybody reads. */
    static final int MOST_LEASES = 500;

    /** Held requests now, oldest first, and those that ended lately, newest first. */
    public record Holds(List<HoldView> now, List<HoldView> recent) {
        public Holds {
            now = List.copyOf(now);
            recent = List.copyOf(recent);
        }
    }

    /**
     * What is not a mistake and still wants to be known.
     *
     * @param provisional what is in force until somebody confirms it, and what to do, in words
     * @param warnings what is allowed and perhaps not meant, in words
     */
    public record Notices(Optional<String> provisional, List<String> warnings) {
        public Notices {
            warnings = List.copyOf(warnings);
        }
    }

    /** The classifier: packets dropped outside any SA by reason, what is parked, and the cryptography in use. */
    public record DataPlane(Map<String, Long> drops, ParkingView parking, String cryptography) {
        public DataPlane {
            drops = Map.copyOf(drops);
        }
    }
}
