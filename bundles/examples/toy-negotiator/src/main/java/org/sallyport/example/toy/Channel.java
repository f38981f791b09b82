package org.sallyport.example.toy;

import java.util.Arrays;
import java.util.Optional;
import org.sallyport.api.secret.SecretBytes;
import org.sallyport.crypto.Aead;

/**
 * What both sides say in secret. Counters only go up, so that no nonce is used twice and nothing is heard twice. Used by
 * one thread.
 */
final class Channel implements AutoCloseable {
    private final Aead aead;
    private final Aead.Keyed out;
    private final Aead.Keyed in;
    private final long peerSession;
    private long sent;
    private long heard;

    /**
     * Opens our end.
     *
     * @param initiator whether we began
     * @param peerSession what the peer calls it
     */
    Channel(Aead aead, Keys keys, boolean initiator, long peerSession) {
        this.aead = aead;
        this.peerSession = peerSession;
        try (SecretBytes there = keys.talk(initiator);
                SecretBytes here = keys.talk(!initiator)) {
            out = aead.withKey(there);
            in = aead.withKey(here);
        }
    }

    byte[] seal(Talk talk) {
        byte[] text = talk.encoded();
        byte[] header = Messages.sealedHeader(peerSession, ++sent);
        byte[] message = Arrays.copyOf(header, header.length + text.length + aead.icvLength());
        System.arraycopy(text, 0, message, header.length, text.length);
        out.seal(sent, message, 0, header.length, header.length, text.length);
        return message;
    }

    /** Opens a datagram; empty when it is not genuine, or was heard before. */
    Optional<Talk> open(byte[] datagram, Messages.Sealed sealed) throws BadMessageException {
        int length = sealed.octets().length - aead.icvLength();
        if (length < 1 || sealed.counter() <= heard) {
            return Optional.empty();
        }
        byte[] message = datagram.clone();
        int header = Messages.SEALED_HEADER;
        if (!in.open(sealed.counter(), message, 0, header, header, length)) {
            return Optional.empty();
        }
        heard = sealed.counter();
        return Optional.of(Talk.read(Arrays.copyOfRange(message, header, header + length)));
    }

    @Override
    public void close() {
        out.close();
        in.close();
    }
}
