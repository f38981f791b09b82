package org.sallyport.ike.internal.runtime;

import java.util.Optional;
import java.util.function.Consumer;
import org.sallyport.api.negotiation.ConnectionEvent;
import org.sallyport.api.negotiation.ConnectionEvent.Kind;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.sa.IkeSaId;
import org.sallyport.ike.internal.core.Effect;

/**
 * Tells those who follow connections of IKE SAs and of what did not come about; the SAD tells of Child SAs. Thread safe.
 */
final class ConnectionTeller {
    private final Consumer<ConnectionEvent> followers;

    ConnectionTeller(Consumer<ConnectionEvent> followers) {
        this.followers = followers;
    }

    void tell(Effect.Notice notice) {
        switch (notice) {
            case Effect.IkeUp up -> tell(up.id(), Kind.IKE_UP, Optional.empty());
            case Effect.IkeRekeyed rekeyed -> tell(rekeyed.id(), Kind.IKE_REKEYED, Optional.empty());
            case Effect.IkeDown down -> tell(down.id(), Kind.IKE_DOWN, Optional.of(down.reason()));
            case Effect.IkeFailed failed -> {
                Kind kind = failed.initiator() ? Kind.IKE_FAILED : Kind.IKE_REFUSED;
                if (failed.initiator() || !failed.isSilence()) {
                    failed.meant()
                            .forEach(connection -> followers.accept(new ConnectionEvent(
                                    connection, kind, "", Optional.empty(), Optional.of(failed.reason()))));
                }
            }
            case Effect.ChildFailed failed ->
                followers.accept(new ConnectionEvent(
                        failed.id().connection(),
                        Kind.CHILD_FAILED,
                        "",
                        Optional.of(failed.policy()),
                        Optional.of(failed.reason())));
            case Effect.UdpNonetheless ignored -> {}
            case Effect.AddressesAssigned ignored -> {}
            case Effect.Received ignored -> {}
            case Effect.ChildUp ignored -> {}
            case Effect.ChildRekeyed ignored -> {}
            case Effect.ChildDown ignored -> {}
        }
    }

    private void tell(IkeSaId id, Kind kind, Optional<Reason> reason) {
        followers.accept(new ConnectionEvent(id.connection(), kind, id.toString(), Optional.empty(), reason));
    }
}
