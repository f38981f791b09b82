package org.sallyport.ike.internal.message;

import java.util.Arrays;

/** Grows an array in network order, up to the largest message. */
final class WireWriter {
    private static final int MAX = 0xffff;

    private byte[] buffer = new byte[512];
    private int size;

    int size() {
        return size;
    }

    void u8(int value) {
        room(1);
        buffer[size++] = (byte) value;
    }

    void u16(int value) {
        u8(value >> 8);
        u8(value);
    }

    void u32(long value) {
        u16((int) (value >> 16));
        u16((int) value);
    }

    void u64(long value) {
        u32(value >>> 32);
        u32(value);
    }

    void bytes(Bytes value) {
        room(value.length());
        value.copyTo(buffer, size);
        size += value.length();
    }

    void patchU16(int at, int value) {
        buffer[at] = (byte) (value >> 8);
        buffer[at + 1] = (byte) value;
    }

    void patchU32(int at, long value) {
        patchU16(at, (int) (value >> 16));
        patchU16(at + 2, (int) value);
    }

    byte[] toBytes() {
        return Arrays.copyOf(buffer, size);
    }

    private void room(int count) {
        if (count > MAX - size) {
            throw new IllegalArgumentException("a message has at most " + MAX + " octets");
        }
        if (size + count > buffer.length) {
            buffer = Arrays.copyOf(buffer, Math.max(size + count, 2 * buffer.length));
        }
    }
}
