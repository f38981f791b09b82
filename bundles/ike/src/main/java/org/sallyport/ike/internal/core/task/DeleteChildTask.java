package org.sallyport.ike.internal.core.task;

import java.util.List;
import java.util.Optional;
import org.sallyport.api.reason.ReasonCode;
import org.sallyport.api.sa.SpiKey;
import org.sallyport.ike.internal.core.IkeSa;
import org.sallyport.ike.internal.core.Session;
import org.sallyport.ike.internal.core.Task;
import org.sallyport.ike.internal.core.state.ChildState;
import org.sallyport.ike.internal.core.state.ChildStatus;
import org.sallyport.ike.internal.core.state.TaskRecord;
import org.sallyport.ike.internal.message.ExchangeType;
import org.sallyport.ike.internal.message.IkeMessage;
import org.sallyport.ike.internal.message.Payload;

/** INFORMATIONAL with the DELETE of a pair of Child SAs, as initiator (RFC 7296 section 1.4.1). */
final class DeleteChildTask implements Task {
    private final Session session;
    private final SpiKey inbound;
    private final boolean unused;

    private DeleteChildTask(Session session, SpiKey inbound, boolean unused) {
        this.session = session;
        this.inbound = inbound;
        this.unused = unused;
    }

    /** The end of a pair that is retired. */
    static DeleteChildTask of(Session session, SpiKey inbound) {
        return new DeleteChildTask(session, inbound, false);
    }

    /** The end of a pair that only the peer believes in. */
    static DeleteChildTask unused(Session session, SpiKey inbound) {
        return new DeleteChildTask(session, inbound, true);
    }

    private Optional<ChildState> child() {
        return session.state().childByInbound(inbound.spi()).filter(c -> c.status == ChildStatus.RETIRED);
    }

    @Override
    public void begin(IkeSa sa) {
        if (!unused && child().isEmpty()) {
            sa.finished(this);
            return;
        }
        sa.request(
                this,
                ExchangeType.INFORMATIONAL,
                List.of(new Payload.Delete(inbound.protocol().securityProtocol(), List.of(Spis.bytes(inbound.spi())))));
    }

    @Override
    public void response(IkeSa sa, IkeMessage response) {
        session.state().withdrawn.remove(inbound);
        child().ifPresent(this::over);
        sa.finished(this);
    }

    /** The peer sends by it no longer; what a successor took over from may still have packets on their way. */
    private void over(ChildState child) {
        if (child.ending.code() == ReasonCode.REKEYED) {
            session.children().linger(child, child.ending);
        } else {
            session.children().drop(child, child.ending);
        }
    }

    @Override
    public TaskRecord record() {
        return new TaskRecord.DeleteChildren(List.of(inbound));
    }
}
