package org.sallyport.ike.internal.core.task;

import java.util.List;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.sa.Share;
import org.sallyport.api.sa.SpiKey;
import org.sallyport.ike.internal.core.Answerer;
import org.sallyport.ike.internal.core.Event;
import org.sallyport.ike.internal.core.Features;
import org.sallyport.ike.internal.core.IkeSa;
import org.sallyport.ike.internal.core.Session;
import org.sallyport.ike.internal.core.Task;
import org.sallyport.ike.internal.core.Waiter;
import org.sallyport.ike.internal.core.state.ChildState;
import org.sallyport.ike.internal.core.state.TaskRecord;

/** IKEv2 as far as it is built: a later feature adds a task or an answerer here. Stateless. */
public final class Ikev2 implements Features {
    private static final List<Answerer> ANSWERERS =
            List.of(new IkeAuthAnswer(), new IkeRekeyAnswer(), new CreateChildAnswer(), new InformationalAnswer());

    @Override
    public List<Answerer> answerers() {
        return ANSWERERS;
    }

    @Override
    public void admit(Session session, IkeSa sa, Event.Admitted first) {
        IkeInitAnswer.admit(session, sa, first);
    }

    @Override
    public Task initiate(Session session) {
        return new IkeInitTask(session);
    }

    @Override
    public Task createChild(Session session, Waiter waiter) {
        return new ChildCreateTask(session, waiter);
    }

    @Override
    public Task shareChild(Session session, Share wanted) {
        return new ChildShareTask(session, wanted);
    }

    @Override
    public Task rekeyChild(Session session, ChildState child) {
        return new ChildRekeyTask(session, child.inboundSpi);
    }

    @Override
    public Task rekeyIke(Session session) {
        return new IkeRekeyTask(session);
    }

    @Override
    public Task deleteChild(Session session, ChildState child) {
        return DeleteChildTask.of(session, child.inbound());
    }

    @Override
    public Task withdraw(Session session, SpiKey inbound) {
        return DeleteChildTask.unused(session, inbound);
    }

    @Override
    public Task deleteIke(Session session, Reason reason) {
        return new DeleteIkeTask(session);
    }

    @Override
    public Task liveness(Session session) {
        return new LivenessTask();
    }

    @Override
    public Task resume(Session session, TaskRecord record) {
        return switch (record) {
            case TaskRecord.Volatile ignored -> new LivenessTask();
            case TaskRecord.Liveness ignored -> new LivenessTask();
            case TaskRecord.DeleteIke ignored -> new DeleteIkeTask(session);
            case TaskRecord.DeleteChildren d ->
                DeleteChildTask.unused(session, d.inbound().getFirst());
            case TaskRecord.Child c
            when c.rekeyed().isPresent() ->
                new ChildRekeyTask(session, c.rekeyed().get()).resume(c);
            case TaskRecord.Child c
            when c.share().isPresent() -> new ChildShareTask(session, c.share().get()).resume(c);
            case TaskRecord.Child c -> new ChildCreateTask(session, null).resume(c);
            case TaskRecord.IkeRekey r -> new IkeRekeyTask(session).resume(r);
        };
    }
}
