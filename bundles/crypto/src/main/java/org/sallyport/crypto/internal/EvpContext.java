package org.sallyport.crypto.internal;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;

/**
 * A context of libcrypto's, which lies in its memory: freed once, when it is closed or, at the latest, when nobody refers to
 * its arena any more. Thread safe; who closes it makes sure that nobody is using it.
 */
final class EvpContext implements AutoCloseable {
    private final AtomicLong held;
    private final LongConsumer free;

    /** Takes a context over, for as long as an automatic arena is there. */
    EvpContext(Arena arena, long address, LongConsumer free) {
        AtomicLong owned = new AtomicLong(address);
        this.held = owned;
        this.free = free;
        MemorySegment.ofAddress(address).reinterpret(arena, gone -> release(owned, free));
    }

    /**
     * Returns its address.
     *
     * @throws IllegalStateException once it is closed
     */
    long address() {
        long address = held.getPlain();
        if (address == 0) {
            throw new IllegalStateException("the key is closed");
        }
        return address;
    }

    @Override
    public void close() {
        release(held, free);
    }

    private static void release(AtomicLong held, LongConsumer free) {
        long address = held.getAndSet(0);
        if (address != 0) {
            free.accept(address);
        }
    }
}
