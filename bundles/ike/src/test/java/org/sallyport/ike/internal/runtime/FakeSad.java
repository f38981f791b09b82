package org.sallyport.ike.internal.runtime;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.sallyport.api.checkpoint.Checkpoint;
import org.sallyport.api.checkpoint.CheckpointId;
import org.sallyport.api.checkpoint.CheckpointStore;
import org.sallyport.api.checkpoint.Durability;
import org.sallyport.api.flow.Flow;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.sa.ChildSaId;
import org.sallyport.api.sa.ConnectionId;
import org.sallyport.api.sa.Epoch;
import org.sallyport.api.sa.IkeSaId;
import org.sallyport.api.sa.IpsecProtocol;
import org.sallyport.api.sa.SaKeys;
import org.sallyport.api.sa.SaPairHandle;
import org.sallyport.api.sa.SaSpec;
import org.sallyport.api.sa.SaTable;
import org.sallyport.api.sa.SpiKey;
import org.sallyport.api.secret.SecretBytes;

/** An SA table and a checkpoint store without a data plane: the control plane alone is looked at. */
final class FakeSad implements SaTable, CheckpointStore {
    /** A pair as it stands. */
    record Pair(SpiKey inbound, SaSpec spec, int peerSpi, String state) {
        Pair as(int spi, String newState) {
            return new Pair(inbound, spec, spi, newState);
        }

        @Override
        public String toString() {
            return String.format("%s>%08x/%s/%s", inbound, peerSpi, state, spec.lineage());
        }
    }

    private final Map<SpiKey, Pair> pairs = new LinkedHashMap<>();
    /** The keys that were installed last, in hexadecimal digits; of a test, and so no secret. */
    private final List<String> keys = new ArrayList<>();

    private int fewest;

    private final Map<CheckpointId, Checkpoint> checkpoints = new LinkedHashMap<>();
    private long numbers = 1;
    private int nextSpi = 0xc0000001;

    /** Returns encryption key with salt, and integrity key, of the pair that was made last. */
    synchronized List<String> keys() {
        return List.copyOf(keys);
    }

    /** Returns how many pairs sent at any time since this was asked last, at least. */
    synchronized int fewest() {
        int least = fewest;
        fewest = Integer.MAX_VALUE;
        count();
        return least;
    }

    private void count() {
        int sending = (int)
                pairs.values().stream().filter(p -> p.state().equals("active")).count();
        fewest = Math.min(fewest, sending);
    }

    private void keep(SaKeys material) {
        keys.add(hex(material.encryption()) + hex(material.salt()));
        keys.add(hex(material.integrity()));
    }

    private static String hex(SecretBytes secret) {
        return secret.use(HexFormat.of()::formatHex);
    }

    synchronized List<Pair> pairs() {
        return new ArrayList<>(pairs.values());
    }

    @Override
    public synchronized IkeSaId openIkeSa(ConnectionId connection) {
        return new IkeSaId(connection, numbers++);
    }

    @Override
    public synchronized ChildSaId openLineage(IkeSaId ikeSa) {
        return new ChildSaId(ikeSa, numbers++);
    }

    @Override
    public synchronized SpiKey reserveSpi(IpsecProtocol protocol) {
        return new SpiKey(protocol, nextSpi++);
    }

    @Override
    public synchronized void installInbound(SpiKey inbound, SaSpec spec, SaKeys keys) {
        pairs.put(inbound, new Pair(inbound, spec, 0, "installed"));
        this.keys.clear();
        keep(keys);
    }

    @Override
    public synchronized SaPairHandle activateOutbound(SpiKey inbound, int peerSpi, SaKeys keys) {
        Pair pair = pairs.get(inbound);
        if (pair == null) {
            throw new IllegalStateException("not installed");
        }
        pairs.put(inbound, pair.as(peerSpi, "active"));
        keep(keys);
        return new SaPairHandle(pair.spec().lineage(), inbound, new SpiKey(IpsecProtocol.ESP, peerSpi));
    }

    @Override
    public synchronized void retire(SpiKey inbound) {
        pairs.computeIfPresent(inbound, (key, pair) -> pair.as(pair.peerSpi(), "retired"));
        count();
    }

    @Override
    public synchronized void delete(SpiKey inbound, Reason reason) {
        pairs.remove(inbound);
        count();
    }

    @Override
    public Optional<ChildSaId> find(String policy, Flow flow) {
        return Optional.empty();
    }

    @Override
    public synchronized Optional<SaPairHandle> handle(ChildSaId lineage) {
        return pairs.values().stream()
                .filter(p -> p.spec().lineage().equals(lineage) && p.state().equals("active"))
                .findFirst()
                .map(p -> new SaPairHandle(lineage, p.inbound(), new SpiKey(IpsecProtocol.ESP, p.peerSpi())));
    }

    @Override
    public synchronized CompletionStage<Durability> put(
            CheckpointId id, Epoch epoch, long revision, SecretBytes state) {
        Checkpoint before = checkpoints.get(id);
        if (before != null && (epoch.compareTo(before.epoch()) < 0 || revision <= before.revision())) {
            return CompletableFuture.failedFuture(new StaleCheckpointException("stale"));
        }
        checkpoints.put(id, new Checkpoint(id, epoch, revision, state.copy()));
        return CompletableFuture.completedFuture(Durability.MEMORY);
    }

    @Override
    public synchronized Optional<Checkpoint> get(CheckpointId id) {
        return Optional.ofNullable(checkpoints.get(id))
                .map(c -> new Checkpoint(id, c.epoch(), c.revision(), c.state().copy()));
    }

    @Override
    public synchronized List<CheckpointId> list(String kind) {
        return List.copyOf(checkpoints.keySet());
    }

    @Override
    public synchronized void remove(CheckpointId id, Epoch epoch) {
        checkpoints.remove(id);
    }
}
