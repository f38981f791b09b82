package org.sallyport.ike.internal.core.task;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.sallyport.api.flow.Flow;
import org.sallyport.api.negotiation.NegotiationResult;
import org.sallyport.api.policy.Policy;
import org.sallyport.api.reason.Reason;
import org.sallyport.ike.internal.core.Effect;
import org.sallyport.ike.internal.core.IkeSa;
import org.sallyport.ike.internal.core.Question;
import org.sallyport.ike.internal.core.Session;
import org.sallyport.ike.internal.core.Waiter;
import org.sallyport.ike.internal.core.state.ChildState;
import org.sallyport.ike.internal.message.IkeMessage;
import org.sallyport.ike.internal.message.NotifyType;
import org.sallyport.ike.internal.message.Payload;

/** CREATE_CHILD_SA for a further Child SA, as initiator (RFC 7296 section 1.3.1). */
final class ChildCreateTask extends CreateChildTask {
    private final @Nullable Waiter waiter;

    ChildCreateTask(Session session, @Nullable Waiter waiter) {
        super(session);
        this.waiter = waiter;
    }

    @Override
    public void begin(IkeSa sa) {
        Waiter wanted = waiter;
        if (wanted == null || !session.waiters().contains(wanted)) {
            sa.finished(this);
            return;
        }
        session.ask(
                new Question.OpenLineage(
                        session.state().id().orElseThrow(),
                        wanted.request().policy().ipsecProtocol()),
                reserved -> offer(
                        sa,
                        reserved,
                        wanted.request().policy(),
                        AssignedSelectors.proposed(
                                session,
                                wanted.request().policy(),
                                wanted.request().selectors()),
                        Optional.empty(),
                        Optional.empty()),
                reason -> refused(sa, reason));
    }

    @Override
    List<Payload> leading() {
        return new ArrayList<>();
    }

    @Override
    Optional<Flow> trigger() {
        return waiter == null ? Optional.empty() : waiter.request().trigger();
    }

    @Override
    Optional<Policy> policy(String name) {
        return waiter == null
                ? super.policy(name)
                : Optional.of(waiter.request().policy());
    }

    @Override
    void agreed(IkeSa sa, ChildState child) {
        session.children()
                .activate(
                        child,
                        handle -> {
                            session.emit(new Effect.ChildUp(child, true));
                            if (waiter != null) {
                                session.waiters()
                                        .settle(waiter.negotiation(), new NegotiationResult.Established(handle));
                            }
                            sa.finished(this);
                        },
                        reason -> {
                            session.children().end(child, reason);
                            refused(sa, reason);
                        });
    }

    @Override
    void refused(IkeSa sa, Optional<IkeMessage> response, Reason reason) {
        boolean later =
                response.flatMap(r -> r.notify(NotifyType.TEMPORARY_FAILURE)).isPresent();
        Waiter wanted = waiter;
        Optional<Waiter> exact = response.filter(
                        r -> r.notify(NotifyType.SINGLE_PAIR_REQUIRED).isPresent())
                .flatMap(r -> Optional.ofNullable(wanted).flatMap(Waiter::exact));
        if (exact.isPresent()) { // RFC 7296 section 2.9
            sa.finished(this);
            sa.submit(new ChildCreateTask(session, exact.get()));
            return;
        }
        if (later && wanted != null && session.waiters().contains(wanted)) {
            session.later(session.retryTime(), () -> session.currentSa()
                    .ifPresent(current -> current.submit(new ChildCreateTask(session, wanted))));
        } else {
            session.emit(new Effect.ChildFailed(
                    session.state().id().orElseThrow(),
                    wanted == null ? "" : wanted.request().policy().name(),
                    true,
                    reason));
            settle(new NegotiationResult.Refused(reason));
        }
        sa.finished(this);
    }

    private void refused(IkeSa sa, Reason reason) {
        refused(sa, Optional.empty(), reason);
    }

    private void settle(NegotiationResult result) {
        if (waiter != null) {
            session.waiters().settle(waiter.negotiation(), result);
        }
    }
}
