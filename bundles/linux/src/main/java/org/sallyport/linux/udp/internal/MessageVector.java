package org.sallyport.linux.udp.internal;

import static org.sallyport.linux.memory.RawMemory.getInt;
import static org.sallyport.linux.memory.RawMemory.getLong;
import static org.sallyport.linux.memory.RawMemory.putInt;
import static org.sallyport.linux.memory.RawMemory.putLong;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * An array of struct mmsghdr, each with one iovec, room for an address and for control messages. Equal on x86_64 and
 * aarch64 (glibc, 64 bits).
 */
final class MessageVector {
    static final int HEADER_SIZE = 64;
    static final int CONTROL_SIZE = 128;
    static final int NAME_SIZE = 32;

    private static final int NAME = 0;
    private static final int NAME_LENGTH = 8;
    private static final int IOVEC = 16;
    private static final int IOVEC_COUNT = 24;
    private static final int CONTROL = 32;
    private static final int CONTROL_LENGTH = 40;
    private static final int FLAGS = 48;
    private static final int MESSAGE_LENGTH = 56;

    private final long headers;
    private final long iovecs;
    private final long names;
    private final long controls;

    MessageVector(Arena arena, int messages) {
        headers = arena.allocate((long) messages * HEADER_SIZE, 64).address();
        iovecs = arena.allocate((long) messages * 16, 64).address();
        names = arena.allocate((long) messages * NAME_SIZE, 64).address();
        controls = arena.allocate((long) messages * CONTROL_SIZE, 64).address();
        for (int i = 0; i < messages; i++) {
            putLong(header(i) + NAME, name(i));
            putLong(header(i) + IOVEC, iovec(i));
            putLong(header(i) + IOVEC_COUNT, 1);
            putLong(header(i) + CONTROL, control(i));
        }
    }

    long header(int index) {
        return headers + (long) index * HEADER_SIZE;
    }

    long name(int index) {
        return names + (long) index * NAME_SIZE;
    }

    long control(int index) {
        return controls + (long) index * CONTROL_SIZE;
    }

    private long iovec(int index) {
        return iovecs + (long) index * 16;
    }

    void buffer(int index, long address, long length) {
        putLong(iovec(index), address);
        putLong(iovec(index) + 8, length);
    }

    long bufferAddress(int index) {
        return getLong(iovec(index));
    }

    long bufferLength(int index) {
        return getLong(iovec(index) + 8);
    }

    /** Says where a message goes and, by a control message that may be empty, which of our addresses it leaves from. */
    void address(int index, MemorySegment peer, MemorySegment source) {
        MemorySegment.copy(peer, 0, MemorySegment.ofAddress(name(index)).reinterpret(NAME_SIZE), 0, peer.byteSize());
        nameLength(index, (int) peer.byteSize());
        MemorySegment.copy(
                source, 0, MemorySegment.ofAddress(control(index)).reinterpret(CONTROL_SIZE), 0, source.byteSize());
        controlLength(index, source.byteSize());
    }

    void nameLength(int index, int length) {
        putInt(header(index) + NAME_LENGTH, length);
    }

    int nameLength(int index) {
        return getInt(header(index) + NAME_LENGTH);
    }

    void controlLength(int index, long length) {
        putLong(header(index) + CONTROL_LENGTH, length);
    }

    long controlLength(int index) {
        return getLong(header(index) + CONTROL_LENGTH);
    }

    int flags(int index) {
        return getInt(header(index) + FLAGS);
    }

    void clearFlags(int index) {
        putInt(header(index) + FLAGS, 0);
    }

    /** Returns how many octets the kernel put into, or took from, a message of a mmsg call. */
    int messageLength(int index) {
        return getInt(header(index) + MESSAGE_LENGTH);
    }

    void messageLength(int index, int length) {
        putInt(header(index) + MESSAGE_LENGTH, length);
    }
}
