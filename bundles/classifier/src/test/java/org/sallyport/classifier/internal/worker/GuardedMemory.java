package org.sallyport.classifier.internal.worker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.sallyport.linux.memory.RawMemory;

/**
 * Octets behind which there is nothing: who touches what follows them gets an {@link InternalError}, and not what belongs
 * to somebody else. The pages behind belong to a file that is shorter by now. What lies in front is known, and looked at
 * afterwards.
 */
final class GuardedMemory {
    /** Octets there are at the most. */
    static final int SIZE = 1 << 17;

    private static final int FRONT = 128;
    private static final long KNOWN = 0xa5a5_a5a5_a5a5_a5a5L;

    private final MemorySegment all;
    private final long end;
    private long front;

    GuardedMemory(Arena arena) {
        all = map(arena);
        end = all.address() + SIZE;
        front = end - FRONT;
        known();
    }

    private static MemorySegment map(Arena arena) {
        try {
            Path path = Files.createTempFile("guarded", ".memory");
            try (FileChannel file = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
                MemorySegment segment = file.map(MapMode.READ_WRITE, 0, 2L * SIZE, arena);
                file.truncate(SIZE);
                return segment;
            } finally {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns where octets were put: the last one is the last of the memory. */
    long put(byte[] octets) {
        long address = end - octets.length;
        RawMemory.copyIn(octets, 0, address, octets.length);
        front = address - FRONT;
        known();
        return address;
    }

    private void known() {
        for (int i = 0; i < FRONT; i += 8) {
            RawMemory.putLong(front + i, KNOWN);
        }
    }

    /** Returns what keeps the memory alive. */
    MemorySegment all() {
        return all;
    }

    /** Tells whether nothing was written in front of what was put. */
    boolean untouchedInFront() {
        for (int i = 0; i < FRONT; i += 8) {
            if (RawMemory.getLong(front + i) != KNOWN) {
                return false;
            }
        }
        return true;
    }
}
