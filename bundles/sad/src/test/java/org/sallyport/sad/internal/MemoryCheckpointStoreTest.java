package org.sallyport.sad.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.sallyport.api.checkpoint.Checkpoint;
import org.sallyport.api.checkpoint.CheckpointId;
import org.sallyport.api.checkpoint.CheckpointStore.StaleCheckpointException;
import org.sallyport.api.checkpoint.Durability;
import org.sallyport.api.sa.Epoch;
import org.sallyport.api.secret.SecretBytes;

class MemoryCheckpointStoreTest {
    private static final CheckpointId ID = new CheckpointId("ike-sa", "berlin[1]");
    private static final Epoch FIRST = Epoch.FIRST;

    private final MemoryCheckpointStore store = new MemoryCheckpointStore();

    private Durability put(CheckpointId id, Epoch epoch, long revision, int... octets) {
        byte[] bytes = new byte[octets.length];
        for (int i = 0; i < octets.length; i++) {
            bytes[i] = (byte) octets[i];
        }
        try (SecretBytes state = SecretBytes.owning(bytes)) {
            return store.put(id, epoch, revision, state).toCompletableFuture().join();
        }
    }

    private byte[] bytes(CheckpointId id) {
        try (SecretBytes state = store.get(id).map(Checkpoint::state).orElseThrow()) {
            return state.use(byte[]::clone);
        }
    }

    @Test
    void keepsACopyAndGivesCopies() {
        assertThat(put(ID, FIRST, 1, 7, 8)).isEqualTo(Durability.MEMORY);
        assertThat(bytes(ID)).containsExactly(7, 8);
        assertThat(bytes(ID)).containsExactly(7, 8);
        assertThat(store.list("ike-sa")).containsExactly(ID);
        assertThat(store.list("child-sa")).isEmpty();
    }

    @Test
    void comparesBeforeItSets() {
        put(ID, FIRST.next(), 5, 1);
        assertStale(FIRST, 6);
        assertStale(FIRST.next(), 5);
        assertStale(FIRST.next(), 4);
        put(ID, FIRST.next(), 6, 2);
        put(ID, FIRST.next().next(), 7, 3);
        assertThat(bytes(ID)).containsExactly(3);
    }

    private void assertStale(Epoch epoch, long revision) {
        assertThatThrownBy(() -> put(ID, epoch, revision, 9))
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(StaleCheckpointException.class);
    }

    @Test
    void removesUnlessSomebodyWithAHigherEpochWrote() {
        put(ID, FIRST.next(), 1, 1);
        store.remove(ID, FIRST);
        assertThat(store.get(ID)).isPresent();
        store.remove(ID, FIRST.next());
        assertThat(store.get(ID)).isEmpty();
        put(ID, FIRST, 1, 1);
    }

    @Test
    void refusesWhatIsTooLarge() {
        SecretBytes state = SecretBytes.owning(new byte[MemoryCheckpointStore.MOST_OCTETS_EACH + 1]);
        assertThatThrownBy(() ->
                        store.put(ID, FIRST, 1, state).toCompletableFuture().join())
                .hasMessageContaining("a checkpoint is limited to 1048576 octets");
        assertThat(store.get(ID)).isEmpty();
    }
}
