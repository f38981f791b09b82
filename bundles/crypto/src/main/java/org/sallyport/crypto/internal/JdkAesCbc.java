package org.sallyport.crypto.internal;

import java.security.GeneralSecurityException;
import java.security.Provider;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import org.sallyport.api.secret.SecretBytes;
import org.sallyport.crypto.Encryption;
import org.sallyport.crypto.TransformId;

/**
 * AES-CBC (RFC 3602) by the JDK. The IV is the encrypted message number (NIST SP 800-38A appendix C): number and text are
 * encrypted in one go from a chain that begins with zeros, and the first block of what comes out is the IV.
 */
final class JdkAesCbc implements Encryption {
    private static final int BLOCK = 16;
    private static final IvParameterSpec ZEROS = new IvParameterSpec(new byte[BLOCK]);

    private final Provider provider;
    private final TransformId transform;

    JdkAesCbc(Provider provider, int keyBits) {
        this.provider = provider;
        this.transform = TransformId.encr(TransformId.ENCR_AES_CBC, keyBits);
    }

    @Override
    public TransformId transform() {
        return transform;
    }

    @Override
    public int keyLength() {
        return transform.keyBits() / Byte.SIZE;
    }

    @Override
    public int ivLength() {
        return BLOCK;
    }

    @Override
    public int blockLength() {
        return BLOCK;
    }

    @Override
    public Keyed withKey(SecretBytes key) {
        SymmetricKey.requireLength(transform, "a key", key, keyLength());
        return key.use(Direction::new);
    }

    private final class Direction implements Keyed {
        private final SymmetricKey key;
        private final Cipher cipher = Jce.cipher("AES/CBC/NoPadding", provider);

        Direction(byte[] octets) {
            key = new SymmetricKey(octets.clone(), "AES");
        }

        @Override
        public void encrypt(long number, byte[] buffer, int ivOffset, int textLength) {
            Arrays.fill(buffer, ivOffset, ivOffset + BLOCK, (byte) 0);
            ExplicitIv.put(buffer, ivOffset + BLOCK - Long.BYTES, number);
            crypt(Cipher.ENCRYPT_MODE, buffer, ivOffset, textLength);
        }

        @Override
        public void decrypt(byte[] buffer, int ivOffset, int textLength) {
            crypt(Cipher.DECRYPT_MODE, buffer, ivOffset, textLength);
        }

        private void crypt(int mode, byte[] buffer, int ivOffset, int textLength) {
            try {
                cipher.init(mode, key, ZEROS);
                cipher.doFinal(buffer, ivOffset, BLOCK + textLength, buffer, ivOffset);
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("the JDK does not compute " + transform, e);
            }
        }

        @Override
        public void close() {
            key.destroy();
        }
    }
}
