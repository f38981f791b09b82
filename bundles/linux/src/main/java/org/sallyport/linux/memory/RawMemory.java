package org.sallyport.linux.memory;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Plain loads and stores at absolute addresses, for packets: nothing is allocated and <b>nothing is checked</b>. Who
 * calls has made sure that the address lies within memory that is alive. Methods named {@code net} use network byte
 * order, the others the machine's.
 *
 * <p>Thread safety: as memory itself; the methods named {@code Acquire} and {@code Release} order what lies around them.
 */
public final class RawMemory {
    private static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);
    private static final ValueLayout.OfShort NET_SHORT = JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt NET_INT = JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfLong NET_LONG = JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final VarHandle ALIGNED_LONG = JAVA_LONG.varHandle();
    private static final VarHandle ALIGNED_INT = JAVA_INT.varHandle();

    private RawMemory() {}

    /** Returns the octet at an address, 0 to 255. */
    public static int getByte(long address) {
        return ALL.get(JAVA_BYTE, address) & 0xff;
    }

    /** Stores the low eight bits of a value. */
    public static void putByte(long address, int value) {
        ALL.set(JAVA_BYTE, address, (byte) value);
    }

    /** Returns the 16 bits at an address in the machine's order, 0 to 65535. */
    public static int getShort(long address) {
        return ALL.get(JAVA_SHORT_UNALIGNED, address) & 0xffff;
    }

    /** Stores the low 16 bits of a value in the machine's order. */
    public static void putShort(long address, int value) {
        ALL.set(JAVA_SHORT_UNALIGNED, address, (short) value);
    }

    /** Returns the 32 bits at an address in the machine's order. */
    public static int getInt(long address) {
        return ALL.get(JAVA_INT_UNALIGNED, address);
    }

    /** Stores 32 bits in the machine's order. */
    public static void putInt(long address, int value) {
        ALL.set(JAVA_INT_UNALIGNED, address, value);
    }

    /** Returns the 64 bits at an address in the machine's order. */
    public static long getLong(long address) {
        return ALL.get(JAVA_LONG_UNALIGNED, address);
    }

    /** Stores 64 bits in the machine's order. */
    public static void putLong(long address, long value) {
        ALL.set(JAVA_LONG_UNALIGNED, address, value);
    }

    /** Returns the 16 bits at an address in network order, 0 to 65535. */
    public static int netShort(long address) {
        return ALL.get(NET_SHORT, address) & 0xffff;
    }

    /** Stores the low 16 bits of a value in network order. */
    public static void putNetShort(long address, int value) {
        ALL.set(NET_SHORT, address, (short) value);
    }

    /** Returns the 32 bits at an address in network order. */
    public static int netInt(long address) {
        return ALL.get(NET_INT, address);
    }

    /** Stores 32 bits in network order. */
    public static void putNetInt(long address, int value) {
        ALL.set(NET_INT, address, value);
    }

    /** Returns the 64 bits at an address in network order. */
    public static long netLong(long address) {
        return ALL.get(NET_LONG, address);
    }

    /** Stores 64 bits in network order. */
    public static void putNetLong(long address, long value) {
        ALL.set(NET_LONG, address, value);
    }

    /** Loads 64 bits, at an address that is a multiple of 8, before everything that follows. */
    public static long getAcquire(long address) {
        return (long) ALIGNED_LONG.getAcquire(ALL, address);
    }

    /** Stores 64 bits, at an address that is a multiple of 8, after everything that came before. */
    public static void setRelease(long address, long value) {
        ALIGNED_LONG.setRelease(ALL, address, value);
    }

    /** Loads 32 bits, at an address that is a multiple of 4, before everything that follows. */
    public static int getIntAcquire(long address) {
        return (int) ALIGNED_INT.getAcquire(ALL, address);
    }

    /** Stores 32 bits, at an address that is a multiple of 4, after everything that came before. */
    public static void setIntRelease(long address, int value) {
        ALIGNED_INT.setRelease(ALL, address, value);
    }

    /** Copies memory; the ranges may overlap. */
    public static void copy(long from, long to, long bytes) {
        MemorySegment.copy(ALL, from, ALL, to, bytes);
    }

    /** Copies memory into a heap array. */
    public static void copyOut(long from, byte[] to, int offset, int bytes) {
        MemorySegment.copy(ALL, JAVA_BYTE, from, to, offset, bytes);
    }

    /** Copies a part of a heap array into memory. */
    public static void copyIn(byte[] from, int offset, long to, int bytes) {
        MemorySegment.copy(from, offset, ALL, JAVA_BYTE, to, bytes);
    }

    /** Overwrites memory with zeros. A slice to fill would be an object, unless the compiler sees through it. */
    public static void zero(long address, long bytes) {
        long end = address + bytes;
        long at = address;
        for (; at + Long.BYTES <= end; at += Long.BYTES) {
            putLong(at, 0);
        }
        for (; at < end; at++) {
            putByte(at, 0);
        }
    }
}
