package org.sallyport.classifier.internal.esp;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import org.sallyport.api.sa.SaSlotLayout;
import org.sallyport.linux.memory.RawMemory;

/** SPI and sequence number as an SA's packets authenticate them. */
final class PacketHeader {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

    private final int spi;
    private final boolean extended;

    PacketHeader(long slot) {
        this.spi = RawMemory.getInt(slot + SaSlotLayout.SPI);
        this.extended = (RawMemory.getInt(slot + SaSlotLayout.FLAGS) & SaSlotLayout.FLAG_ESN) != 0;
    }

    /** Octets of what an AEAD takes. */
    int associatedLength() {
        return extended ? 12 : 8;
    }

    /** Writes what an AEAD takes: with extended sequence numbers the upper half comes first (RFC 4106 section 5). */
    void putAssociated(byte[] work, long sequence) {
        INT.set(work, 0, spi);
        if (extended) {
            LONG.set(work, 4, sequence);
        } else {
            INT.set(work, 4, (int) sequence);
        }
    }

    /** The same in memory. */
    void putAssociated(long to, long sequence) {
        RawMemory.putNetInt(to, spi);
        if (extended) {
            RawMemory.putNetLong(to + 4, sequence);
        } else {
            RawMemory.putNetInt(to + 4, (int) sequence);
        }
    }

    /** Writes the header as it is in the packet. */
    void put(byte[] work, long sequence) {
        INT.set(work, 0, spi);
        INT.set(work, 4, (int) sequence);
    }

    /** The same in memory. */
    void put(long to, long sequence) {
        RawMemory.putNetInt(to, spi);
        RawMemory.putNetInt(to + 4, (int) sequence);
    }

    /** Writes what an integrity algorithm takes behind the text (RFC 4303 section 2.2.1), and returns its octets. */
    int putTail(byte[] work, int offset, long sequence) {
        if (!extended) {
            return 0;
        }
        INT.set(work, offset, (int) (sequence >>> 32));
        return Integer.BYTES;
    }

    /** The same in memory. */
    int putTail(long to, long sequence) {
        if (!extended) {
            return 0;
        }
        RawMemory.putNetInt(to, (int) (sequence >>> 32));
        return Integer.BYTES;
    }
}
