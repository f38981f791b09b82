package org.sallyport.api.sa;

/**
 * What the data plane asks of the SAD while it sends. Grants sequence numbers: a worker never passes its slot's {@link SaSlotLayout#SEQ_LIMIT}, so that a checkpoint is never
 * behind what was sent. Thread safe; never blocks.
 */
public interface SequenceGrants {
    /** Asks that the limit of an outbound SA be raised; it is raised in the slot once that is safe. */
    void request(SpiKey inbound);

    /**
     * Packets of this share go by its fallback, because no SA of their own stands: one is to be made beside it. Told again
     * while that goes on, not with every packet.
     */
    default void share(Share wanted) {}
}
