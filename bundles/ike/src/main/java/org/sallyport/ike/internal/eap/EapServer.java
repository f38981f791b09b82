package org.sallyport.ike.internal.eap;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.sallyport.api.authentication.AuthenticationException;
import org.sallyport.api.authentication.CredentialSource;
import org.sallyport.api.authentication.EapMethod;
import org.sallyport.api.authentication.EapParty;
import org.sallyport.api.authentication.Octets;
import org.sallyport.api.negotiation.PadEntry;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.reason.ReasonCode;

/** The side that demands proof: asks for the name first, and then by its method. */
public final class EapServer implements EapConversation {
    private static final int LONGEST_NAME = 255;

    private final PadEntry peer;
    private final EapMethod method;
    private final CredentialSource passwords;
    private @Nullable EapParty party;
    private String user = "";
    private int identifier;
    private boolean begun;
    private boolean ended;

    public EapServer(PadEntry peer, EapMethod method, CredentialSource passwords) {
        this.peer = peer;
        this.method = method;
        this.passwords = passwords;
    }

    @Override
    public Turn first() throws AuthenticationException {
        if (begun) {
            throw EapPacket.broken(peer, "an EAP message is empty");
        }
        begun = true;
        return request(EapPacket.IDENTITY, Octets.NONE);
    }

    private Turn request(int type, Octets data) {
        return new Turn(
                new EapPacket(EapPacket.REQUEST, identifier, type, data).encoded(), false, user, Optional.empty());
    }

    @Override
    public Turn next(Octets message) throws AuthenticationException {
        EapPacket response = EapPacket.of(peer, message);
        if (ended || response.code() != EapPacket.RESPONSE || response.identifier() != identifier) {
            throw EapPacket.broken(peer, "an EAP message does not answer what was asked");
        }
        identifier = (identifier + 1) & 0xff;
        EapParty running = party;
        if (response.type() == EapPacket.NAK) {
            throw failed("the peer does not know EAP type " + method.type());
        }
        if (running == null) {
            return identified(response);
        }
        if (response.type() != method.type()) {
            throw EapPacket.broken(peer, "EAP type " + response.type() + " answers type " + method.type());
        }
        return turn(running, running.next(response.data()));
    }

    private Turn identified(EapPacket response) throws AuthenticationException {
        if (response.type() != EapPacket.IDENTITY || response.data().length() > LONGEST_NAME) {
            throw EapPacket.broken(peer, "EAP-Identity is not answered by a name");
        }
        user = new String(response.data().toArray(), StandardCharsets.UTF_8);
        if (user.chars().anyMatch(Character::isISOControl)) {
            throw EapPacket.broken(peer, "EAP-Identity holds control characters");
        }
        EapParty opened = method.server(peer, user, passwords);
        party = opened;
        return turn(opened, opened.first());
    }

    private Turn turn(EapParty running, EapParty.Step step) {
        if (step.state() == EapParty.Step.State.GOING_ON) {
            return request(method.type(), step.data());
        }
        ended = true;
        // the Success carries the identifier of the last response (RFC 3748 section 4.2)
        return new Turn(EapPacket.success((identifier - 1) & 0xff).encoded(), true, user, running.key());
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
