package org.sallyport.ike.internal.core.task;

import java.net.InetAddress;
import java.security.MessageDigest;
import java.util.Arrays;
import org.sallyport.crypto.Prf;
import org.sallyport.crypto.TransformId;
import org.sallyport.crypto.UnavailableTransformException;
import org.sallyport.ike.internal.core.CoreContext;
import org.sallyport.ike.internal.message.Bytes;
import org.sallyport.ike.internal.message.IkeMessage;
import org.sallyport.ike.internal.message.NotifyType;
import org.sallyport.ike.internal.message.Payload;

/**
 * Cookies without state (RFC 7296 section 2.6): a version of the secret, and a MAC over nonce, address and SPI. Used by one
 * thread at a time.
 */
final class Cookies {
    private static final long SECRET_LIFE = 60_000_000_000L;
    private static final int SECRET_LENGTH = 32;
    private static final int LENGTH = 17;

    private final CoreContext context;
    private byte[] secret;
    private byte[] previous;
    private int version;
    private long renewAt = Long.MIN_VALUE;

    Cookies(CoreContext context) {
        this.context = context;
        this.secret = random();
        this.previous = random();
    }

    Bytes make(long spi, Bytes nonce, InetAddress address, long now) {
        renew(now);
        return Bytes.of(cookie(version, secret, spi, nonce, address));
    }

    /** Tells whether the request begins with a cookie that was made for its sender. */
    boolean proven(IkeMessage request, Bytes nonce, InetAddress address, long now) {
        if (request.payloads().isEmpty()
                || !(request.payloads().getFirst() instanceof Payload.Notify first)
                || !first.type().equals(NotifyType.COOKIE)
                || first.data().length() != LENGTH) {
            return false;
        }
        renew(now);
        int stated = first.data().get(0);
        long spi = request.header().initiatorSpi();
        boolean current = stated == (version & 0xff);
        boolean former = stated == ((version - 1) & 0xff);
        byte[] expected = cookie(stated, current ? secret : previous, spi, nonce, address);
        return (current || former)
                && MessageDigest.isEqual(expected, first.data().toArray());
    }

    private void renew(long now) {
        if (renewAt == Long.MIN_VALUE) {
            renewAt = now + SECRET_LIFE;
        } else if (now >= renewAt) {
            previous = secret;
            secret = random();
            version++;
            renewAt = now + SECRET_LIFE;
        }
    }

    private byte[] random() {
        byte[] octets = new byte[SECRET_LENGTH];
        context.random().nextBytes(octets);
        return octets;
    }

    private byte[] cookie(int number, byte[] key, long spi, Bytes nonce, InetAddress address) {
        byte[] mac = prf().compute(
                        key,
                        nonce.toArray(),
                        address.getAddress(),
                        Spis.bytes(spi).toArray());
        byte[] cookie = new byte[LENGTH];
        cookie[0] = (byte) number;
        System.arraycopy(mac, 0, cookie, 1, LENGTH - 1);
        Arrays.fill(mac, (byte) 0);
        return cookie;
    }

    private Prf prf() {
        try {
            return context.crypto().prf(TransformId.PRF_HMAC_SHA2_256);
        } catch (UnavailableTransformException e) {
            throw new IllegalStateException("cookies need HMAC-SHA-256", e);
        }
    }
}
