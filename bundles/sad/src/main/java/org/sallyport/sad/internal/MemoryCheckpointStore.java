package org.sallyport.sad.internal;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.sallyport.api.checkpoint.Checkpoint;
import org.sallyport.api.checkpoint.CheckpointId;
import org.sallyport.api.checkpoint.CheckpointStore;
import org.sallyport.api.checkpoint.Durability;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.reason.ReasonCode;
import org.sallyport.api.sa.Epoch;
import org.sallyport.api.secret.SecretBytes;

/**
 * Checkpoints in memory: they outlive every bundle but this one. What is removed or replaced is wiped; number and size
 * are bounded. Thread safe.
 */
@Component(immediate = true)
public final class MemoryCheckpointStore implements CheckpointStore {
    static final int MOST_CHECKPOINTS = 200_000;
    static final int MOST_OCTETS_EACH = 1024 * 1024;
    static final long MOST_OCTETS = 512L * 1024 * 1024;

    private final Map<CheckpointId, Checkpoint> checkpoints = new HashMap<>();
    private long octets;

    @Activate
    public MemoryCheckpointStore() {}

    @Override
    public synchronized CompletionStage<Durability> put(
            CheckpointId id, Epoch epoch, long revision, SecretBytes state) {
        Checkpoint stored = checkpoints.get(id);
        if (stored != null && stale(stored, epoch, revision)) {
            return CompletableFuture.failedFuture(new StaleCheckpointException(id.kind() + " " + id.name()
                    + ": revision " + revision + " of epoch " + epoch.value() + " came after revision "
                    + stored.revision() + " of epoch " + stored.epoch().value()));
        }
        Optional<Reason> over = boundReached(stored, state.length());
        if (over.isPresent()) {
            return CompletableFuture.failedFuture(
                    new IllegalStateException(over.get().text()));
        }
        if (stored != null) {
            wipe(stored);
        }
        checkpoints.put(id, new Checkpoint(id, epoch, revision, state.copy()));
        octets += state.length();
        return CompletableFuture.completedFuture(Durability.MEMORY);
    }

    private static boolean stale(Checkpoint stored, Epoch epoch, long revision) {
        return epoch.compareTo(stored.epoch()) < 0 || revision <= stored.revision();
    }

    private Optional<Reason> boundReached(@Nullable Checkpoint stored, int length) {
        if (stored == null && checkpoints.size() >= MOST_CHECKPOINTS) {
            return Optional.of(Reason.of(ReasonCode.LIMIT_REACHED, "the number of checkpoints", MOST_CHECKPOINTS));
        }
        if (length > MOST_OCTETS_EACH) {
            return Optional.of(Reason.of(ReasonCode.LIMIT_REACHED, "a checkpoint", MOST_OCTETS_EACH + " octets"));
        }
        long before = stored == null ? 0 : stored.state().length();
        return octets - before + length > MOST_OCTETS
                ? Optional.of(
                        Reason.of(ReasonCode.LIMIT_REACHED, "the memory of all checkpoints", MOST_OCTETS + " octets"))
                : Optional.empty();
    }

    @Override
    public synchronized Optional<Checkpoint> get(CheckpointId id) {
        return Optional.ofNullable(checkpoints.get(id))
                .map(c -> new Checkpoint(id, c.epoch(), c.revision(), c.state().copy()));
    }

    @Override
    public synchronized List<CheckpointId> list(String kind) {
        return checkpoints.keySet().stream()
                .filter(id -> id.kind().equals(kind))
                .toList();
    }

    @Override
    public synchronized void remove(CheckpointId id, Epoch epoch) {
        Checkpoint stored = checkpoints.get(id);
        if (stored != null && epoch.compareTo(stored.epoch()) >= 0) {
            checkpoints.remove(id);
            wipe(stored);
        }
    }

    /** Wipes everything. */
    @Deactivate
    public synchronized void close() {
        checkpoints.values().forEach(this::wipe);
        checkpoints.clear();
    }

    private void wipe(Checkpoint stored) {
        octets -= stored.state().length();
        stored.state().close();
    }
}
