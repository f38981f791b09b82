package org.sallyport.crypto.internal;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import org.sallyport.api.secret.SecretBytes;
import org.sallyport.crypto.MemoryEncryption;
import org.sallyport.crypto.TransformId;
import org.sallyport.linux.memory.RawMemory;

/** AES-CBC (RFC 3602) by libcrypto for packets in memory, and by the JDK for arrays; the IV is made as {@link JdkAesCbc} does. */
final class LibcryptoCbc implements MemoryEncryption {
    private static final int BLOCK = 16;

    // One key's state beside libcrypto's own: what a chain begins with, the key, and where lengths are written.
    private static final long KEY = BLOCK;
    private static final long LONGEST_KEY = 32;
    private static final long WRITTEN = KEY + LONGEST_KEY;
    private static final long STATE_SIZE = WRITTEN + Long.BYTES;

    private final Evp.Cipher cipher;
    private final JdkAesCbc onArrays;

    LibcryptoCbc(Evp.Cipher cipher, JdkAesCbc onArrays) {
        this.cipher = cipher;
        this.onArrays = onArrays;
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
    public int ivLength() {
        return BLOCK;
    }

    @Override
    public int blockLength() {
        return BLOCK;
    }

    @Override
    public Keyed withKey(SecretBytes key) {
        return onArrays.withKey(key);
    }

    @Override
    public KeyedMemory withKeyForMemory(SecretBytes key) {
        SymmetricKey.requireLength(transform(), "a key", key, keyLength());
        return key.use(Direction::new);
    }

    /** Its methods take turns, and its key is prepared, as with {@link LibcryptoAead}. */
    private final class Direction implements KeyedMemory {
        private final Arena arena = Arena.ofAuto();
        private final MemorySegment state = arena.allocate(STATE_SIZE, Long.BYTES);
        private final long zeros = state.address();
        private final long written = zeros + WRITTEN;
        private final EvpContext context = cipher.context(arena);
        private int prepared = Evp.ENCRYPT;

        Direction(byte[] key) {
            RawMemory.copyIn(key, 0, zeros + KEY, keyLength());
            cipher.withoutPadding(context.address());
            cipher.begin(context.address(), zeros + KEY, zeros, prepared);
        }

        @Override
        public synchronized void encrypt(long number, long iv, int textLength) {
            RawMemory.putLong(iv, 0);
            RawMemory.putNetLong(iv + Long.BYTES, number);
            crypt(Evp.ENCRYPT, iv, BLOCK + textLength);
        }

        @Override
        public synchronized void decrypt(long iv, int textLength) {
            crypt(Evp.DECRYPT, iv, BLOCK + textLength);
        }

        private void crypt(int direction, long blocks, int length) {
            try {
                long open = context.address();
                cipher.begin(open, direction == prepared ? 0 : zeros + KEY, zeros, direction);
                prepared = direction;
                boolean done =
                        cipher.update(open, blocks, written, blocks, length) && RawMemory.getInt(written) == length;
                Evp.require(done, "EVP_CipherUpdate");
            } finally {
                Reference.reachabilityFence(this);
            }
        }

        @Override
        public synchronized void close() {
            context.close();
            state.fill((byte) 0);
        }
    }
}
