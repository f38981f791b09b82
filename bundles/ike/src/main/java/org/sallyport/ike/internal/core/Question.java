package org.sallyport.ike.internal.core;

import org.sallyport.api.checkpoint.CheckpointId;
import org.sallyport.api.checkpoint.Durability;
import org.sallyport.api.negotiation.SecretRef;
import org.sallyport.api.policy.Lifetimes;
import org.sallyport.api.sa.ChildSaId;
import org.sallyport.api.sa.ConnectionId;
import org.sallyport.api.sa.IkeSaId;
import org.sallyport.api.sa.SaKeys;
import org.sallyport.api.sa.SaPairHandle;
import org.sallyport.api.sa.SpiKey;
import org.sallyport.api.secret.SecretBytes;
import org.sallyport.ike.internal.core.state.ChildState;
import org.sallyport.ike.internal.core.state.Endpoints;

/**
 * An effect that is answered. A closed set: whoever carries effects out has to know them all.
 *
 * @param <A> what it is answered with
 */
public sealed interface Question<A> {
    /** The class of the answer. */
    Class<A> answer();

    /** Opens a secret; whoever asked closes it. */
    record OpenSecret(SecretRef secret) implements Question<SecretBytes> {
        @Override
        public Class<SecretBytes> answer() {
            return SecretBytes.class;
        }
    }

    /** Names a new IKE SA. */
    record NameIkeSa(ConnectionId connection) implements Question<IkeSaId> {
        @Override
        public Class<IkeSaId> answer() {
            return IkeSaId.class;
        }
    }

    /** Names a new lineage and reserves the SPI of its first pair. */
    record OpenLineage(IkeSaId ikeSa) implements Question<Reserved> {
        @Override
        public Class<Reserved> answer() {
            return Reserved.class;
        }
    }

    /** Reserves the SPI of a further pair. */
    record ReserveSpi(ChildSaId lineage) implements Question<Reserved> {
        @Override
        public Class<Reserved> answer() {
            return Reserved.class;
        }
    }

    /**
     * Makes a pair ready to receive. The keys are closed by whoever carries it out.
     *
     * @param child the pair
     * @param peerIdentity who the peer proved to be
     * @param endpoints between which its packets travel
     * @param lifetimes the policy's
     * @param initiator whether we initiated the exchange that made it
     * @param keys of the inbound direction
     */
    record InstallInbound(
            ChildState child,
            String peerIdentity,
            Endpoints endpoints,
            Lifetimes lifetimes,
            boolean initiator,
            SaKeys keys)
            implements Question<SpiKey> {
        @Override
        public Class<SpiKey> answer() {
            return SpiKey.class;
        }
    }

    /** Makes a pair send. The keys are closed by whoever carries it out. */
    record ActivateOutbound(SpiKey inbound, int peerSpi, SaKeys keys) implements Question<SaPairHandle> {
        @Override
        public Class<SaPairHandle> answer() {
            return SaPairHandle.class;
        }
    }

    /** Stores a checkpoint. The state is closed by whoever carries it out. */
    record SaveCheckpoint(CheckpointId id, long revision, SecretBytes state) implements Question<Durability> {
        @Override
        public Class<Durability> answer() {
            return Durability.class;
        }
    }

    /**
     * An SPI for a pair of a lineage.
     *
     * @param inbound ours
     * @param lineage whose
     */
    record Reserved(SpiKey inbound, ChildSaId lineage) {}
}
