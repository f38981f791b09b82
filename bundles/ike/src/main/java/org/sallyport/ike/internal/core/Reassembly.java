package org.sallyport.ike.internal.core;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.sallyport.ike.internal.core.state.ChildState;
import org.sallyport.ike.internal.keys.SkCipher;
import org.sallyport.ike.internal.message.Bytes;
import org.sallyport.ike.internal.message.IkeMessage;
import org.sallyport.ike.internal.message.IkeProtocolException;
import org.sallyport.ike.internal.message.MessageDecoder;
import org.sallyport.ike.internal.message.Payload;
import org.sallyport.ike.internal.message.PayloadType;

/**
 * The fragments of one message of the peer until all of them are there (RFC 7383 section 2.6). Each was authenticated by
 * itself; how many, how large and for how long is bounded. Used by one thread at a time.
 */
final class Reassembly {
    /** The most fragments of a message: the largest message in datagrams that IPv4 always carries. */
    static final int MAX_FRAGMENTS = 128;

    private static final long PATIENCE = 15_000_000_000L;

    /**
     * A message that is whole.
     *
     * @param message what it says
     * @param first the datagram that answers for it: fragment 1, whose retransmission alone is answered
     */
    record Whole(IkeMessage message, Bytes first) {}

    private long messageId;
    private @Nullable Bytes[] pieces = new Bytes[0];
    private Bytes first = Bytes.EMPTY;
    private PayloadType firstInner = PayloadType.NONE;
    private int there;
    private int octets;
    private long forgetAt = ChildState.NEVER;

    /**
     * Takes a fragment.
     *
     * @return the message, if this was the last that was missing
     * @throws IkeProtocolException when what the fragments hold cannot be read
     */
    Optional<Whole> add(SkCipher.Opened.Piece piece, Bytes datagram, long now) throws IkeProtocolException {
        Payload.Fragment fragment = piece.fragment();
        long id = piece.header().messageId();
        if (fragment.total() > MAX_FRAGMENTS) {
            return Optional.empty();
        }
        boolean another = forgetAt == ChildState.NEVER || id != messageId;
        if (another || fragment.total() > pieces.length) {
            begin(id, fragment.total(), now); // the peer may cut its message anew into smaller ones (section 2.5.2)
        }
        int index = fragment.number() - 1;
        boolean fits = octets + piece.content().length() <= MessageDecoder.MAX_MESSAGE;
        if (fragment.total() < pieces.length || pieces[index] != null || !fits) {
            return Optional.empty();
        }
        pieces[index] = piece.content();
        octets += piece.content().length();
        there++;
        if (index == 0) {
            first = datagram;
            firstInner = fragment.firstInner();
        }
        return there == pieces.length ? Optional.of(whole(piece)) : Optional.empty();
    }

    private void begin(long id, int total, long now) {
        clear();
        messageId = id;
        pieces = new Bytes[total];
        forgetAt = now + PATIENCE;
    }

    private Whole whole(SkCipher.Opened.Piece last) throws IkeProtocolException {
        byte[] inner = new byte[octets];
        int at = 0;
        for (Bytes each : pieces) {
            if (each != null) {
                System.arraycopy(each.toArray(), 0, inner, at, each.length());
                at += each.length();
            }
        }
        Bytes answersFor = first;
        clear();
        return new Whole(new IkeMessage(last.header(), MessageDecoder.decodePayloads(firstInner, inner)), answersFor);
    }

    boolean isEmpty() {
        return forgetAt == ChildState.NEVER;
    }

    /** Returns when what is incomplete is forgotten. */
    long deadline() {
        return forgetAt;
    }

    void tick(long now) {
        if (forgetAt <= now) {
            clear();
        }
    }

    private void clear() {
        pieces = new Bytes[0];
        first = Bytes.EMPTY;
        there = 0;
        octets = 0;
        forgetAt = ChildState.NEVER;
    }
}
