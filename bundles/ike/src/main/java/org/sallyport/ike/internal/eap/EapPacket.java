package org.sallyport.ike.internal.eap;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.sallyport.api.authentication.AuthenticationException;
import org.sallyport.api.authentication.Octets;
import org.sallyport.api.negotiation.PadEntry;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.reason.ReasonCode;

/**
 * An EAP message (RFC 3748 section 4). Immutable.
 *
 * @param code what it is
 * @param identifier matches responses with requests, 0 to 255
 * @param type of the data; 0 in Success and Failure, which have none
 * @param data what follows the type
 */
record EapPacket(int code, int identifier, int type, Octets data) {
    static final int REQUEST = 1;
    static final int RESPONSE = 2;
    static final int SUCCESS = 3;
    static final int FAILURE = 4;

    static final int IDENTITY = 1;
    static final int NOTIFICATION = 2;
    static final int NAK = 3;

    private static final int HEADER = 4;

    static EapPacket success(int identifier) {
        return new EapPacket(SUCCESS, identifier, 0, Octets.NONE);
    }

    static EapPacket of(PadEntry peer, Octets message) throws AuthenticationException {
        byte[] octets = message.toArray();
        if (octets.length < HEADER) {
            throw broken(peer, "an EAP message is cut off");
        }
        int code = octets[0] & 0xff;
        int length = ByteBuffer.wrap(octets).getShort(2) & 0xffff;
        boolean typed = code == REQUEST || code == RESPONSE;
        if (length > octets.length || length < (typed ? HEADER + 1 : HEADER)) {
            throw broken(peer, "an EAP message states " + length + " octets, and " + octets.length + " are there");
        }
        return new EapPacket(
                code,
                octets[1] & 0xff,
                typed ? octets[HEADER] & 0xff : 0,
                typed ? Octets.of(Arrays.copyOfRange(octets, HEADER + 1, length)) : Octets.NONE);
    }

    static AuthenticationException broken(PadEntry peer, String what) {
        return new AuthenticationException(Reason.of(ReasonCode.PEER_PROTOCOL_ERROR, peer.connection(), what));
    }

    Octets encoded() {
        boolean typed = code == REQUEST || code == RESPONSE;
        int length = HEADER + (typed ? 1 + data.length() : 0);
        ByteBuffer out = ByteBuffer.allocate(length)
                .put((byte) code)
                .put((byte) identifier)
                .putShort((short) length);
        if (typed) {
            out.put((byte) type).put(data.toArray());
        }
        return Octets.of(out.array());
    }
}
