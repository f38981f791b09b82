package org.sallyport.ike.internal.core;

import java.util.Optional;
import org.sallyport.api.negotiation.Identity;
import org.sallyport.api.sa.ConnectionId;
import org.sallyport.api.sa.IkeSaId;
import org.sallyport.ike.internal.core.state.SessionState;

/** What a session may know of other sessions that stand. Asked by one thread at a time. */
public interface Others {
    /** There are none. */
    Others NONE = new Others() {
        @Override
        public boolean stand(SessionState self, ConnectionId connection, Optional<Identity> peer) {
            return false;
        }

        @Override
        public boolean carry(SessionState self, ConnectionId connection, Identity peer, Carried carried, long since) {
            return false;
        }

        @Override
        public boolean carryInstead(
                SessionState self, ConnectionId connection, Identity peer, Carried carried, IkeSaId ending) {
            return false;
        }
    };

    /** Tells whether another IKE SA stands with the peer of a connection, and if given, with this identity. */
    boolean stand(SessionState self, ConnectionId connection, Optional<Identity> peer);

    /**
     * Tells whether a pair under another IKE SA with the same peer carries the same.
     *
     * @param since boot time in nanoseconds before which none of the peer's IKE SAs counts
     */
    boolean carry(SessionState self, ConnectionId connection, Identity peer, Carried carried, long since);

    /**
     * Tells whether a pair under another IKE SA with the same peer carries the same, or is about to, that the peer more
     * surely knows of.
     *
     * @param ending the IKE SA that is about to stop to
     */
    boolean carryInstead(SessionState self, ConnectionId connection, Identity peer, Carried carried, IkeSaId ending);
}
