package org.sallyport.crypto.internal;

import org.sallyport.api.secret.SecretBytes;
import org.sallyport.crypto.Aead;
import org.sallyport.crypto.CryptoRegistry;
import org.sallyport.crypto.Encryption;
import org.sallyport.crypto.Integrity;
import org.sallyport.crypto.Protection;
import org.sallyport.crypto.TransformId;
import org.sallyport.crypto.UnavailableTransformException;

/** The two kinds of protection. */
public final class Protections {
    private Protections() {}

    /** See {@link Protection#of}. */
    public static Protection of(CryptoRegistry registry, TransformId encryption, int integrity)
            throws UnavailableTransformException {
        int id = encryption.id();
        int bits = encryption.keyBits();
        boolean authenticates = registry.authenticates(id, bits);
        if (authenticates != (integrity == TransformId.AUTH_NONE)) {
            throw new UnavailableTransformException(
                    encryption,
                    authenticates
                            ? "it is an AEAD, and goes without an integrity algorithm"
                            : "it does not authenticate, and goes with an integrity algorithm alone");
        }
        if (!authenticates && registry.integrity(integrity).numbered()) {
            throw new UnavailableTransformException(
                    TransformId.integrity(integrity),
                    "it takes a number for each message, for which only AH has a place");
        }
        return authenticates
                ? new OfAead(registry.aead(id, bits))
                : new EncryptThenMac(registry.encryption(id, bits), registry.integrity(integrity));
    }

    /** RFC 5282 section 3: the IV is authenticated by being part of the nonce. */
    private record OfAead(Aead aead) implements Protection {
        @Override
        public int keyLength() {
            return aead.keyLength();
        }

        @Override
        public int saltLength() {
            return aead.saltLength();
        }

        @Override
        public int integrityKeyLength() {
            return 0;
        }

        @Override
        public int ivLength() {
            return aead.ivLength();
        }

        @Override
        public int icvLength() {
            return aead.icvLength();
        }

        @Override
        public int blockLength() {
            return 1;
        }

        @Override
        public Keyed withKeys(SecretBytes encryption, SecretBytes integrity) {
            Aead.Keyed keyed = aead.withKey(encryption);
            int iv = aead.ivLength();
            return new Keyed() {
                @Override
                public void seal(long number, byte[] message, int headerLength, int textLength) {
                    ExplicitIv.put(message, headerLength, number);
                    keyed.seal(number, message, 0, headerLength, headerLength + iv, textLength);
                }

                @Override
                public boolean open(byte[] message, int headerLength, int textLength) {
                    long number = ExplicitIv.get(message, headerLength);
                    return keyed.open(number, message, 0, headerLength, headerLength + iv, textLength);
                }

                @Override
                public void close() {
                    keyed.close();
                }
            };
        }
    }

    /** RFC 7296 section 3.14: the ICV covers everything before it, and is judged before anything is decrypted. */
    private record EncryptThenMac(Encryption encryption, Integrity integrity) implements Protection {
        @Override
        public int keyLength() {
            return encryption.keyLength();
        }

        @Override
        public int saltLength() {
            return 0;
        }

        @Override
        public int integrityKeyLength() {
            return integrity.keyLength();
        }

        @Override
        public int ivLength() {
            return encryption.ivLength();
        }

        @Override
        public int icvLength() {
            return integrity.icvLength();
        }

        @Override
        public int blockLength() {
            return encryption.blockLength();
        }

        @Override
        public Keyed withKeys(SecretBytes encryptionKey, SecretBytes integrityKey) {
            Encryption.Keyed cipher = encryption.withKey(encryptionKey);
            Integrity.Keyed mac = integrity.withKey(integrityKey);
            int iv = encryption.ivLength();
            int block = encryption.blockLength();
            return new Keyed() {
                @Override
                public void seal(long number, byte[] message, int headerLength, int textLength) {
                    cipher.encrypt(number, message, headerLength, textLength);
                    int end = headerLength + iv + textLength;
                    mac.sign(message, 0, end, end);
                }

                @Override
                public boolean open(byte[] message, int headerLength, int textLength) {
                    int end = headerLength + iv + textLength;
                    if (textLength % block != 0 || !mac.verify(message, 0, end, end)) {
                        return false;
                    }
                    cipher.decrypt(message, headerLength, textLength);
                    return true;
                }

                @Override
                public void close() {
                    cipher.close();
                    mac.close();
                }
            };
        }
    }
}
