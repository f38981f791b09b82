package org.sallyport.ike.internal.core.state;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.sallyport.ike.internal.keys.IkeKeys;
import org.sallyport.ike.internal.keys.IvCounter;
import org.sallyport.ike.internal.message.Bytes;

/** One IKE SA of a session: its SPIs, keys and message ids. Plain data of one session. */
public final class IkeSaState {
    /** What an IKE SA is to its session. */
    public enum Role {
        /** The one that carries new exchanges. */
        CURRENT,
        /** Made by the peer while our own rekeying is under way: nonces decide (RFC 7296 section 2.8.2). */
        CANDIDATE,
        /** Replaced or redundant; we are to delete it (RFC 7296 section 2.8). */
        OURS_TO_DELETE,
        /** Replaced or redundant; the peer is to delete it. */
        THEIRS_TO_DELETE
    }

    public final long localSpi;
    public final boolean originalInitiator;
    public long remoteSpi;
    public Role role = Role.CURRENT;
    /** When we stop waiting for the peer's DELETE. */
    public long closeAt = ChildState.NEVER;
    /** The lower of the two nonces of the exchange that made it. */
    public Bytes lowestNonce = Bytes.EMPTY;
    /** Message id of our next request. */
    public long nextRequestId;

    public RequestWindow requests = new RequestWindow();

    private @Nullable IkeSuite suite;
    private @Nullable IkeKeys keys;
    private @Nullable IvCounter ivs;
    private @Nullable Flight flight;

    public IkeSaState(long localSpi, boolean originalInitiator) {
        this.localSpi = localSpi;
        this.originalInitiator = originalInitiator;
    }

    public long initiatorSpi() {
        return originalInitiator ? localSpi : remoteSpi;
    }

    public long responderSpi() {
        return originalInitiator ? remoteSpi : localSpi;
    }

    /** Sets what was agreed. Takes the keys over. */
    public void agree(IkeSuite agreed, IkeKeys derived, IvCounter counter) {
        suite = agreed;
        keys = derived;
        ivs = counter;
    }

    /** Tells whether it has keys. */
    public boolean agreed() {
        return keys != null;
    }

    public IkeSuite suite() {
        return present(suite);
    }

    public IkeKeys keys() {
        return present(keys);
    }

    public IvCounter ivs() {
        return present(ivs);
    }

    /** Returns our request that waits for its response. */
    public Optional<Flight> flight() {
        return Optional.ofNullable(flight);
    }

    public void flight(@Nullable Flight value) {
        flight = value;
    }

    /** Wipes the keys. */
    public void wipe() {
        if (keys != null) {
            keys.close();
        }
    }

    private static <T> T present(@Nullable T value) {
        if (value == null) {
            throw new IllegalStateException("nothing is agreed yet");
        }
        return value;
    }
}
