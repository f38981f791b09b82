package org.sallyport.api.sa;

/**
 * Grants sequence numbers: a worker never passes its slot's {@link SaSlotLayout#SEQ_LIMIT}, so that a checkpoint is never
 * behind what was sent. Thread safe; never blocks.
 */
public interface SequenceGrants {
    /** Asks that the limit of an outbound SA be raised; it is raised in the slot once that is safe. */
    void request(SpiKey inbound);
}
