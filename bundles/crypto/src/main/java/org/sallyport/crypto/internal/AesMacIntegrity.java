package org.sallyport.crypto.internal;

import java.security.Provider;
import org.sallyport.api.secret.SecretBytes;
import org.sallyport.crypto.Integrity;
import org.sallyport.crypto.TransformId;

/** AES-CMAC-96 (RFC 4494) and AES-XCBC-MAC-96 (RFC 3566). */
final class AesMacIntegrity implements Integrity {
    private static final int ICV = 12;

    private final Provider provider;
    private final TransformId transform;
    private final AesMac.Kind kind;

    AesMacIntegrity(Provider provider, int id, AesMac.Kind kind) {
        this.provider = provider;
        this.transform = TransformId.integrity(id);
        this.kind = kind;
    }

    @Override
    public TransformId transform() {
        return transform;
    }

    @Override
    public int keyLength() {
        return AesMac.LENGTH;
    }

    @Override
    public int icvLength() {
        return ICV;
    }

    @Override
    public Keyed withKey(SecretBytes key) {
        SymmetricKey.requireLength(transform, "a key", key, AesMac.LENGTH);
        return key.use(octets -> new Direction(AesMac.of(kind, provider, octets)));
    }

    private static final class Direction implements Keyed {
        private final AesMac mac;
        private final byte[] whole = new byte[AesMac.LENGTH];

        Direction(AesMac mac) {
            this.mac = mac;
        }

        @Override
        public void sign(byte[] buffer, int offset, int length, int icvOffset) {
            mac.compute(buffer, offset, length, whole);
            System.arraycopy(whole, 0, buffer, icvOffset, ICV);
        }

        @Override
        public boolean verify(byte[] buffer, int offset, int length, int icvOffset) {
            mac.compute(buffer, offset, length, whole);
            return ConstantTime.equal(whole, 0, buffer, icvOffset, ICV);
        }

        @Override
        public void close() {
            mac.close();
        }
    }
}
