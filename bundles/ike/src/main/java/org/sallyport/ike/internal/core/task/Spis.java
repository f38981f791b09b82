package org.sallyport.ike.internal.core.task;

import java.nio.ByteBuffer;
import org.sallyport.ike.internal.message.Bytes;

/** SPIs as octets. */
final class Spis {
    private Spis() {}

    static Bytes bytes(int spi) {
        return Bytes.of(ByteBuffer.allocate(Integer.BYTES).putInt(spi).array());
    }

    static Bytes bytes(long spi) {
        return Bytes.of(ByteBuffer.allocate(Long.BYTES).putLong(spi).array());
    }

    static int number(Bytes four) {
        return ByteBuffer.wrap(four.toArray()).getInt();
    }

    static long number8(Bytes eight) {
        return ByteBuffer.wrap(eight.toArray()).getLong();
    }
}
