package org.sallyport.crypto.internal;

import org.sallyport.api.secret.SecretBytes;
import org.sallyport.crypto.Encryption;
import org.sallyport.crypto.TransformId;

/** No encryption (RFC 2410), which RFC 8221 wants for ESP that authenticates alone. */
final class NullEncryption implements Encryption {
    @Override
    public TransformId transform() {
        return TransformId.encr(TransformId.ENCR_NULL, 0);
    }

    @Override
    public int keyLength() {
        return 0;
    }

    @Override
    public int ivLength() {
        return 0;
    }

    @Override
    public int blockLength() {
        return 1;
    }

    @Override
    public Keyed withKey(SecretBytes key) {
        SymmetricKey.requireLength(transform(), "a key", key, 0);
        return new Keyed() {
            @Override
            public void encrypt(long number, byte[] buffer, int ivOffset, int textLength) {
                // the text stays as it is
            }

            @Override
            public void decrypt(byte[] buffer, int ivOffset, int textLength) {
                // the text is as it was
            }

            @Override
            public void close() {
                // there is no key
            }
        };
    }
}
