package org.sallyport.crypto.internal;

import java.security.GeneralSecurityException;
import java.security.Provider;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;

/**
 * AES-CMAC (RFC 4493) and AES-XCBC-MAC (RFC 3566) under one key. Both chain blocks with CBC, and mask the last one with a
 * key that says whether it was padded; they differ in how these keys are made. Used by one thread at a time.
 */
final class AesMac implements AutoCloseable {
    /** Octets of key and output. */
    static final int LENGTH = 16;

    private static final int CHUNK = 64 * LENGTH;
    private static final int REDUCTION = 0x87;

    private final SymmetricKey key;
    private final byte[] wholeMask;
    private final byte[] paddedMask;
    private final Cipher cipher;
    private final byte[] discarded = new byte[CHUNK + LENGTH];
    private final byte[] last = new byte[LENGTH];

    private AesMac(Provider provider, byte[] chainKey, byte[] wholeMask, byte[] paddedMask) {
        this.key = new SymmetricKey(chainKey, "AES");
        this.wholeMask = wholeMask;
        this.paddedMask = paddedMask;
        this.cipher = chain(provider, key);
    }

    /** How the keys are made of one. */
    enum Kind {
        CMAC,
        XCBC
    }

    static AesMac of(Kind kind, Provider provider, byte[] key) {
        return switch (kind) {
            case CMAC -> cmac(provider, key);
            case XCBC -> xcbc(provider, key);
        };
    }

    private static AesMac cmac(Provider provider, byte[] key) {
        byte[] zeros = encrypted(provider, key, 0);
        byte[] whole = doubled(zeros);
        Arrays.fill(zeros, (byte) 0);
        return new AesMac(provider, key.clone(), whole, doubled(whole));
    }

    private static AesMac xcbc(Provider provider, byte[] key) {
        return new AesMac(
                provider, encrypted(provider, key, 1), encrypted(provider, key, 2), encrypted(provider, key, 3));
    }

    /** Encrypts a block of one repeated octet. */
    private static byte[] encrypted(Provider provider, byte[] key, int octet) {
        SymmetricKey aes = new SymmetricKey(key.clone(), "AES");
        byte[] block = new byte[LENGTH];
        Arrays.fill(block, (byte) octet);
        try {
            return chain(provider, aes).doFinal(block);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the JDK does not compute AES", e);
        } finally {
            aes.destroy();
        }
    }

    /** Doubles in GF(2^128) without a branch on the secret (RFC 4493 section 2.3). */
    private static byte[] doubled(byte[] block) {
        byte[] out = new byte[LENGTH];
        for (int i = 0; i < LENGTH - 1; i++) {
            out[i] = (byte) (block[i] << 1 | (block[i + 1] & 0xff) >>> 7);
        }
        out[LENGTH - 1] = (byte) (block[LENGTH - 1] << 1 ^ (block[0] >> 7 & REDUCTION));
        return out;
    }

    private static Cipher chain(Provider provider, SymmetricKey key) {
        Cipher cipher = Jce.cipher("AES/CBC/NoPadding", provider);
        try {
            cipher.init(Cipher.ENCRYPT_MODE, key, new IvParameterSpec(new byte[LENGTH]));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the JDK does not take an AES key of " + LENGTH + " octets", e);
        }
        return cipher;
    }

    /** Computes the MAC of a range into the first {@value #LENGTH} octets of an array. */
    void compute(byte[] data, int offset, int length, byte[] out) {
        if (key.isDestroyed()) {
            throw new IllegalStateException("the key was wiped already");
        }
        int before = length == 0 ? 0 : (length - 1) / LENGTH * LENGTH;
        try {
            for (int at = 0; at < before; at += CHUNK) {
                cipher.update(data, offset + at, Math.min(CHUNK, before - at), discarded);
            }
            mask(data, offset + before, length - before);
            cipher.doFinal(last, 0, LENGTH, out, 0);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the JDK does not compute AES", e);
        }
    }

    private void mask(byte[] data, int offset, int length) {
        Arrays.fill(last, (byte) 0);
        System.arraycopy(data, offset, last, 0, length);
        byte[] mask = wholeMask;
        if (length < LENGTH) {
            last[length] = (byte) 0x80;
            mask = paddedMask;
        }
        for (int i = 0; i < LENGTH; i++) {
            last[i] ^= mask[i];
        }
    }

    @Override
    public void close() {
        key.destroy();
        Arrays.fill(wholeMask, (byte) 0);
        Arrays.fill(paddedMask, (byte) 0);
        Arrays.fill(last, (byte) 0);
    }
}
