package org.sallyport.ike.internal.core;

import java.util.List;
import org.sallyport.api.authentication.Announcement;
import org.sallyport.api.authentication.AuthProof;
import org.sallyport.api.authentication.Claim;
import org.sallyport.api.authentication.Octets;
import org.sallyport.api.authentication.ProofRequest;
import org.sallyport.api.authentication.Verified;
import org.sallyport.api.checkpoint.CheckpointId;
import org.sallyport.api.checkpoint.Durability;
import org.sallyport.api.negotiation.Identity;
import org.sallyport.api.negotiation.PadEntry;
import org.sallyport.api.policy.Lifetimes;
import org.sallyport.api.pool.AddressLease;
import org.sallyport.api.pool.AddressRequest;
import org.sallyport.api.pool.HostConfiguration;
import org.sallyport.api.sa.ChildSaId;
import org.sallyport.api.sa.ConnectionId;
import org.sallyport.api.sa.IkeSaId;
import org.sallyport.api.sa.IpsecProtocol;
import org.sallyport.api.sa.SaKeys;
import org.sallyport.api.sa.SaPairHandle;
import org.sallyport.api.sa.SpiKey;
import org.sallyport.api.secret.SecretBytes;
import org.sallyport.ike.internal.core.state.ChildState;
import org.sallyport.ike.internal.core.state.Endpoints;
import org.sallyport.ike.internal.eap.EapConversation;

/**
 * An effect that is answered. A closed set: whoever carries effects out has to know them all.
 *
 * @param <A> what it is answered with
 */
public sealed interface Question<A> {
    /** The class of the answer. */
    Class<A> answer();

    /** What plugins are asked: the answer may take its time. */
    sealed interface Authentication<A> extends Question<A> {}

    /** What these peers may be told that we accept of them. */
    record Announce(List<PadEntry> peers) implements Authentication<Announcement> {
        public Announce {
            peers = List.copyOf(peers);
        }

        @Override
        public Class<Announcement> answer() {
            return Announcement.class;
        }
    }

    /** Proves our identity by the method that the peer's entry names. */
    record Prove(ProofRequest request) implements Authentication<AuthProof> {
        @Override
        public Class<AuthProof> answer() {
            return AuthProof.class;
        }
    }

    /** Judges a peer's proof by the method that its entry names. */
    record Verify(Claim claim) implements Authentication<Verified> {
        @Override
        public Class<Verified> answer() {
            return Verified.class;
        }
    }

    /**
     * Opens an EAP conversation (RFC 7296 section 2.16); whoever asked closes it.
     *
     * @param peer with whom
     * @param server whether it is the peer that has to prove itself
     * @param alone whether there is no other proof of the responder (RFC 5998)
     */
    record OpenEap(PadEntry peer, boolean server, boolean alone) implements Authentication<EapConversation> {
        @Override
        public Class<EapConversation> answer() {
            return EapConversation.class;
        }
    }

    /** Goes on with an EAP conversation by what came in; whoever asked closes the answer. */
    record ContinueEap(EapConversation conversation, Octets message) implements Authentication<EapConversation.Turn> {
        @Override
        public Class<EapConversation.Turn> answer() {
            return EapConversation.Turn.class;
        }
    }

    /** Leases addresses for the peer; whoever asked releases them when the IKE SA ends. */
    record LeaseAddresses(AddressRequest request) implements Question<Leased> {
        @Override
        public Class<Leased> answer() {
            return Leased.class;
        }
    }

    /** Has the host and its policies take the addresses that the peer assigned. */
    record TakeAddresses(IkeSaId ikeSa, HostConfiguration configuration) implements Question<Taken> {
        @Override
        public Class<Taken> answer() {
            return Taken.class;
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
    record OpenLineage(IkeSaId ikeSa, IpsecProtocol protocol) implements Question<Reserved> {
        @Override
        public Class<Reserved> answer() {
            return Reserved.class;
        }
    }

    /** Reserves the SPI of a further pair. */
    record ReserveSpi(ChildSaId lineage, IpsecProtocol protocol) implements Question<Reserved> {
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
     * @param inUdp whether they travel in UDP
     * @param lifetimes the policy's
     * @param initiator whether we initiated the exchange that made it
     * @param keys of the inbound direction
     */
    record InstallInbound(
            ChildState child,
            String peerIdentity,
            Endpoints endpoints,
            boolean inUdp,
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

    /** Lets the other sessions with the peer carry on what this one carries, which is about to end. */
    record CarryOn(IkeSaId asker, Identity peer) implements Question<Boolean> {
        @Override
        public Class<Boolean> answer() {
            return Boolean.class;
        }
    }

    /** Stores a checkpoint. The state is closed by whoever carries it out. */
    record SaveCheckpoint(CheckpointId id, long revision, SecretBytes state) implements Question<Durability> {
        @Override
        public Class<Durability> answer() {
            return Durability.class;
        }
    }

    /** Leases of several pools. */
    record Leased(List<AddressLease> leases) {
        public Leased {
            leases = List.copyOf(leases);
        }
    }

    /** The policies mean what was assigned with an IKE SA. */
    record Taken(IkeSaId ikeSa) {}

    /**
     * An SPI for a pair of a lineage.
     *
     * @param inbound ours
     * @param lineage whose
     */
    record Reserved(SpiKey inbound, ChildSaId lineage) {}

    /** Opens a stream between the addresses of these endpoints (RFC 9329): answered with the stream's. */
    record OpenStream(Endpoints endpoints) implements Question<Endpoints> {
        @Override
        public Class<Endpoints> answer() {
            return Endpoints.class;
        }
    }
}
