package org.sallyport.linux.tun.internal;

import java.lang.foreign.Arena;
import org.sallyport.linux.ErrnoNames;
import org.sallyport.linux.Lease;
import org.sallyport.linux.internal.LeaseState;
import org.sallyport.linux.internal.PacketCalls;
import org.sallyport.linux.internal.Passage;
import org.sallyport.linux.tun.TunQueue;

/** A queue through one lease: every call passes through the lease or is refused. */
final class LeasedTunQueue implements TunQueue {
    private final int descriptor;
    private final Passage reading;
    private final Passage writing;
    private final PacketCalls readCalls = new PacketCalls(Arena.ofAuto());
    private final PacketCalls writeCalls = new PacketCalls(Arena.ofAuto());

    LeasedTunQueue(int descriptor, LeaseState lease) {
        this.descriptor = descriptor;
        this.reading = lease.newPassage();
        this.writing = lease.newPassage();
    }

    @Override
    public int read(long address, int capacity) {
        if (!reading.enter()) {
            return Lease.REVOKED;
        }
        try {
            long result = readCalls.read(descriptor, address, capacity);
            return result == -ErrnoNames.EAGAIN || result == -ErrnoNames.EINTR ? 0 : (int) result;
        } finally {
            reading.leave();
        }
    }

    @Override
    public int write(long vectors, int count) {
        if (!writing.enter()) {
            return Lease.REVOKED;
        }
        try {
            return (int) writeCalls.writev(descriptor, vectors, count);
        } finally {
            writing.leave();
        }
    }

    @Override
    public int descriptor() {
        return descriptor;
    }
}
