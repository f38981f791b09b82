package org.sallyport.ike.internal.core;

import java.security.SecureRandom;
import java.util.List;
import org.sallyport.api.secret.SecretBytes;
import org.sallyport.crypto.CryptoProvider;
import org.sallyport.crypto.InvalidPublicValueException;
import org.sallyport.crypto.KeyExchange;
import org.sallyport.crypto.TransformId;

/** A key exchange without any secrecy, for speed: both sides learn the exclusive or of what was sent. */
final class ToyKeyExchange implements KeyExchange {
    static final int FIRST = 1024;
    static final int SECOND = 1025;
    /** Makes no keys. */
    static final int BROKEN = 65002;
    /** Makes keys, and agrees on nothing. */
    static final int CROOKED = 65003;

    private final int id;

    private ToyKeyExchange(int id) {
        this.id = id;
    }

    static CryptoProvider provider() {
        return new CryptoProvider() {
            @Override
            public String name() {
                return "toy";
            }

            @Override
            public List<Offer> offers() {
                return List.of(
                        new Offer(new ToyKeyExchange(FIRST), 1),
                        new Offer(new ToyKeyExchange(SECOND), 1),
                        new Offer(new ToyKeyExchange(BROKEN), 1),
                        new Offer(new ToyKeyExchange(CROOKED), 1));
            }
        };
    }

    @Override
    public TransformId transform() {
        return TransformId.keyExchange(id);
    }

    @Override
    public KeyPair generate(SecureRandom random) {
        if (id == BROKEN) {
            throw new IllegalStateException("the token is not plugged in");
        }
        byte[] own = new byte[32];
        random.nextBytes(own);
        return new KeyPair() {
            @Override
            public byte[] publicValue() {
                return own.clone();
            }

            @Override
            public SecretBytes agree(byte[] peerPublic) throws InvalidPublicValueException {
                if (id == CROOKED) {
                    throw new UnsupportedOperationException("the token was pulled out");
                }
                if (peerPublic.length != own.length) {
                    throw new InvalidPublicValueException("a toy value has 32 octets");
                }
                byte[] shared = own.clone();
                for (int i = 0; i < shared.length; i++) {
                    shared[i] ^= peerPublic[i];
                }
                return SecretBytes.owning(shared);
            }

            @Override
            public void close() {}
        };
    }
}
