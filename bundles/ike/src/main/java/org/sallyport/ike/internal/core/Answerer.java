package org.sallyport.ike.internal.core;

import org.sallyport.ike.internal.message.IkeMessage;
import org.sallyport.ike.internal.message.IkeProtocolException;

/** Answers one kind of request. Stateless. */
public interface Answerer {
    /** Tells whether the request is of its kind; the first that says so answers. */
    boolean answers(Session session, IkeMessage request);

    /**
     * Answers, now or later, by {@link IkeSa#respond}.
     *
     * @throws IkeProtocolException the notify that answers the request; INVALID_SYNTAX ends the IKE SA (RFC 7296 section
     *     2.21.3)
     */
    void answer(Session session, IkeSa sa, IkeMessage request) throws IkeProtocolException;
}
