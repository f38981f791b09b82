package org.sallyport.classifier.internal.worker;

import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.sallyport.linux.memory.RawMemory;
import org.sallyport.linux.tun.TunQueue;

/** A queue without a kernel: gives what was put in, keeps what was written, each with its virtio header. */
final class FakeTun implements TunQueue {
    final ArrayDeque<byte[]> outgoing = new ArrayDeque<>();
    final List<byte[]> written = new ArrayList<>();
    boolean keep = true;
    long writes;
    /** What lies behind a packet that was read, if it is to be known. */
    byte behind;

    @Override
    public int read(long address, int capacity) {
        byte[] next = outgoing.poll();
        if (next == null) {
            return 0;
        }
        RawMemory.copyIn(next, 0, address, next.length);
        if (behind != 0) {
            MemorySegment.ofAddress(address)
                    .reinterpret(capacity)
                    .asSlice(next.length)
                    .fill(behind);
        }
        return next.length;
    }

    @Override
    public int write(long vectors, int count) {
        writes++;
        int total = 0;
        for (int i = 0; i < count; i++) {
            total += (int) RawMemory.getLong(vectors + i * 16L + 8);
        }
        if (keep) {
            byte[] packet = new byte[total];
            int at = 0;
            for (int i = 0; i < count; i++) {
                int length = (int) RawMemory.getLong(vectors + i * 16L + 8);
                RawMemory.copyOut(RawMemory.getLong(vectors + i * 16L), packet, at, length);
                at += length;
            }
            written.add(packet);
        }
        return total;
    }

    @Override
    public int descriptor() {
        return -1;
    }
}
