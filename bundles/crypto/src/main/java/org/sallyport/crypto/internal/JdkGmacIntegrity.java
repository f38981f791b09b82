package org.sallyport.crypto.internal;

import java.security.GeneralSecurityException;
import java.security.Provider;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import org.sallyport.api.secret.SecretBytes;
import org.sallyport.crypto.Integrity;
import org.sallyport.crypto.TransformId;

/**
 * AES-GMAC for AH: AES-GCM of nothing, with the message as associated data (RFC 4543). The ICV is the explicit IV and then
 * the tag (section 4), the key is the AES key and then the salt (section 6.4).
 */
final class JdkGmacIntegrity implements Integrity {
    private static final int SALT = 4;
    private static final int IV = Long.BYTES;
    private static final int TAG = 16;

    private final Provider provider;
    private final TransformId transform;
    private final int aesKeyLength;

    /** @param keyBits of AES */
    JdkGmacIntegrity(Provider provider, int id, int keyBits) {
        this.provider = provider;
        this.transform = TransformId.integrity(id);
        this.aesKeyLength = keyBits / Byte.SIZE;
    }

    @Override
    public TransformId transform() {
        return transform;
    }

    @Override
    public int keyLength() {
        return aesKeyLength + SALT;
    }

    @Override
    public int icvLength() {
        return IV + TAG;
    }

    @Override
    public boolean numbered() {
        return true;
    }

    @Override
    public Keyed withKey(SecretBytes key) {
        SymmetricKey.requireLength(transform, "key and salt", key, keyLength());
        return key.use(Direction::new);
    }

    private final class Direction implements Keyed {
        private final SymmetricKey key;
        private final byte[] nonce = new byte[SALT + IV];
        private final byte[] nothing = new byte[0];
        private final Cipher cipher = Jce.cipher("AES/GCM/NoPadding", provider);

        Direction(byte[] keyAndSalt) {
            key = new SymmetricKey(Arrays.copyOf(keyAndSalt, aesKeyLength), "AES");
            System.arraycopy(keyAndSalt, aesKeyLength, nonce, 0, SALT);
        }

        @Override
        public void sign(byte[] buffer, int offset, int length, int icvOffset) {
            throw new IllegalStateException(transform + " takes a number for each ICV");
        }

        @Override
        public void sign(long number, byte[] buffer, int offset, int length, int icvOffset) {
            try {
                start(Cipher.ENCRYPT_MODE, number, buffer, offset, length);
                cipher.doFinal(buffer, icvOffset + IV);
                ExplicitIv.put(buffer, icvOffset, number);
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("the JDK does not compute " + transform, e);
            }
        }

        /** Decrypting nothing, rather than computing the tag anew: the JDK does not encrypt twice with one nonce. */
        @Override
        public boolean verify(byte[] buffer, int offset, int length, int icvOffset) {
            try {
                start(Cipher.DECRYPT_MODE, ExplicitIv.get(buffer, icvOffset), buffer, offset, length);
                cipher.doFinal(buffer, icvOffset + IV, TAG, nothing, 0);
                return true;
            } catch (AEADBadTagException e) {
                return false;
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("the JDK does not compute " + transform, e);
            }
        }

        private void start(int mode, long number, byte[] buffer, int offset, int length)
                throws GeneralSecurityException {
            ExplicitIv.put(nonce, SALT, number);
            cipher.init(mode, key, new GCMParameterSpec(TAG * Byte.SIZE, nonce));
            cipher.updateAAD(buffer, offset, length);
        }

        @Override
        public void close() {
            key.destroy();
            Arrays.fill(nonce, (byte) 0);
        }
    }
}
