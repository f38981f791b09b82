package org.sallyport.api.checkpoint;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.sallyport.api.sa.Epoch;
import org.sallyport.api.secret.SecretBytes;

/**
 * Keeps checkpoints, by compare and set: a put is taken when its epoch is not below the stored one's and its revision is
 * above. Thread safe; reads see every acknowledged put.
 */
public interface CheckpointStore {
    /** A put that lost: somebody with a higher epoch, or a later revision, wrote before. */
    final class StaleCheckpointException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        public StaleCheckpointException(String message) {
            super(message);
        }
    }

    /**
     * Stores a copy of the state; the caller closes its own.
     *
     * @return completes with the durability reached, or exceptionally with {@link StaleCheckpointException}
     */
    CompletionStage<Durability> put(CheckpointId id, Epoch epoch, long revision, SecretBytes state);

    /** Returns a copy, to be closed by the caller. */
    Optional<Checkpoint> get(CheckpointId id);

    /** Returns the names of one kind. */
    List<CheckpointId> list(String kind);

    /** Removes and wipes; passed over when the stored epoch is higher. */
    void remove(CheckpointId id, Epoch epoch);
}
