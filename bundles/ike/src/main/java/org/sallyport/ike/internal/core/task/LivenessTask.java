package org.sallyport.ike.internal.core.task;

import java.util.List;
import org.sallyport.ike.internal.core.IkeSa;
import org.sallyport.ike.internal.core.Task;
import org.sallyport.ike.internal.core.state.TaskRecord;
import org.sallyport.ike.internal.message.ExchangeType;
import org.sallyport.ike.internal.message.IkeMessage;

/** An empty INFORMATIONAL: does the peer live (RFC 7296 section 2.4)? No answer ends the session. */
final class LivenessTask implements Task {
    @Override
    public void begin(IkeSa sa) {
        sa.request(this, ExchangeType.INFORMATIONAL, List.of());
    }

    @Override
    public void response(IkeSa sa, IkeMessage response) {
        sa.finished(this);
    }

    @Override
    public TaskRecord record() {
        return new TaskRecord.Liveness();
    }
}
