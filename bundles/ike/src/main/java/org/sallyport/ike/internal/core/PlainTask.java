package org.sallyport.ike.internal.core;

import org.sallyport.ike.internal.core.state.Endpoints;
import org.sallyport.ike.internal.message.Bytes;

/** A task whose response is not protected: it decides itself whether it is one. */
public interface PlainTask extends Task {
    /** Something came in that may be the response. Nothing of it is to be trusted. */
    void plainResponse(IkeSa sa, Endpoints endpoints, Bytes datagram);

    /** Time went by. */
    void tick(IkeSa sa);

    /** Returns when {@link #tick} is due. */
    long deadline();
}
