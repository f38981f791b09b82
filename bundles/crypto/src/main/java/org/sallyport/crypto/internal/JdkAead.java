package org.sallyport.crypto.internal;

import java.security.GeneralSecurityException;
import java.security.Provider;
import java.security.spec.AlgorithmParameterSpec;
import java.util.Arrays;
import java.util.function.Function;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import org.sallyport.api.secret.SecretBytes;
import org.sallyport.crypto.Aead;
import org.sallyport.crypto.TransformId;

/** An AEAD of the JDK with a 16 octet ICV, a 4 octet salt and an 8 octet IV. */
final class JdkAead implements Aead {
    private static final int SALT = 4;
    private static final int IV = Long.BYTES;
    private static final int ICV = 16;

    private final Provider provider;
    private final TransformId transform;
    private final String cipherName;
    private final String keyName;
    private final int keyLength;
    private final Function<byte[], AlgorithmParameterSpec> nonceSpec;

    private JdkAead(
            Provider provider,
            TransformId transform,
            String cipherName,
            String keyName,
            int keyLength,
            Function<byte[], AlgorithmParameterSpec> nonceSpec) {
        this.provider = provider;
        this.transform = transform;
        this.cipherName = cipherName;
        this.keyName = keyName;
        this.keyLength = keyLength;
        this.nonceSpec = nonceSpec;
    }

    /** AES-GCM (RFC 4106, RFC 5282). */
    static JdkAead aesGcm(Provider provider, int keyBits) {
        return new JdkAead(
                provider,
                TransformId.encr(TransformId.ENCR_AES_GCM_16, keyBits),
                "AES/GCM/NoPadding",
                "AES",
                keyBits / Byte.SIZE,
                nonce -> new GCMParameterSpec(ICV * Byte.SIZE, nonce));
    }

    /** ChaCha20 with Poly1305 (RFC 7634): a key of 32 octets, and no key length attribute. */
    static JdkAead chaCha20Poly1305(Provider provider) {
        return new JdkAead(
                provider,
                TransformId.encr(TransformId.ENCR_CHACHA20_POLY1305, 0),
                "ChaCha20-Poly1305",
                "ChaCha20",
                32,
                IvParameterSpec::new);
    }

    @Override
    public TransformId transform() {
        return transform;
    }

    @Override
    public int keyLength() {
        return keyLength;
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
        private final Cipher cipher;

        Direction(byte[] keyAndSalt) {
            key = new SymmetricKey(Arrays.copyOf(keyAndSalt, keyLength), keyName);
            System.arraycopy(keyAndSalt, keyLength, nonce, 0, SALT);
            cipher = Jce.cipher(cipherName, provider);
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
                // the JDK's GCM decrypts before it compares, and leaves what it decrypted behind
                Arrays.fill(buffer, textOffset, textOffset + textLength, (byte) 0);
                return false;
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("the JDK does not open " + transform, e);
            }
        }

        private void start(int mode, long iv) throws GeneralSecurityException {
            ExplicitIv.put(nonce, SALT, iv);
            cipher.init(mode, key, nonceSpec.apply(nonce));
        }

        @Override
        public void close() {
            key.destroy();
            Arrays.fill(nonce, (byte) 0);
        }
    }
}
