package org.sallyport.ike.internal.core.task;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.sallyport.api.authentication.AuthProof;
import org.sallyport.api.authentication.EapMethod;
import org.sallyport.api.authentication.Octets;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.reason.ReasonCode;
import org.sallyport.api.secret.SecretBytes;
import org.sallyport.ike.internal.core.Continuation;
import org.sallyport.ike.internal.core.IkeSa;
import org.sallyport.ike.internal.core.Question;
import org.sallyport.ike.internal.core.Session;
import org.sallyport.ike.internal.core.state.Phase;
import org.sallyport.ike.internal.eap.EapConversation;
import org.sallyport.ike.internal.message.Bytes;
import org.sallyport.ike.internal.message.ExchangeType;
import org.sallyport.ike.internal.message.IkeMessage;
import org.sallyport.ike.internal.message.IkeProtocolException;
import org.sallyport.ike.internal.message.NotifyType;
import org.sallyport.ike.internal.message.Payload;

/**
 * A peer's way in by EAP (RFC 7296 section 2.16): our proof first, unless the EAP method proves both sides (RFC 5998), then
 * its conversation in as many messages as it takes, then AUTH payloads with the key that it yields.
 */
final class EapAdmission implements Continuation {
    /** Messages of a conversation; the half-open time bounds it as well. */
    private static final int MOST_ROUNDS = 32;

    private final Admission admission;
    private final Session session;
    private final IkeSa sa;
    private final Payload.Identification idi;
    private final boolean alone;
    private @Nullable EapConversation conversation;
    private @Nullable SecretBytes key;
    private String user = "";
    private boolean done;
    private int rounds;

    EapAdmission(Admission admission, Payload.Identification idi) {
        this.admission = admission;
        this.session = admission.session();
        this.sa = admission.sa();
        this.idi = idi;
        this.alone = EapMethod.named(admission.peer().localAuthentication());
    }

    void begin() {
        if (alone
                && admission
                        .request()
                        .notify(NotifyType.EAP_ONLY_AUTHENTICATION)
                        .isEmpty()) {
            refuse(Reason.of(
                    ReasonCode.AUTHENTICATION_METHOD_UNEXPECTED,
                    admission.peer().connection(),
                    "EAP after a signature of ours",
                    "EAP alone"));
        } else if (alone) {
            open(List.of(admission.idr()));
        } else {
            admission.prove(admission.idr(), this::open);
        }
    }

    private void open(List<Payload> before) {
        session.ask(
                new Question.OpenEap(admission.peer(), true, alone),
                opened -> {
                    conversation = opened;
                    sa.continuation(this);
                    go(opened, Octets.NONE, before);
                },
                this::refuse);
    }

    private void go(EapConversation opened, Octets message, List<Payload> before) {
        session.ask(
                new Question.ContinueEap(opened, message),
                turn -> {
                    done = turn.done();
                    key = turn.key().orElse(null);
                    user = turn.user();
                    List<Payload> payloads = new ArrayList<>(before);
                    payloads.add(new Payload.Eap(Bytes.of(turn.message().toArray())));
                    sa.respond(payloads);
                },
                this::refuse);
    }

    @Override
    public boolean answers(Session asked, IkeMessage request) {
        return request.header().exchangeType().equals(ExchangeType.IKE_AUTH)
                && session.state().phase == Phase.HALF_OPEN;
    }

    @Override
    public void answer(Session asked, IkeSa on, IkeMessage request) throws IkeProtocolException {
        EapConversation opened = conversation;
        if (done) {
            conclude(Proofs.of(request));
        } else if (opened == null || ++rounds > MOST_ROUNDS) {
            refuse(Reason.of(ReasonCode.PEER_PROTOCOL_ERROR, session.peerName(), "its EAP conversation has no end"));
        } else {
            go(opened, Octets.of(request.only(Payload.Eap.class).message().toArray()), List.of());
        }
    }

    private void conclude(Optional<AuthProof> proof) {
        try (SecretBytes theirs = Proofs.eapKey(sa, true, Optional.ofNullable(key));
                SecretBytes ours = Proofs.eapKey(sa, false, Optional.ofNullable(key))) {
            if (proof.isEmpty() || !Proofs.provenByEap(Proofs.octets(sa, true, idi), theirs, proof.get())) {
                refuse(Reason.of(
                        ReasonCode.PEER_NOT_AUTHENTICATED, admission.peer().connection(), admission.identity()));
                return;
            }
            AuthProof answer = Proofs.byEap(Proofs.octets(sa, false, admission.idr()), ours);
            Optional<Admission> proven = admission.as(user);
            if (proven.isEmpty()) {
                refuse(Reason.of(
                        ReasonCode.EAP_FAILED,
                        admission.peer().connection(),
                        user,
                        "remote-identity " + admission.peer().remoteIdentity() + " does not stand for this user"));
                return;
            }
            proven.get().name(() -> proven.get().child(Proofs.payloads(answer)));
        } finally {
            wipe();
        }
    }

    private void refuse(Reason reason) {
        wipe();
        admission.refuse(reason);
    }

    @Override
    public void over() {
        wipe();
    }

    private void wipe() {
        if (conversation != null) {
            conversation.close();
            conversation = null;
        }
        if (key != null) {
            key.close();
            key = null;
        }
    }
}
