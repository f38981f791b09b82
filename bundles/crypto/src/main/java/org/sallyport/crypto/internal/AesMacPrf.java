package org.sallyport.crypto.internal;

import java.security.Provider;
import java.util.Arrays;
import java.util.OptionalInt;
import org.sallyport.crypto.Prf;
import org.sallyport.crypto.TransformId;

/** AES-CMAC-PRF-128 (RFC 4615) and AES-XCBC-PRF-128 (RFC 4434): untruncated, with a key of any length. */
final class AesMacPrf implements Prf {
    private final Provider provider;
    private final TransformId transform;
    private final AesMac.Kind kind;

    AesMacPrf(Provider provider, int id, AesMac.Kind kind) {
        this.provider = provider;
        this.transform = TransformId.prf(id);
        this.kind = kind;
    }

    @Override
    public TransformId transform() {
        return transform;
    }

    @Override
    public int outputLength() {
        return AesMac.LENGTH;
    }

    @Override
    public int keyLength() {
        return AesMac.LENGTH;
    }

    @Override
    public OptionalInt nonceKeyLength() {
        return OptionalInt.of(AesMac.LENGTH / 2);
    }

    @Override
    public byte[] compute(byte[] key, byte[]... data) {
        byte[] fitting = fitting(key);
        byte[] message = joined(data);
        try {
            return mac(fitting, message);
        } finally {
            Arrays.fill(fitting, (byte) 0);
            Arrays.fill(message, (byte) 0);
        }
    }

    /** XCBC pads a short key with zeros; everything else of another length is made a key of by the MAC itself. */
    private byte[] fitting(byte[] key) {
        boolean padded = kind == AesMac.Kind.XCBC && key.length < AesMac.LENGTH;
        return padded || key.length == AesMac.LENGTH
                ? Arrays.copyOf(key, AesMac.LENGTH)
                : mac(new byte[AesMac.LENGTH], key);
    }

    private byte[] mac(byte[] key, byte[] message) {
        byte[] out = new byte[AesMac.LENGTH];
        try (AesMac mac = AesMac.of(kind, provider, key)) {
            mac.compute(message, 0, message.length, out);
        }
        return out;
    }

    private static byte[] joined(byte[][] data) {
        byte[] message =
                new byte[Arrays.stream(data).mapToInt(part -> part.length).sum()];
        int at = 0;
        for (byte[] part : data) {
            System.arraycopy(part, 0, message, at, part.length);
            at += part.length;
        }
        return message;
    }
}
