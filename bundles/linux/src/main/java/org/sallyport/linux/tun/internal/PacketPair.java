package org.sallyport.linux.tun.internal;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.sallyport.linux.internal.LeaseState;
import org.sallyport.linux.internal.Outcome;
import org.sallyport.linux.internal.SystemCalls;
import org.sallyport.linux.tun.TunQueue;

/**
 * Two ends of one socket that keeps packets apart, as a TUN device's descriptor does.
 *
 * @param near the end that is read and written as a device's queue is
 * @param far the other one
 */
public record PacketPair(int near, int far) implements AutoCloseable {
    private static final int AF_UNIX = 1;
    private static final int SOCK_SEQPACKET_NONBLOCK_CLOEXEC = 5 | 0x800 | 0x80000;

    /** Opens both. */
    public static PacketPair open() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment ends = arena.allocate(JAVA_INT, 2);
            Outcome.check("socketpair", SystemCalls.socketpair(AF_UNIX, SOCK_SEQPACKET_NONBLOCK_CLOEXEC, ends));
            return new PacketPair(ends.getAtIndex(JAVA_INT, 0), ends.getAtIndex(JAVA_INT, 1));
        }
    }

    /** Returns the near end as a queue. */
    public TunQueue queue(LeaseState lease) {
        return new LeasedTunQueue(near, lease);
    }

    @Override
    public void close() {
        SystemCalls.close(near);
        SystemCalls.close(far);
    }
}
