package org.sallyport.sad.internal;

import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.sallyport.api.negotiation.ConnectionEvent;
import org.sallyport.api.negotiation.ConnectionEvent.Kind;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.sa.SaSpec;

/** Tells those who follow connections of each pair's coming, succession and going, in order and beside the pair's work. */
final class ConnectionTeller implements PairListener {
    private final Executor inOrder;
    private final Consumer<ConnectionEvent> followers;

    ConnectionTeller(Executor inOrder, Consumer<ConnectionEvent> followers) {
        this.inOrder = inOrder;
        this.followers = followers;
    }

    @Override
    public void activated(Pair pair, Pair.Agreed agreed, Optional<Pair> predecessor) {
        tell(predecessor.isPresent() ? Kind.CHILD_REKEYED : Kind.CHILD_UP, agreed.spec(), Optional.empty());
    }

    @Override
    public void deleted(Pair pair, Pair.Agreed agreed, Reason reason, boolean lineageEnded) {
        if (lineageEnded && pair.activation() != 0) {
            tell(Kind.CHILD_DOWN, agreed.spec(), Optional.of(reason));
        }
    }

    private void tell(Kind kind, SaSpec spec, Optional<Reason> reason) {
        ConnectionEvent event = new ConnectionEvent(
                spec.lineage().ikeSa().connection(),
                kind,
                spec.lineage().toString(),
                Optional.of(spec.policy()),
                reason);
        inOrder.execute(() -> followers.accept(event));
    }
}
