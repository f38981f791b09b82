package org.sallyport.crypto.internal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** A number in a message, in network order. */
final class ExplicitIv {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private ExplicitIv() {}

    static void put(byte[] message, int offset, long number) {
        LONG.set(message, offset, number);
    }

    static long get(byte[] message, int offset) {
        return (long) LONG.get(message, offset);
    }
}
