package org.sallyport.crypto.internal;

import java.math.BigInteger;
import java.util.Arrays;
import org.sallyport.crypto.InvalidPublicValueException;
import org.sallyport.crypto.TransformId;

/** Checks and encodings that the key exchanges share. */
final class KeyExchangeValues {
    private KeyExchangeValues() {}

    static void requireLength(int method, byte[] value, int length) throws InvalidPublicValueException {
        if (value.length != length) {
            throw new InvalidPublicValueException(TransformId.keyExchange(method) + " takes a public value of " + length
                    + " octets, not " + value.length);
        }
    }

    static InvalidPublicValueException leadsToZero(int method) {
        return new InvalidPublicValueException(
                TransformId.keyExchange(method) + " public value is of small order and leads to zero");
    }

    static InvalidPublicValueException notOnCurve(int method, Throwable cause) {
        return new InvalidPublicValueException(
                TransformId.keyExchange(method) + " public value is not a point of the curve", cause);
    }

    /** Writes a number big-endian in exactly so many octets (RFC 5903 section 6). */
    static byte[] fixedLength(BigInteger number, int length) {
        byte[] bytes = number.toByteArray();
        byte[] out = new byte[length];
        int count = Math.min(bytes.length, length);
        System.arraycopy(bytes, bytes.length - count, out, length - count, count);
        Arrays.fill(bytes, (byte) 0);
        return out;
    }
}
