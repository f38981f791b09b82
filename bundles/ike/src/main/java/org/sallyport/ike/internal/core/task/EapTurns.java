package org.sallyport.ike.internal.core.task;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.sallyport.api.authentication.AuthProof;
import org.sallyport.api.authentication.EapMethod;
import org.sallyport.api.authentication.Octets;
import org.sallyport.api.negotiation.PadEntry;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.reason.ReasonCode;
import org.sallyport.api.secret.SecretBytes;
import org.sallyport.ike.internal.core.IkeSa;
import org.sallyport.ike.internal.core.Question;
import org.sallyport.ike.internal.core.Session;
import org.sallyport.ike.internal.core.Task;
import org.sallyport.ike.internal.eap.EapConversation;
import org.sallyport.ike.internal.message.Bytes;
import org.sallyport.ike.internal.message.ExchangeType;
import org.sallyport.ike.internal.message.IkeMessage;
import org.sallyport.ike.internal.message.IkeProtocolException;
import org.sallyport.ike.internal.message.Payload;

/** Our proof by EAP as initiator: the turns of the conversation, then AUTH payloads with its key (RFC 7296 section 2.16). */
final class EapTurns implements AutoCloseable {
    private static final int MOST_ROUNDS = 32;

    private final Task task;
    private final Session session;
    private final IkeSa sa;
    private final PadEntry peer;
    private final Payload.Identification idr;
    private final Consumer<IkeMessage> then;
    private @Nullable EapConversation conversation;
    private @Nullable SecretBytes key;
    private boolean done;
    private int rounds;

    /** @param then is given the last response, which proves the responder */
    EapTurns(Task task, IkeSa sa, PadEntry peer, Payload.Identification idr, Consumer<IkeMessage> then) {
        this.task = task;
        this.session = sa.session();
        this.sa = sa;
        this.peer = peer;
        this.idr = idr;
        this.then = then;
    }

    void begin(IkeMessage response) {
        boolean alone = EapMethod.named(peer.remoteAuthentication());
        Optional<Payload.Eap> first = response.first(Payload.Eap.class);
        if (first.isEmpty()) {
            fail(Reason.of(
                    ReasonCode.AUTHENTICATION_METHOD_UNEXPECTED,
                    peer.connection(),
                    "no EAP request",
                    peer.localAuthentication()));
            return;
        }
        session.ask(
                new Question.OpenEap(peer, false, alone),
                opened -> {
                    conversation = opened;
                    go(opened, first.get());
                },
                this::fail);
    }

    private void go(EapConversation opened, Payload.Eap message) {
        session.ask(new Question.ContinueEap(opened, Octets.of(message.message().toArray())), this::turn, this::fail);
    }

    private void turn(EapConversation.Turn turn) {
        done = turn.done();
        key = turn.key().orElse(null);
        if (!done) {
            Payload answer = new Payload.Eap(Bytes.of(turn.message().toArray()));
            sa.request(task, ExchangeType.IKE_AUTH, List.of(answer));
            return;
        }
        Payload.Identification idi = Identities.payload(peer.localIdentity(), true);
        try (SecretBytes ours = Proofs.eapKey(sa, true, Optional.ofNullable(key))) {
            AuthProof proof = Proofs.byEap(Proofs.octets(sa, true, idi), ours);
            sa.request(task, ExchangeType.IKE_AUTH, Proofs.payloads(proof));
        }
    }

    void response(IkeMessage response, Optional<AuthProof> proof) throws IkeProtocolException {
        EapConversation opened = conversation;
        if (done) {
            conclude(response, proof);
        } else if (opened == null || ++rounds > MOST_ROUNDS) {
            fail(Reason.of(ReasonCode.PEER_PROTOCOL_ERROR, session.peerName(), "its EAP conversation has no end"));
        } else {
            go(opened, response.only(Payload.Eap.class));
        }
    }

    private void conclude(IkeMessage response, Optional<AuthProof> proof) {
        boolean proven;
        try (SecretBytes theirs = Proofs.eapKey(sa, false, Optional.ofNullable(key))) {
            proven = proof.isPresent() && Proofs.provenByEap(Proofs.octets(sa, false, idr), theirs, proof.get());
        }
        close();
        if (proven) {
            then.accept(response);
        } else {
            fail(Reason.of(ReasonCode.PEER_NOT_AUTHENTICATED, peer.connection(), peer.remoteIdentity()));
        }
    }

    private void fail(Reason reason) {
        close();
        session.close(reason, Session.Farewell.TELL);
    }

    @Override
    public void close() {
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
