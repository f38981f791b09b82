package org.sallyport.ike.internal.core.state;

import org.sallyport.ike.internal.message.Bytes;

/** A request that waits for its response. Plain data of one session. */
public final class Flight {
    public final long messageId;
    public final int exchange;
    /** One datagram, or its fragments one behind the other. */
    public Bytes message;
    /** What the task needs to understand the response after a resumption. */
    public TaskRecord task;

    public int transmissions;
    public long nextAt = ChildState.NEVER;
    public long interval;
    /** Whether somebody, perhaps the peer, said that there is no such IKE SA. */
    public boolean doubted;
    /** Whether the response came; the task is at work with it. */
    public boolean landed;

    public Flight(long messageId, int exchange, Bytes message, TaskRecord task) {
        this.messageId = messageId;
        this.exchange = exchange;
        this.message = message;
        this.task = task;
    }
}
