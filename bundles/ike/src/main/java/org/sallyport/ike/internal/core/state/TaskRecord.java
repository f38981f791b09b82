package org.sallyport.ike.internal.core.state;

import java.util.List;
import java.util.Optional;
import org.sallyport.api.flow.Selectors;
import org.sallyport.api.sa.ChildSaId;
import org.sallyport.api.sa.Share;
import org.sallyport.api.sa.SpiKey;
import org.sallyport.api.secret.SecretBytes;
import org.sallyport.ike.internal.message.Bytes;

/** What a checkpoint keeps of a request under way: a closed set, because it is part of the schema. Immutable. */
public sealed interface TaskRecord {
    /** Nothing is kept: the exchange does not outlive its bundle (IKE_SA_INIT, IKE_AUTH). */
    record Volatile() implements TaskRecord {}

    /** A liveness check. */
    record Liveness() implements TaskRecord {}

    /** The end of the IKE SA that carries it. */
    record DeleteIke() implements TaskRecord {}

    /**
     * The end of Child SAs.
     *
     * @param inbound our SPIs
     */
    record DeleteChildren(List<SpiKey> inbound) implements TaskRecord {
        public DeleteChildren {
            inbound = List.copyOf(inbound);
        }
    }

    /**
     * A new Child SA, or the successor of one.
     *
     * @param lineage whose it is to be
     * @param inbound the SPI reserved for it
     * @param policy the policy it stands under
     * @param selectors what was proposed
     * @param nonce our nonce
     * @param seed of our key pair; empty without a key exchange
     * @param keyExchange the method, 0 for none
     * @param rekeyed our SPI of the Child SA that it replaces
     * @param share which one beside another it is; empty for an ordinary one
     */
    record Child(
            ChildSaId lineage,
            SpiKey inbound,
            String policy,
            Selectors selectors,
            Bytes nonce,
            Optional<SecretBytes> seed,
            int keyExchange,
            Optional<Integer> rekeyed,
            Optional<Share> share)
            implements TaskRecord {}

    /**
     * The successor of the IKE SA that carries it.
     *
     * @param localSpi our SPI of the successor
     * @param nonce our nonce
     * @param seed of our key pair
     * @param keyExchange the method
     */
    record IkeRekey(long localSpi, Bytes nonce, SecretBytes seed, int keyExchange) implements TaskRecord {}
}
