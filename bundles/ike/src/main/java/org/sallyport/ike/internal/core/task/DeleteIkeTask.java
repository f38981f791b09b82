package org.sallyport.ike.internal.core.task;

import java.time.Duration;
import java.util.List;
import org.sallyport.ike.internal.core.IkeSa;
import org.sallyport.ike.internal.core.Session;
import org.sallyport.ike.internal.core.Task;
import org.sallyport.ike.internal.core.state.Phase;
import org.sallyport.ike.internal.core.state.TaskRecord;
import org.sallyport.ike.internal.message.ExchangeType;
import org.sallyport.ike.internal.message.IkeMessage;
import org.sallyport.ike.internal.message.Payload;

/** INFORMATIONAL with the DELETE of the IKE SA that carries it, as initiator (RFC 7296 section 1.4.1). */
final class DeleteIkeTask implements Task {
    private final Session session;

    DeleteIkeTask(Session session) {
        this.session = session;
    }

    @Override
    public void begin(IkeSa sa) {
        sa.request(this, ExchangeType.INFORMATIONAL, List.of(Payload.Delete.ikeSa()));
    }

    @Override
    public void response(IkeSa sa, IkeMessage response) {
        if (session.state().phase == Phase.DELETING) {
            session.gone(sa, Duration.ZERO);
        } else {
            session.forget(sa);
        }
    }

    @Override
    public TaskRecord record() {
        return new TaskRecord.DeleteIke();
    }
}
