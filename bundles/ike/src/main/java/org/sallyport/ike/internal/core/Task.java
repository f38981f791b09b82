package org.sallyport.ike.internal.core;

import org.sallyport.ike.internal.core.state.TaskRecord;
import org.sallyport.ike.internal.message.IkeMessage;
import org.sallyport.ike.internal.message.IkeProtocolException;

/**
 * Something we ask of the peer in one exchange. It begins when its turn comes, sends one request by
 * {@link IkeSa#request} or ends itself by {@link IkeSa#finished}, and is given the response.
 */
public interface Task {
    /** Its turn has come. */
    void begin(IkeSa sa);

    /**
     * The peer answered. The exchange is complete: the next task may begin.
     *
     * @throws IkeProtocolException when the response makes no sense; it ends the IKE SA
     */
    void response(IkeSa sa, IkeMessage response) throws IkeProtocolException;

    /** It is over: no checkpoint speaks of it any more, and what it kept can be wiped. */
    default void over() {}

    /** It will not be answered: the session ended. {@link #over} follows. */
    default void dropped(IkeSa sa) {}

    /** Tells whether its response matters although the session ends, because the peer may go on with what it made. */
    default boolean mustComplete() {
        return false;
    }

    /** Returns what a checkpoint keeps of it. */
    default TaskRecord record() {
        return new TaskRecord.Volatile();
    }
}
