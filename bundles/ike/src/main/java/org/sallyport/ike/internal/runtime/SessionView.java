package org.sallyport.ike.internal.runtime;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.sallyport.api.admin.IkeSaView;
import org.sallyport.api.negotiation.Identity;
import org.sallyport.api.negotiation.PadEntry;
import org.sallyport.api.pool.AddressLease;
import org.sallyport.api.pool.HostConfiguration;
import org.sallyport.api.sa.ConnectionId;
import org.sallyport.api.sa.IkeSaId;
import org.sallyport.ike.internal.core.Carried;
import org.sallyport.ike.internal.core.Session;
import org.sallyport.ike.internal.core.state.ChildState;
import org.sallyport.ike.internal.core.state.ChildStatus;
import org.sallyport.ike.internal.core.state.Endpoints;
import org.sallyport.ike.internal.core.state.IkeSaState;
import org.sallyport.ike.internal.core.state.IkeSuite;
import org.sallyport.ike.internal.core.state.Phase;
import org.sallyport.ike.internal.core.state.SessionState;

/**
 * What other threads may know of a session, as it stood after its last event. Immutable.
 *
 * @param id its name, once it has one
 * @param identity who the peer proved to be
 * @param expected who the peer is to be, where that is known
 * @param phase how far it is
 * @param initiator whether we initiated it
 * @param establishedAt boot time
 * @param rekeyAt boot time
 * @param initiatorSpi of the IKE SA that carries new exchanges, 0 without one
 * @param responderSpi of the same
 * @param suite its algorithms, once they are agreed
 * @param endpoints where it runs
 * @param leases what our pools gave the peer
 * @param assigned what the peer assigned to us
 * @param rekeying whether a successor is being made, or the predecessor deleted
 * @param predecessor the session that it takes over from
 * @param carried what its pairs carry that send
 * @param waiting what its pairs carry that wait for an elder IKE SA's end
 * @param agreed what of that the peer is known to know of
 */
record SessionView(
        Optional<IkeSaId> id,
        Optional<Identity> identity,
        Optional<Identity> expected,
        Phase phase,
        boolean initiator,
        long establishedAt,
        long rekeyAt,
        long initiatorSpi,
        long responderSpi,
        Optional<IkeSuite> suite,
        Endpoints endpoints,
        List<AddressLease> leases,
        HostConfiguration assigned,
        boolean rekeying,
        Optional<IkeSaId> predecessor,
        List<Carried> carried,
        List<Carried> waiting,
        List<Carried> agreed) {
    static SessionView of(Session session) {
        SessionState state = session.state();
        Optional<IkeSaState> current = state.current();
        return new SessionView(
                state.id(),
                state.peerIdentity(),
                session.peer().map(PadEntry::remoteIdentity),
                state.phase,
                state.initiator,
                state.establishedAt,
                state.rekeyAt,
                current.map(IkeSaState::initiatorSpi).orElse(0L),
                current.map(IkeSaState::responderSpi).orElse(0L),
                current.filter(IkeSaState::agreed).map(IkeSaState::suite),
                state.endpoints,
                List.copyOf(state.leases),
                state.assigned,
                state.ikeSas.size() > 1,
                state.predecessor(),
                carried(state, c -> c.status == ChildStatus.ACTIVE),
                carried(state, ChildState::waitsForElder),
                carried(state, c -> c.waitsForElder() && state.peerKnows(c)));
    }

    private static List<Carried> carried(SessionState state, Predicate<ChildState> which) {
        List<Carried> all = new ArrayList<>(state.children.size());
        for (ChildState child : state.children) {
            if (which.test(child)) {
                all.add(Carried.by(child));
            }
        }
        return List.copyOf(all);
    }

    private static String hex(long spi) {
        return spi == 0 ? "" : HexFormat.of().toHexDigits(spi);
    }

    /** Tells whether its peer is the one of a connection. */
    boolean isWith(ConnectionId connection) {
        return id.filter(i -> i.connection().equals(connection)).isPresent();
    }

    /** Returns what its pairs carry, or will once an elder IKE SA has ended. */
    Set<Carried> carriesOrWaitsTo() {
        if (waiting.isEmpty() && carried.size() < 2) {
            return carried.isEmpty() ? Set.of() : Set.of(carried.getFirst());
        }
        Set<Carried> all = new HashSet<>(carried);
        all.addAll(waiting);
        return all;
    }

    /** Tells whether it may carry a further negotiation with its peer. */
    boolean usable() {
        return phase == Phase.ESTABLISHED || phase == Phase.CONNECTING;
    }

    /** Returns it for people; a half-open one has no name and is not shown. */
    Optional<IkeSaView> forPeople(long now) {
        return id.map(name -> new IkeSaView(
                name,
                identity.or(() -> expected).map(Identity::toString).orElse(""),
                hex(initiatorSpi),
                hex(responderSpi),
                initiator,
                words(),
                suite.map(IkeSuite::toString).orElse(""),
                endpoints.toString(),
                addresses(),
                establishedAt == ChildState.NEVER ? Duration.ZERO : Duration.ofNanos(Math.max(0, now - establishedAt)),
                rekeyAt == ChildState.NEVER ? Duration.ZERO : Duration.ofNanos(Math.max(0, rekeyAt - now))));
    }

    private IkeSaView.Addresses addresses() {
        HostConfiguration given =
                leases.stream().map(AddressLease::configuration).reduce(assigned, HostConfiguration::and);
        return new IkeSaView.Addresses(
                !assigned.addresses().isEmpty(),
                given.addresses(),
                given.dnsServers(),
                given.subnets(),
                given.domains());
    }

    private String words() {
        return switch (phase) {
            case CONNECTING, HALF_OPEN -> "connecting";
            case ESTABLISHED -> rekeying ? "rekeying" : "established";
            case DELETING, CLOSED -> "deleting";
        };
    }
}
