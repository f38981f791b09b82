package org.sallyport.ike.internal.eap;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.sallyport.api.authentication.AuthenticationException;
import org.sallyport.api.authentication.CredentialSource;
import org.sallyport.api.authentication.EapMethod;
import org.sallyport.api.authentication.EapParty;
import org.sallyport.api.authentication.Octets;
import org.sallyport.api.negotiation.Credentials;
import org.sallyport.api.negotiation.PadEntry;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.reason.ReasonCode;

/** The side that proves itself: says its name, and answers by its method alone. */
public final class EapClient implements EapConversation {
    private final PadEntry peer;
    private final EapMethod method;
    private final CredentialSource passwords;
    private final String user;
    private @Nullable EapParty party;
    private boolean convinced;

    public EapClient(PadEntry peer, EapMethod method, CredentialSource passwords) {
        this.peer = peer;
        this.method = method;
        this.passwords = passwords;
        this.user = peer.credentials().one(Credentials.EAP_IDENTITY).orElseGet(() -> peer.localIdentity()
                .text());
    }

    @Override
    public Turn first() throws AuthenticationException {
        throw EapPacket.broken(peer, "an EAP message is empty");
    }

    @Override
    public Turn next(Octets message) throws AuthenticationException {
        EapPacket packet = EapPacket.of(peer, message);
        return switch (packet.code()) {
            case EapPacket.REQUEST -> requested(packet);
            case EapPacket.SUCCESS -> succeeded();
            case EapPacket.FAILURE -> throw failed("the peer refused: check eap-identity and the password");
            default -> throw EapPacket.broken(peer, "EAP code " + packet.code() + " is not for us");
        };
    }

    private Turn requested(EapPacket request) throws AuthenticationException {
        if (request.type() == EapPacket.IDENTITY) {
            return answer(request, EapPacket.IDENTITY, Octets.of(user.getBytes(StandardCharsets.UTF_8)));
        }
        if (request.type() == EapPacket.NOTIFICATION) {
            return answer(request, EapPacket.NOTIFICATION, Octets.NONE);
        }
        if (request.type() != method.type()) {
            return answer(request, EapPacket.NAK, Octets.of((byte) method.type()));
        }
        EapParty running = party;
        if (running == null) {
            running = method.peer(peer, user, passwords);
            party = running;
        }
        EapParty.Step step = running.next(request.data());
        convinced = step.state() == EapParty.Step.State.DONE;
        return answer(request, method.type(), step.data());
    }

    private Turn answer(EapPacket request, int type, Octets data) {
        Octets message = new EapPacket(EapPacket.RESPONSE, request.identifier(), type, data).encoded();
        return new Turn(message, false, user, Optional.empty());
    }

    private Turn succeeded() throws AuthenticationException {
        EapParty running = party;
        if (running == null || !convinced) {
            throw failed("the peer says that it succeeded before it did");
        }
        return new Turn(Octets.NONE, true, user, running.key());
    }

    private AuthenticationException failed(String why) {
        return new AuthenticationException(Reason.of(ReasonCode.EAP_FAILED, peer.connection(), user, why));
    }

    @Override
    public void close() {
        if (party != null) {
            party.close();
        }
    }
}
