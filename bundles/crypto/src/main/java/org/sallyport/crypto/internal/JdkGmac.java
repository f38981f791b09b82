package org.sallyport.crypto.internal;

import java.security.GeneralSecurityException;
import java.security.Provider;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import org.sallyport.api.secret.SecretBytes;
import org.sallyport.crypto.Aead;
import org.sallyport.crypto.TransformId;

/**
 * AES-GMAC as ESP has it (RFC 4543): the text stays as it is, and associated data, IV and text together are what AES-GCM
 * authenticates without encrypting anything (section 3.3).
 */
final class JdkGmac implements Aead {
    private static final int SALT = 4;
    private static final int IV = Long.BYTES;
    private static final int ICV = 16;

    private final Provider provider;
    private final TransformId transform;

    JdkGmac(Provider provider, int keyBits) {
        this.provider = provider;
        this.transform = TransformId.encr(TransformId.ENCR_NULL_AUTH_AES_GMAC, keyBits);
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
        SymmetricKey.requireLength(transform, "key and salt", keyAndSalt, keyMaterialLength());
        return keyAndSalt.use(Direction::new);
    }

    private final class Direction implements Keyed {
        private final SymmetricKey key;
        private final byte[] nonce = new byte[SALT + IV];
        private final Cipher cipher = Jce.cipher("AES/GCM/NoPadding", provider);

        Direction(byte[] keyAndSalt) {
            key = new SymmetricKey(Arrays.copyOf(keyAndSalt, keyLength()), "AES");
            System.arraycopy(keyAndSalt, keyLength(), nonce, 0, SALT);
        }

        @Override
        public void seal(long iv, byte[] buffer, int aadOffset, int aadLength, int textOffset, int textLength) {
            try {
                authenticate(Cipher.ENCRYPT_MODE, iv, buffer, aadOffset, aadLength, textOffset, textLength);
                cipher.doFinal(buffer, textOffset + textLength);
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("the JDK does not seal " + transform, e);
            }
        }

        @Override
        public boolean open(long iv, byte[] buffer, int aadOffset, int aadLength, int textOffset, int textLength) {
            try {
                authenticate(Cipher.DECRYPT_MODE, iv, buffer, aadOffset, aadLength, textOffset, textLength);
                cipher.doFinal(buffer, textOffset + textLength, ICV, buffer, textOffset + textLength);
                return true;
            } catch (AEADBadTagException e) {
                return false;
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("the JDK does not open " + transform, e);
            }
        }

        private void authenticate(
                int mode, long iv, byte[] buffer, int aadOffset, int aadLength, int textOffset, int textLength)
                throws GeneralSecurityException {
            ExplicitIv.put(nonce, SALT, iv);
            cipher.init(mode, key, new GCMParameterSpec(ICV * Byte.SIZE, nonce));
            cipher.updateAAD(buffer, aadOffset, aadLength);
            cipher.updateAAD(nonce, SALT, IV);
            cipher.updateAAD(buffer, textOffset, textLength);
        }

        @Override
        public void close() {
            key.destroy();
            Arrays.fill(nonce, (byte) 0);
        }
    }
}
