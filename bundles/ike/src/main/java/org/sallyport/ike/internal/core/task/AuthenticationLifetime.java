package org.sallyport.ike.internal.core.task;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import org.sallyport.api.negotiation.PadEntry;
import org.sallyport.ike.internal.core.Session;
import org.sallyport.ike.internal.message.Bytes;
import org.sallyport.ike.internal.message.IkeMessage;
import org.sallyport.ike.internal.message.NotifyType;
import org.sallyport.ike.internal.message.Payload;

/** How long a proof of identity counts, told by the responder (RFC 4478). */
final class AuthenticationLifetime {
    private AuthenticationLifetime() {}

    /** Bounds the session by what its peer's entry says, and returns the notify that tells it to the peer. */
    static Optional<Payload> notice(Session session) {
        session.peer()
                .map(PadEntry::authenticationLifetime)
                .filter(d -> !d.isZero())
                .ifPresent(session::authenticatedFor);
        return session.authenticationLeft().map(left -> {
            long seconds = Math.clamp(left.toSeconds(), 0, 0xffffffffL);
            byte[] data =
                    ByteBuffer.allocate(Integer.BYTES).putInt((int) seconds).array();
            return Payload.Notify.of(NotifyType.AUTH_LIFETIME, Bytes.of(data));
        });
    }

    /** Takes what the responder says. */
    static void learn(Session session, IkeMessage message) {
        message.notify(NotifyType.AUTH_LIFETIME)
                .map(n -> n.data().toArray())
                .filter(data -> data.length == Integer.BYTES)
                .map(data -> Duration.ofSeconds(
                        Integer.toUnsignedLong(ByteBuffer.wrap(data).getInt())))
                .ifPresent(session::authenticatedFor);
    }
}
