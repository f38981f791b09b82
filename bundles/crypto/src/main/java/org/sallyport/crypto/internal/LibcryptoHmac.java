package org.sallyport.crypto.internal;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import org.sallyport.api.secret.SecretBytes;
import org.sallyport.crypto.MemoryIntegrity;
import org.sallyport.crypto.TransformId;
import org.sallyport.linux.memory.RawMemory;

/** HMAC with SHA-2 (RFC 4868) by libcrypto for packets in memory, and by the JDK for arrays. */
final class LibcryptoHmac implements MemoryIntegrity {
    private static final long WRITTEN = EvpMac.LONGEST;
    private static final long STATE_SIZE = WRITTEN + Long.BYTES;

    private final EvpMac macs;
    private final String digest;
    private final JdkHmacIntegrity onArrays;

    LibcryptoHmac(EvpMac macs, String digest, JdkHmacIntegrity onArrays) {
        this.macs = macs;
        this.digest = digest;
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
    public int icvLength() {
        return onArrays.icvLength();
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

    /** Its methods take turns as with {@link LibcryptoAead}. */
    private final class Direction implements KeyedMemory {
        private final Arena arena = Arena.ofAuto();
        private final MemorySegment state = arena.allocate(STATE_SIZE, Long.BYTES);
        private final long whole = state.address();
        private final EvpContext context;
        private final int icvLength = icvLength();

        Direction(byte[] key) {
            try (Arena call = Arena.ofConfined()) {
                MemorySegment raw = call.allocate(key.length);
                try {
                    RawMemory.copyIn(key, 0, raw.address(), key.length);
                    context = macs.hmac(arena, digest, raw, key.length);
                } finally {
                    raw.fill((byte) 0);
                }
            }
        }

        @Override
        public synchronized void sign(long range, int length, long tail, int tailLength, long icv) {
            compute(range, length, tail, tailLength);
            RawMemory.copy(whole, icv, icvLength);
        }

        @Override
        public synchronized boolean verify(long range, int length, long tail, int tailLength, long icv) {
            compute(range, length, tail, tailLength);
            return macs.equal(whole, icv, icvLength);
        }

        private void compute(long range, int length, long tail, int tailLength) {
            try {
                long open = context.address();
                macs.begin(open);
                macs.update(open, range, length);
                if (tailLength > 0) {
                    macs.update(open, tail, tailLength);
                }
                macs.finish(open, whole, whole + WRITTEN);
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
