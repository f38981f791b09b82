package org.sallyport.crypto.internal;

import java.security.GeneralSecurityException;
import java.security.Provider;
import javax.crypto.Mac;
import org.sallyport.api.secret.SecretBytes;
import org.sallyport.crypto.Integrity;
import org.sallyport.crypto.TransformId;

/** HMAC with SHA-2, truncated to half (RFC 4868 section 2.3). */
final class JdkHmacIntegrity implements Integrity {
    private final Provider provider;
    private final TransformId transform;
    private final String algorithm;
    private final int length;

    /**
     * @param length of key and untruncated output, in octets
     */
    JdkHmacIntegrity(Provider provider, int id, String algorithm, int length) {
        this.provider = provider;
        this.transform = TransformId.integrity(id);
        this.algorithm = algorithm;
        this.length = length;
    }

    @Override
    public TransformId transform() {
        return transform;
    }

    @Override
    public int keyLength() {
        return length;
    }

    @Override
    public int icvLength() {
        return length / 2;
    }

    @Override
    public Keyed withKey(SecretBytes key) {
        SymmetricKey.requireLength(transform, "a key", key, length);
        return key.use(Direction::new);
    }

    private final class Direction implements Keyed {
        private final SymmetricKey key;
        private final Mac mac;
        private final byte[] whole = new byte[length];

        Direction(byte[] octets) {
            key = new SymmetricKey(octets.clone(), algorithm);
            try {
                mac = Mac.getInstance(algorithm, provider);
                mac.init(key);
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("the JDK does not compute " + algorithm, e);
            }
        }

        @Override
        public void sign(byte[] buffer, int offset, int messageLength, int icvOffset) {
            compute(buffer, offset, messageLength);
            System.arraycopy(whole, 0, buffer, icvOffset, icvLength());
        }

        @Override
        public boolean verify(byte[] buffer, int offset, int messageLength, int icvOffset) {
            compute(buffer, offset, messageLength);
            return ConstantTime.equal(whole, 0, buffer, icvOffset, icvLength());
        }

        private void compute(byte[] buffer, int offset, int messageLength) {
            if (key.isDestroyed()) {
                throw new IllegalStateException("the key was wiped already");
            }
            try {
                mac.update(buffer, offset, messageLength);
                mac.doFinal(whole, 0);
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("the JDK does not compute " + algorithm, e);
            }
        }

        @Override
        public void close() {
            key.destroy();
            Jce.forget(mac, algorithm);
        }
    }
}
