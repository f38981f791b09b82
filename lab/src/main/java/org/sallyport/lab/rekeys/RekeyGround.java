package org.sallyport.lab.rekeys;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.sallyport.lab.appliance.ApplianceShell;
import org.sallyport.lab.appliance.EventLog;
import org.sallyport.lab.appliance.Site;
import org.sallyport.lab.peer.StrongSwanSettings;
import org.sallyport.lab.process.CommandFailedException;
import org.sallyport.lab.process.Wait;
import org.sallyport.lab.session.Lab;
import org.sallyport.lab.session.PeerKind;

/**
 * A lab in which packets are authenticated and not encrypted, so that the witness can read the number of each on the wire;
 * the host's appliance is ours, and the peer either another one or strongSwan.
 */
public final class RekeyGround {
    private static final String SECRET = "known to both ends of the numbered streams";
    private static final String OURS = "null-sha256-noesn";
    private static final String THEIRS = "null-sha256";
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(25);
    /** A hard lifetime that no test comes near, as a multiple of the soft one. */
    private static final int HARD = 10;

    private static final Site HOST = readable(Site.host(SECRET));

    private final Lab lab;
    private final PeerKind peer;

    private RekeyGround(Lab lab, PeerKind peer) {
        this.lab = lab;
        this.peer = peer;
    }

    /** Returns what the lab is made of. */
    public static Lab.Plan plan(PeerKind peer) {
        Lab.Plan plan = Lab.Plan.standard("rekeys", peer);
        StrongSwanSettings swan = StrongSwanSettings.gateway(SECRET);
        return plan.withHost(HOST)
                .withGateway(readable(Site.gateway(SECRET)))
                .withStrongSwan(swan.withProposals(swan.ikeProposals(), THEIRS));
    }

    private static Site readable(Site site) {
        return site.withPolicy("proposals", OURS).withPolicy("linger", "lifetime");
    }

    /** Takes a lab that was made by {@link #plan}, and ends its captures, which would keep every packet. */
    public static RekeyGround in(Lab lab, PeerKind peer) {
        lab.stopOuterWitness();
        lab.stopInnerWitness();
        return new RekeyGround(lab, peer);
    }

    public Lab lab() {
        return lab;
    }

    /**
     * Gives the policy the lifetimes that a kind needs, so that there are one or two rekeys a second, and has an SA stand.
     *
     * @param rate datagrams a second in each direction
     * @param inner octets of their IP packets
     */
    public void prepare(RekeyKind kind, int rate, int inner) {
        Site wanted =
                switch (kind) {
                    case TIME -> limited("lifetime-time", 1, "s");
                    case OCTETS -> limited("lifetime-bytes", (long) rate * inner / 2, "B");
                    case PACKETS -> limited("lifetime-packets", Math.ceilDiv(rate, 2), "");
                    case CHILD_BY_US, CHILD_BY_PEER, IKE_BY_US, IKE_BY_PEER -> HOST;
                };
        long now = EventLog.now();
        if (lab.host().configureIfDifferent(Site.POLICY_FILE, text(wanted))) {
            lab.host().journal().await(now, "policy-generation", PATIENCE);
            connect();
            new ApplianceShell(lab.host()).rekeyChild(); // a successor has the lifetimes that hold by now
        }
        connect();
    }

    private static Site limited(String key, long soft, String unit) {
        return HOST.withPolicy(key + "-soft", soft + unit).withPolicy(key, soft * HARD + unit);
    }

    private String text(Site wanted) {
        return String.valueOf(wanted.files(lab.host().base()).get(Site.POLICY_FILE));
    }

    /** Has an SA stand. */
    public void connect() {
        Wait.until("a page through the tunnel", PATIENCE, () -> lab.fetch().httpStatus() == 200);
    }

    /**
     * Has so many rekeys happen and waits for each.
     *
     * @param pause between two of them
     */
    public void rekey(RekeyKind kind, int times, Duration pause) {
        long begun = EventLog.now();
        for (int i = 0; i < times; i++) {
            int expected = i + 1;
            trigger(kind);
            if (!holds(PATIENCE, () -> happened(kind, begun) >= expected)) {
                throw new CommandFailedException("rekey %d of %s did not come".formatted(expected, kind.key()));
            }
            Wait.pause(pause);
        }
    }

    private long happened(RekeyKind kind, long since) {
        return lab.host().journal().since(since, kind.event()).size();
    }

    private static boolean holds(Duration limit, BooleanSupplier condition) {
        long end = System.nanoTime() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                return false;
            }
            Wait.pause(BETWEEN_LOOKS);
        }
        return true;
    }

    private void trigger(RekeyKind kind) {
        switch (kind) {
            case CHILD_BY_US -> new ApplianceShell(lab.host()).rekeyChild();
            case IKE_BY_US -> new ApplianceShell(lab.host()).rekeyIke();
            case CHILD_BY_PEER -> rekeyChildThere();
            case IKE_BY_PEER -> rekeyIkeThere();
            case TIME, OCTETS, PACKETS -> {}
        }
    }

    private void rekeyChildThere() {
        if (peer == PeerKind.STRONGSWAN) {
            lab.strongSwan().rekeyChild();
        } else {
            new ApplianceShell(lab.gateway()).rekeyChild();
        }
    }

    private void rekeyIkeThere() {
        if (peer == PeerKind.STRONGSWAN) {
            lab.strongSwan().rekeyIke();
        } else {
            new ApplianceShell(lab.gateway()).rekeyIke();
        }
    }
}
