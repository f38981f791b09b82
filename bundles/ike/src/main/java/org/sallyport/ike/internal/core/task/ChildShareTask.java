package org.sallyport.ike.internal.core.task;

import java.util.List;
import java.util.Optional;
import org.sallyport.api.flow.Flow;
import org.sallyport.api.policy.Policy;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.sa.Share;
import org.sallyport.ike.internal.core.Effect;
import org.sallyport.ike.internal.core.IkeSa;
import org.sallyport.ike.internal.core.Question;
import org.sallyport.ike.internal.core.Session;
import org.sallyport.ike.internal.core.Shares;
import org.sallyport.ike.internal.core.state.ChildState;
import org.sallyport.ike.internal.message.IkeMessage;
import org.sallyport.ike.internal.message.NotifyType;
import org.sallyport.ike.internal.message.Payload;

/**
 * CREATE_CHILD_SA for a Child SA beside another, for the same selectors, as initiator (RFC 9611). Nobody waits for it: when
 * the peer refuses, packets go on by the other.
 */
final class ChildShareTask extends CreateChildTask {
    private final Share wanted;

    ChildShareTask(Session session, Share wanted) {
        super(session);
        this.wanted = wanted;
    }

    private Shares shares() {
        return session.children().shares();
    }

    @Override
    public void begin(IkeSa sa) {
        Optional<ChildState> fallback = shares().fallback(wanted.fallback());
        Optional<Policy> policy = fallback.flatMap(c -> policy(c.policy));
        if (fallback.isEmpty() || policy.isEmpty() || shares().stands(wanted)) {
            sa.finished(this);
            return;
        }
        session.ask(
                new Question.OpenLineage(
                        session.state().id().orElseThrow(), policy.get().ipsecProtocol()),
                reserved -> offer(
                        sa, reserved, policy.get(), fallback.get().selectors, Optional.empty(), Optional.of(wanted)),
                reason -> refused(sa, Optional.empty(), reason));
    }

    @Override
    List<Payload> leading() {
        return List.of();
    }

    @Override
    Optional<Flow> trigger() {
        return Optional.empty();
    }

    @Override
    void agreed(IkeSa sa, ChildState child) {
        session.children()
                .activate(
                        child,
                        handle -> {
                            session.emit(new Effect.ChildUp(child, true));
                            sa.finished(this);
                        },
                        reason -> {
                            session.children().end(child, reason);
                            refused(sa, Optional.empty(), reason);
                        });
    }

    @Override
    void refused(IkeSa sa, Optional<IkeMessage> response, Reason reason) {
        boolean later =
                response.flatMap(r -> r.notify(NotifyType.TEMPORARY_FAILURE)).isPresent();
        if (!later) { // then packets ask again soon
            shares().refused(wanted);
            String policy =
                    shares().fallback(wanted.fallback()).map(c -> c.policy).orElse("");
            session.emit(new Effect.ChildFailed(session.state().id().orElseThrow(), policy, true, reason));
        }
        sa.finished(this);
    }

    @Override
    public void over() {
        shares().over(wanted);
        super.over();
    }
}
