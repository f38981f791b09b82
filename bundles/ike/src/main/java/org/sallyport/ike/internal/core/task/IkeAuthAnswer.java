package org.sallyport.ike.internal.core.task;

import java.util.List;
import java.util.Optional;
import org.sallyport.api.authentication.AuthProof;
import org.sallyport.api.authentication.EapMethod;
import org.sallyport.api.negotiation.Identity;
import org.sallyport.api.negotiation.PadEntry;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.reason.ReasonCode;
import org.sallyport.api.sa.ConnectionId;
import org.sallyport.ike.internal.core.Answerer;
import org.sallyport.ike.internal.core.IkeSa;
import org.sallyport.ike.internal.core.Session;
import org.sallyport.ike.internal.core.state.Phase;
import org.sallyport.ike.internal.message.Bytes;
import org.sallyport.ike.internal.message.ExchangeType;
import org.sallyport.ike.internal.message.IkeMessage;
import org.sallyport.ike.internal.message.IkeProtocolException;
import org.sallyport.ike.internal.message.Payload;

/** IKE_AUTH as responder (RFC 7296 section 1.2): the PAD is asked with the identity, and believes it once it is proven. */
final class IkeAuthAnswer implements Answerer {
    @Override
    public boolean answers(Session session, IkeMessage request) {
        return request.header().exchangeType().equals(ExchangeType.IKE_AUTH)
                && session.state().phase == Phase.HALF_OPEN;
    }

    @Override
    public void answer(Session session, IkeSa sa, IkeMessage request) throws IkeProtocolException {
        Payload.Identification idi = id(request, true)
                .orElseThrow(() -> IkeProtocolException.invalidSyntax("IKE_AUTH comes without an identity"));
        Optional<Identity> remote = Identities.identity(idi);
        Optional<Identity> local = id(request, false).flatMap(Identities::identity);
        Optional<PadEntry> peer = remote.flatMap(r -> session.context().pad().find(r, local));
        session.meant(peer.map(p -> List.of(p.connection())).orElseGet(() -> likely(session)));
        if (remote.isEmpty() || peer.isEmpty()) {
            Admission.refuse(session, sa, Reason.of(ReasonCode.UNKNOWN_IDENTITY, idi.text()));
            return;
        }
        Admission admission = new Admission(session, sa, request, peer.get(), remote.get());
        Optional<AuthProof> proof = Proofs.of(request);
        boolean eap = EapMethod.named(peer.get().remoteAuthentication());
        if (!accepts(session, sa, peer.get()) || proof.isEmpty() != eap) {
            admission.refuse(wrongWay(peer.get(), remote.get(), proof.isPresent()));
        } else if (eap) {
            new EapAdmission(admission, idi).begin();
        } else {
            admission.verify(idi, proof.get());
        }
    }

    /** An unknown identity may be a known peer's that is misspelt. */
    private static List<ConnectionId> likely(Session session) {
        return Likely.connections(session.context()
                .pad()
                .candidates(session.state().endpoints.remote().getAddress()));
    }

    private static Optional<Payload.Identification> id(IkeMessage request, boolean ofInitiator) {
        return request.all(Payload.Identification.class)
                .filter(i -> i.ofInitiator() == ofInitiator)
                .findFirst();
    }

    /** The suite was chosen before the peer was known: it has to be one of its own. */
    private static boolean accepts(Session session, IkeSa sa, PadEntry peer) {
        Payload.SecurityAssociation chosen = Offers.chosenIke(sa.state().suite(), 1, Bytes.EMPTY);
        return Offers.chooseIke(
                        session.context().crypto(),
                        peer.ikeProposals(),
                        chosen,
                        sa.state().suite().keyExchange())
                .isPresent();
    }

    private static Reason wrongWay(PadEntry peer, Identity identity, boolean proof) {
        boolean eap = EapMethod.named(peer.remoteAuthentication());
        if (eap == proof) {
            return Reason.of(
                    ReasonCode.AUTHENTICATION_METHOD_UNEXPECTED,
                    peer.connection(),
                    proof ? "a signature or shared key" : "EAP",
                    peer.remoteAuthentication());
        }
        return Reason.of(ReasonCode.PEER_NOT_AUTHENTICATED, peer.connection(), identity);
    }
}
