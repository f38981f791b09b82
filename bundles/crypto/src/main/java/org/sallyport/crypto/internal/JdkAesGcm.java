package org.sallyport.crypto.internal;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.Provider;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import org.sallyport.api.secret.SecretBytes;
import org.sallyport.crypto.Aead;
import org.sallyport.crypto.TransformId;

/** AES-GCM with a 16 octet ICV, a 4 octet salt and an 8 octet IV (RFC 4106, RFC 5282) by the JDK. */
final class JdkAesGcm implements Aead {
    private static final int SALT = 4;
    private static final int IV = Long.BYTES;
    private static final int ICV = 16;

    private final Provider provider;
    private final TransformId transform;

    JdkAesGcm(Provider provider, int keyBits) {
        this.provider = provider;
        this.transform = TransformId.encr(TransformId.ENCR_AES_GCM_16, keyBits);
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
    public int saltLength() {
        return SALT;
    }

    @Override
    public int ivLength() {
        return IV;
    }

    @Override
    public int icvLength() {
        return ICV;
    }

    @Override
    public Keyed withKey(SecretBytes keyAndSalt) {
        if (keyAndSalt.length() != keyMaterialLength()) {
            throw new IllegalArgumentException(transform + " takes key and salt of " + keyMaterialLength()
                    + " octets, not " + keyAndSalt.length());
        }
        return keyAndSalt.use(Direction::new);
    }

    private final class Direction implements Keyed {
        private final SymmetricKey key;
        private final byte[] nonce = new byte[SALT + IV];
        private final ByteBuffer nonceBuffer = ByteBuffer.wrap(nonce);
        private final Cipher cipher;

        Direction(byte[] keyAndSalt) {
            key = new SymmetricKey(Arrays.copyOf(keyAndSalt, keyLength()), "AES");
            System.arraycopy(keyAndSalt, keyLength(), nonce, 0, SALT);
            try {
                cipher = Cipher.getInstance("AES/GCM/NoPadding", provider);
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("the JDK has no AES-GCM", e);
            }
        }

        @Override
        public void seal(long iv, byte[] buffer, int aadOffset, int aadLength, int textOffset, int textLength) {
            try {
                start(Cipher.ENCRYPT_MODE, iv);
                cipher.updateAAD(buffer, aadOffset, aadLength);
                cipher.doFinal(buffer, textOffset, textLength, buffer, textOffset);
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("the JDK does not seal " + transform, e);
            }
        }

        @Override
        public boolean open(long iv, byte[] buffer, int aadOffset, int aadLength, int textOffset, int textLength) {
            try {
                start(Cipher.DECRYPT_MODE, iv);
                cipher.updateAAD(buffer, aadOffset, aadLength);
                cipher.doFinal(buffer, textOffset, textLength + ICV, buffer, textOffset);
                return true;
            } catch (AEADBadTagException e) {
                // the JDK decrypts before it compares, and leaves what it decrypted behind
                Arrays.fill(buffer, textOffset, textOffset + textLength, (byte) 0);
                return false;
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("the JDK does not open " + transform, e);
            }
        }

        private void start(int mode, long iv) throws GeneralSecurityException {
            nonceBuffer.putLong(SALT, iv);
            cipher.init(mode, key, new GCMParameterSpec(ICV * Byte.SIZE, nonce));
        }

        @Override
        public void close() {
            key.destroy();
            Arrays.fill(nonce, (byte) 0);
        }
    }
}
