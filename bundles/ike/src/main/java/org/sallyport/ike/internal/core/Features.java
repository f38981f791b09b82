package org.sallyport.ike.internal.core;

import java.util.List;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.sa.Share;
import org.sallyport.api.sa.SpiKey;
import org.sallyport.ike.internal.core.state.ChildState;
import org.sallyport.ike.internal.core.state.TaskRecord;

/** What a session can do: the tasks and answerers that the exchange engine is given, and knows nothing else of. */
public interface Features {
    /** Returns who answers requests, asked in order. */
    List<Answerer> answerers();

    /** The exchange that answers an admitted first request. */
    void admit(Session session, IkeSa sa, Event.Admitted first);

    /** A new IKE SA. */
    Task initiate(Session session);

    /** A pair for somebody who waits. */
    Task createChild(Session session, Waiter waiter);

    /** A pair beside another. */
    Task shareChild(Session session, Share wanted);

    /** The successor of a pair. */
    Task rekeyChild(Session session, ChildState child);

    /** The successor of an IKE SA. */
    Task rekeyIke(Session session);

    /** The end of a pair. */
    Task deleteChild(Session session, ChildState child);

    /** The end of a pair that only the peer believes in. */
    Task withdraw(Session session, SpiKey inbound);

    /** The end of an IKE SA. */
    Task deleteIke(Session session, Reason reason);

    /** A question whether the peer lives. */
    Task liveness(Session session);

    /** Goes on with a request that a checkpoint kept. */
    Task resume(Session session, TaskRecord record);
}
