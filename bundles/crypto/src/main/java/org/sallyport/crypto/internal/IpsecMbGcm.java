package org.sallyport.crypto.internal;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import org.sallyport.api.secret.SecretBytes;
import org.sallyport.crypto.MemoryAead;
import org.sallyport.crypto.TransformId;
import org.sallyport.linux.memory.RawMemory;

/** AES-GCM (RFC 4106) by ipsec-mb for packets in memory, and by the JDK for arrays. */
final class IpsecMbGcm implements MemoryAead {
    private static final int SALT = 4;
    private static final int IV = Long.BYTES;
    private static final int ICV = 16;

    // One key's state: what ipsec-mb keeps, the nonce, and an ICV to compare with.
    private static final long CONTEXT = 1024;
    private static final long NONCE = CONTEXT + 96;
    private static final long EXPECTED = NONCE + 16;
    private static final long STATE_SIZE = EXPECTED + ICV;

    static {
        if (IpsecMb.KEY_SIZE > CONTEXT || IpsecMb.CONTEXT_SIZE > NONCE - CONTEXT) {
            throw new AssertionError("ipsec-mb's structures overlap");
        }
    }

    private final JdkAead onArrays;
    private final IpsecMb.Gcm gcm;

    IpsecMbGcm(IpsecMb library, JdkAead onArrays) {
        this.onArrays = onArrays;
        this.gcm = library.gcm(onArrays.keyLength() * Byte.SIZE);
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
        return onArrays.withKey(keyAndSalt);
    }

    @Override
    public KeyedMemory withKeyForMemory(SecretBytes keyAndSalt) {
        SymmetricKey.requireLength(transform(), "key and salt", keyAndSalt, keyMaterialLength());
        return keyAndSalt.use(Direction::new);
    }

    /** Its memory goes with it; the key in it is gone once it is closed. */
    private final class Direction implements KeyedMemory {
        private final MemorySegment state = Arena.ofAuto().allocate(STATE_SIZE, IpsecMb.ALIGNMENT);
        private final long key = state.address();
        private boolean closed;

        Direction(byte[] keyAndSalt) {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment raw = arena.allocate(keyLength(), Long.BYTES);
                RawMemory.copyIn(keyAndSalt, 0, raw.address(), keyLength());
                gcm.prepare(raw.address(), key);
                raw.fill((byte) 0);
            }
            RawMemory.copyIn(keyAndSalt, keyLength(), key + NONCE, SALT);
        }

        @Override
        public void seal(long iv, long associated, int associatedLength, long text, int textLength) {
            try {
                begin(iv);
                long icv = text + textLength;
                gcm.encrypt(key, key + CONTEXT, text, textLength, key + NONCE, associated, associatedLength, icv);
            } finally {
                Reference.reachabilityFence(this);
            }
        }

        @Override
        public boolean open(long iv, long associated, int associatedLength, long text, int textLength) {
            try {
                begin(iv);
                long icv = key + EXPECTED;
                gcm.decrypt(key, key + CONTEXT, text, textLength, key + NONCE, associated, associatedLength, icv);
                boolean genuine = isSame(text + textLength, icv);
                if (!genuine) {
                    RawMemory.zero(text, textLength);
                }
                return genuine;
            } finally {
                Reference.reachabilityFence(this);
            }
        }

        private void begin(long iv) {
            if (closed) {
                throw new IllegalStateException("the key of " + transform() + " is closed");
            }
            RawMemory.putNetLong(key + NONCE + SALT, iv);
        }

        /** In the same time for all. */
        private static boolean isSame(long one, long other) {
            long difference = (RawMemory.getLong(one) ^ RawMemory.getLong(other))
                    | (RawMemory.getLong(one + Long.BYTES) ^ RawMemory.getLong(other + Long.BYTES));
            return difference == 0;
        }

        @Override
        public void close() {
            closed = true;
            state.fill((byte) 0);
        }
    }
}
