package org.sallyport.ike.internal.runtime;

import java.time.Duration;
import java.util.Optional;
import org.sallyport.api.admin.IkeSaView;
import org.sallyport.api.negotiation.Identity;
import org.sallyport.api.sa.ConnectionId;
import org.sallyport.api.sa.IkeSaId;
import org.sallyport.ike.internal.core.IkeSa;
import org.sallyport.ike.internal.core.Session;
import org.sallyport.ike.internal.core.state.ChildState;
import org.sallyport.ike.internal.core.state.IkeSaState;
import org.sallyport.ike.internal.core.state.Phase;
import org.sallyport.ike.internal.core.state.SessionState;

/**
 * What other threads may know of a session, as it stood after its last event. Immutable.
 *
 * @param id its name, once it has one
 * @param identity who the peer proved to be
 * @param phase how far it is
 * @param initiator whether we initiated it
 * @param establishedAt boot time
 * @param rekeyAt boot time
 * @param peer who the peer is, or is to be
 * @param initiatorSpi in hexadecimal
 * @param responderSpi in hexadecimal
 * @param algorithms in readable form
 * @param path in readable form
 * @param rekeying whether a successor is being made, or the predecessor deleted
 */
record SessionView(
        Optional<IkeSaId> id,
        Optional<Identity> identity,
        Phase phase,
        boolean initiator,
        long establishedAt,
        long rekeyAt,
        String peer,
        String initiatorSpi,
        String responderSpi,
        String algorithms,
        String path,
        boolean rekeying) {
    static SessionView of(Session session) {
        SessionState state = session.state();
        Optional<IkeSaState> current = session.currentSa().map(IkeSa::state);
        String peer = state.peerIdentity()
                .map(Identity::toString)
                .or(() -> session.peer().map(p -> p.remoteIdentity().toString()))
                .orElse("");
        return new SessionView(
                state.id(),
                state.peerIdentity(),
                state.phase,
                state.initiator,
                state.establishedAt,
                state.rekeyAt,
                peer,
                current.map(s -> hex(s.initiatorSpi())).orElse(""),
                current.map(s -> hex(s.responderSpi())).orElse(""),
                current.filter(IkeSaState::agreed)
                        .map(s -> s.suite().toString())
                        .orElse(""),
                state.endpoints.toString(),
                state.ikeSas.size() > 1);
    }

    private static String hex(long spi) {
        return String.format("%016x", spi);
    }

    /** Tells whether its peer is the one of a connection. */
    boolean isWith(ConnectionId connection) {
        return id.filter(i -> i.connection().equals(connection)).isPresent();
    }

    /** Tells whether it may carry a further negotiation with its peer. */
    boolean usable() {
        return phase == Phase.ESTABLISHED || phase == Phase.CONNECTING;
    }

    /** Returns it for people; a half-open one has no name and is not shown. */
    Optional<IkeSaView> forPeople(long now) {
        return id.map(name -> new IkeSaView(
                name,
                peer,
                initiatorSpi,
                responderSpi,
                initiator,
                words(),
                algorithms,
                path,
                establishedAt == ChildState.NEVER ? Duration.ZERO : Duration.ofNanos(Math.max(0, now - establishedAt)),
                rekeyAt == ChildState.NEVER ? Duration.ZERO : Duration.ofNanos(Math.max(0, rekeyAt - now))));
    }

    private String words() {
        return switch (phase) {
            case CONNECTING, HALF_OPEN -> "connecting";
            case ESTABLISHED -> rekeying ? "rekeying" : "established";
            case DELETING, CLOSED -> "deleting";
        };
    }
}
