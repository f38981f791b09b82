package org.sallyport.linux;

import org.sallyport.api.sa.Epoch;

/**
 * The exclusive right to use something that the linux bundle owns and that outlives its users: sockets, a TUN device.
 * A lease with a higher epoch revokes the one before it, so that a bundle is replaced by "install beside, move the
 * leases, stop the old one" while kernel queues hold packets.
 *
 * <p>Thread safety: every method may be called from any thread.
 */
public interface Lease extends AutoCloseable {
    /** What an allocation-free operation answers once its lease was revoked or closed: the negative ESTALE. */
    int REVOKED = -116;

    /** Returns who may act: the epoch that this lease was taken with. */
    Epoch epoch();

    /** Returns whether this lease was revoked or closed; then nothing passes through it any more. */
    boolean revoked();

    /** Gives the lease back. What it guarded stays open; its kernel queues hold packets for the next holder. */
    @Override
    void close();
}
