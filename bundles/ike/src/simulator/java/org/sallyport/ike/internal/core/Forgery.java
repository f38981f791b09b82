package org.sallyport.ike.internal.core;

import java.util.Arrays;
import java.util.List;
import org.sallyport.crypto.CryptoRegistry;
import org.sallyport.crypto.Protection;
import org.sallyport.crypto.StandardProviders;
import org.sallyport.crypto.UnavailableTransformException;
import org.sallyport.ike.internal.core.state.IkeSaState;
import org.sallyport.ike.internal.keys.DirectionKeys;
import org.sallyport.ike.internal.keys.IvCounter;
import org.sallyport.ike.internal.keys.SkCipher;
import org.sallyport.ike.internal.message.Bytes;
import org.sallyport.ike.internal.message.ExchangeType;
import org.sallyport.ike.internal.message.IkeHeader;
import org.sallyport.ike.internal.message.IkeMessage;
import org.sallyport.ike.internal.message.IkeProtocolException;
import org.sallyport.ike.internal.message.MessageEncoder;
import org.sallyport.ike.internal.message.Payload;
import org.sallyport.ike.internal.message.PayloadType;

/** Writes messages in the name of one side of an IKE SA: a peer that is authenticated and mad. */
final class Forgery {
    private static final CryptoRegistry CRYPTO = CryptoRegistry.of(StandardProviders.all());

    private final IkeSaState sa;
    private final ExchangeType exchange;
    private final Protection protection;

    Forgery(IkeSaState sa, ExchangeType exchange) {
        this.sa = sa;
        this.exchange = exchange;
        try {
            this.protection = sa.suite().protection(CRYPTO);
        } catch (UnavailableTransformException e) {
            throw new AssertionError(e);
        }
    }

    private IkeHeader header() {
        return IkeHeader.request(
                sa.initiatorSpi(), sa.responderSpi(), exchange, sa.originalInitiator, sa.nextRequestId++);
    }

    /** Protects octets that are no payloads, as a request or response of any id. */
    byte[] raw(boolean response, long messageId, PayloadType first, byte[] inner) {
        IkeHeader header = new IkeHeader(
                sa.initiatorSpi(), sa.responderSpi(), exchange, sa.originalInitiator, response, false, messageId);
        return raw(header, first, inner);
    }

    byte[] encode(List<Payload> payloads) {
        return new SkCipher(protection)
                .seal(sa.keys().direction(sa.originalInitiator), IvCounter.startOf(0x7777), header(), payloads);
    }

    /** Protects octets that are no payloads. */
    byte[] raw(PayloadType first, byte[] inner) {
        return raw(header(), first, inner);
    }

    private byte[] raw(IkeHeader header, PayloadType first, byte[] inner) {
        int aad = IkeHeader.LENGTH + 4;
        int text = aad + 8;
        int total = text + inner.length + 1 + protection.icvLength();
        byte[] message = Arrays.copyOf(outline(header, total), total);
        message[IkeHeader.LENGTH] = (byte) first.number();
        message[IkeHeader.LENGTH + 2] = (byte) ((total - IkeHeader.LENGTH) >> 8);
        message[IkeHeader.LENGTH + 3] = (byte) (total - IkeHeader.LENGTH);
        long iv = 0x7777_0000_0000_1234L + sa.nextRequestId;
        System.arraycopy(inner, 0, message, text, inner.length);
        DirectionKeys keys = sa.keys().direction(sa.originalInitiator);
        try (Protection.Keyed keyed = protection.withKeys(keys.encryption(), keys.integrity())) {
            keyed.seal(iv, message, aad, inner.length + 1);
        }
        return message;
    }

    /** The fixed header of a message that has nothing but an SK payload. */
    private static byte[] outline(IkeHeader header, int total) {
        byte[] message = MessageEncoder.encode(new IkeMessage(header, List.of()));
        message[16] = (byte) PayloadType.SK.number();
        message[26] = (byte) (total >> 8);
        message[27] = (byte) total;
        return message;
    }

    IkeMessage open(Bytes response) {
        try {
            SkCipher.Opened opened =
                    new SkCipher(protection).open(sa.keys().direction(!sa.originalInitiator), response.toArray());
            return ((SkCipher.Opened.Genuine) opened).message();
        } catch (IkeProtocolException e) {
            throw new AssertionError(e);
        }
    }
}
