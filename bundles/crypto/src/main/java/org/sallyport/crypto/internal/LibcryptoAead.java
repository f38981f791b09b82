package org.sallyport.crypto.internal;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import org.sallyport.api.secret.SecretBytes;
import org.sallyport.crypto.Aead;
import org.sallyport.crypto.MemoryAead;
import org.sallyport.crypto.TransformId;
import org.sallyport.linux.memory.RawMemory;

/** An AEAD by libcrypto for packets in memory, and by the JDK for arrays. Salt and IV are the nonce. */
final class LibcryptoAead implements MemoryAead {
    // One key's state beside libcrypto's own: nonce, key, and where lengths and what nobody reads are written.
    private static final long KEY = 16;
    private static final long LONGEST_KEY = 32;
    private static final long WRITTEN = KEY + LONGEST_KEY;
    private static final long NOTHING = WRITTEN + 16;
    private static final long STATE_SIZE = NOTHING + 16;

    private final Aead onArrays;
    private final Evp.Cipher cipher;
    private final boolean lengthFirst;

    /**
     * @param lengthFirst whether it wants to know first how long text and tag are, and judges the tag before it decrypts, as
     *     CCM does (RFC 3610)
     */
    LibcryptoAead(Evp.Cipher cipher, Aead onArrays, boolean lengthFirst) {
        this.cipher = cipher;
        this.onArrays = onArrays;
        this.lengthFirst = lengthFirst;
    }

    @Override
    public TransformId transform() {
        return onArrays.transform();
    }

    @Override
    public int keyLength() {
        return onArrays.keyLength();
    }

    @Override
    public int saltLength() {
        return onArrays.saltLength();
    }

    @Override
    public int ivLength() {
        return onArrays.ivLength();
    }

    @Override
    public int icvLength() {
        return onArrays.icvLength();
    }

    @Override
    public Keyed withKey(SecretBytes keyAndSalt) {
        return onArrays.withKey(keyAndSalt);
    }

    @Override
    public KeyedMemory withKeyForMemory(SecretBytes keyAndSalt) {
        SymmetricKey.requireLength(transform(), "key and salt", keyAndSalt, keyMaterialLength());
        return keyAndSalt.use(Direction::new);
    }

    /**
     * The methods take turns because whoever closes it frees libcrypto's memory: a packet in hand is finished first. Nobody
     * but the SA's owner and who takes the SA from it ever wants that turn. Some ciphers prepare a key for encrypting or for
     * decrypting; in which of the two a direction is used shows with its first packet.
     */
    private final class Direction implements KeyedMemory {
        private final Arena arena = Arena.ofAuto();
        private final MemorySegment state = arena.allocate(STATE_SIZE, Long.BYTES);
        private final long nonce = state.address();
        private final long iv = nonce + saltLength();
        private final long written = nonce + WRITTEN;
        private final EvpContext context = cipher.context(arena);
        private final int icv = icvLength();
        private int prepared = Evp.ENCRYPT;

        Direction(byte[] keyAndSalt) {
            RawMemory.copyIn(keyAndSalt, 0, nonce + KEY, keyLength());
            RawMemory.copyIn(keyAndSalt, keyLength(), nonce, saltLength());
            if (lengthFirst) {
                cipher.nonceLength(context.address(), saltLength() + ivLength());
                cipher.tagLength(context.address(), icv);
            }
            cipher.begin(context.address(), nonce + KEY, 0, prepared);
        }

        @Override
        public synchronized void seal(long number, long associated, int associatedLength, long text, int textLength) {
            try {
                long open = begin(number, Evp.ENCRYPT);
                takeAssociated(open, associated, associatedLength, textLength);
                boolean sealed = cipher.update(open, text, written, text, textLength)
                        && cipher.finish(open, nonce + NOTHING, written);
                Evp.require(sealed, "sealing");
                cipher.tag(open, text + textLength, icv);
            } finally {
                Reference.reachabilityFence(this);
            }
        }

        @Override
        public synchronized boolean open(
                long number, long associated, int associatedLength, long text, int textLength) {
            try {
                long open = begin(number, Evp.DECRYPT);
                cipher.expect(open, text + textLength, icv);
                takeAssociated(open, associated, associatedLength, textLength);
                boolean genuine = cipher.update(open, text, written, text, textLength)
                        && (lengthFirst || cipher.finish(open, nonce + NOTHING, written));
                if (!genuine) {
                    RawMemory.zero(text, textLength);
                    cipher.forgetRefusal();
                }
                return genuine;
            } finally {
                Reference.reachabilityFence(this);
            }
        }

        private long begin(long number, int direction) {
            long address = context.address();
            RawMemory.putNetLong(iv, number);
            cipher.begin(address, direction == prepared ? 0 : nonce + KEY, nonce, direction);
            prepared = direction;
            return address;
        }

        private void takeAssociated(long open, long associated, int associatedLength, int textLength) {
            boolean taken = (!lengthFirst || cipher.update(open, 0, written, 0, textLength))
                    && (associatedLength == 0 || cipher.update(open, 0, written, associated, associatedLength));
            Evp.require(taken, "authenticating");
        }

        @Override
        public synchronized void close() {
            context.close();
            state.fill((byte) 0);
        }
    }
}
