package org.sallyport.sad.internal;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.sallyport.api.flow.Flow;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.reason.ReasonCode;
import org.sallyport.api.sa.ChildSaId;
import org.sallyport.api.sa.DataPlane;
import org.sallyport.api.sa.SaPairHandle;
import org.sallyport.api.sa.SaRefusedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The data planes there are: none, one, or two while one replaces the other. A new one is joining until it was given
 * every living SA; only then does an installation depend on it. Calls that name a pair are made while the caller holds
 * that pair's monitor, which keeps them in order for each pair and data plane.
 */
final class DataPlanes {
    private static final Logger LOG = LoggerFactory.getLogger(DataPlanes.class);

    /** A data plane and whether it is counted on. */
    static final class Member {
        private final DataPlane plane;
        private volatile boolean ready;

        private Member(DataPlane plane) {
            this.plane = plane;
        }

        boolean ready() {
            return ready;
        }
    }

    private final List<Member> members = new CopyOnWriteArrayList<>();

    /** Takes note of a data plane; from now on it hears of every change, though it is not yet counted on. */
    Member join(DataPlane plane) {
        Member member = new Member(plane);
        members.add(member);
        return member;
    }

    /** From now on no installation succeeds without it; tells whether it is still there. */
    boolean ready(Member member) {
        if (!members.contains(member)) {
            return false;
        }
        member.ready = true;
        call("catch up", member, DataPlane::caughtUp);
        return true;
    }

    /** Forgets a data plane that went. */
    Optional<Member> leave(DataPlane plane) {
        Optional<Member> left = members.stream().filter(m -> m.plane == plane).findFirst();
        left.ifPresent(members::remove);
        return left;
    }

    boolean anyReady() {
        return members.stream().anyMatch(Member::ready);
    }

    /** Returns among how many workers SPIs are shared. */
    int workers() {
        return members.stream()
                .filter(Member::ready)
                .mapToInt(m -> m.plane.workers())
                .max()
                .orElse(1);
    }

    boolean contains(Member member) {
        return members.contains(member);
    }

    /** Tells everywhere that packets may come for a pair that is not installed yet. */
    void reserve(Pair pair) {
        everywhere("reserve " + pair.key(), plane -> plane.reserve(pair.key()));
    }

    /** The same of a data plane that joins. */
    void reserve(Member member, Pair pair) {
        member.plane.reserve(pair.key());
    }

    /** Tells everywhere that a pair will not be installed. */
    void release(Pair pair) {
        everywhere("release " + pair.key(), plane -> plane.release(pair.key()));
    }

    /** Installs a pair's inbound SA everywhere. */
    void installInbound(Pair pair, Side inbound) throws SaRefusedException {
        requireAny();
        for (Member member : members) {
            tryAt(member, () -> receiveAt(member, pair, inbound));
        }
    }

    /** Activates a pair's outbound SA everywhere. */
    SaPairHandle activateOutbound(Pair pair, Side inbound, Side outbound) throws SaRefusedException {
        requireAny();
        for (Member member : members) {
            tryAt(member, () -> sendAt(member, pair, inbound, outbound));
        }
        return new SaPairHandle(
                inbound.sa().lineage(), pair.key(), outbound.sa().key());
    }

    /** Gives a joining data plane what it does not have yet of a pair. */
    void replay(Member member, Pair pair, Side inbound) throws SaRefusedException {
        if (!pair.receivers.contains(member)) {
            receiveAt(member, pair, inbound);
        }
        Side outbound = pair.outbound();
        if (outbound != null && pair.state() == Pair.State.ACTIVE && !pair.senders.contains(member)) {
            sendAt(member, pair, inbound, outbound);
        }
    }

    void retire(Pair pair, Side outbound) {
        everywhere("retire " + outbound.sa().key(), plane -> plane.retire(outbound.sa()));
        pair.senders.clear();
    }

    /** Takes an SA out everywhere; tells whether every data plane confirmed it. */
    boolean remove(Side side) {
        return everywhere("remove " + side.sa().key(), plane -> plane.remove(side.sa()));
    }

    void bind(Flow flow, ChildSaId lineage) {
        everywhere("bind " + flow, plane -> plane.bind(flow, lineage));
    }

    void bind(Member member, Flow flow, ChildSaId lineage) {
        member.plane.bind(flow, lineage);
    }

    void unbind(Flow flow) {
        everywhere("unbind " + flow, plane -> plane.unbind(flow));
    }

    private interface Installation {
        void run() throws SaRefusedException;
    }

    private void tryAt(Member member, Installation installation) throws SaRefusedException {
        try {
            installation.run();
        } catch (SaRefusedException e) {
            if (member.ready) {
                throw e;
            }
            LOG.warn("the data plane that is joining does not take an SA: {}", e.reason());
        } catch (RuntimeException e) {
            LOG.error("the data plane failed to take an SA", e);
            if (member.ready && members.contains(member)) {
                throw new SaRefusedException(Reason.of(ReasonCode.INTERNAL_ERROR, "the classifier failed: " + e));
            }
        }
    }

    private static void receiveAt(Member member, Pair pair, Side inbound) throws SaRefusedException {
        member.plane.installInbound(inbound.sa());
        pair.receivers.add(member);
    }

    private static void sendAt(Member member, Pair pair, Side inbound, Side outbound) throws SaRefusedException {
        if (pair.receivers.contains(member)) {
            member.plane.activateOutbound(inbound.sa(), outbound.sa());
            pair.senders.add(member);
        }
    }

    private boolean everywhere(String what, Consumer<DataPlane> call) {
        boolean all = true;
        for (Member member : members) {
            all &= call(what, member, call);
        }
        return all;
    }

    private static boolean call(String what, Member member, Consumer<DataPlane> call) {
        try {
            call.accept(member.plane);
            return true;
        } catch (RuntimeException e) {
            LOG.error("the data plane failed to {}", what, e);
            return false;
        }
    }

    private void requireAny() throws SaRefusedException {
        if (!anyReady()) {
            throw new SaRefusedException(Reason.of(ReasonCode.DATA_PLANE_ABSENT));
        }
    }
}
