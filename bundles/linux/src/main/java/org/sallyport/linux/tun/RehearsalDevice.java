package org.sallyport.linux.tun;

import java.lang.foreign.Arena;
import org.sallyport.api.sa.Epoch;
import org.sallyport.linux.internal.LeaseGrants;
import org.sallyport.linux.internal.PacketCalls;
import org.sallyport.linux.tun.internal.PacketPair;

/**
 * A queue like a device's, with whoever rehearses at its other end instead of the kernel: what the compilers make of it
 * fits what comes by a real one.
 *
 * <p>Thread safety: one thread.
 */
public final class RehearsalDevice implements AutoCloseable {
    private static final int LARGEST = 1 << 17;

    private final Arena arena = Arena.ofAuto();
    private final PacketCalls calls = new PacketCalls(arena);
    private final long received = arena.allocate(LARGEST, 64).address();
    private final PacketPair pair;
    private final TunQueue queue;

    private RehearsalDevice(PacketPair pair) {
        this.pair = pair;
        this.queue = pair.queue(new LeaseGrants("a device to rehearse with").grant(Epoch.FIRST, () -> {}));
    }

    /**
     * Opens one.
     *
     * @throws org.sallyport.linux.LinuxException when the kernel refuses it
     */
    public static RehearsalDevice open() {
        return new RehearsalDevice(PacketPair.open());
    }

    /** Returns the end that a worker has. */
    public TunQueue queue() {
        return queue;
    }

    /**
     * Has the queue give a packet, with its virtio header, after those that wait.
     *
     * @return false when so many wait that there is no room for it
     */
    public boolean give(long address, int length) {
        return calls.write(pair.far(), address, length) == length;
    }

    /** Takes what was written to the queue, and forgets it. Returns how many packets there were. */
    public int take() {
        int taken = 0;
        while (calls.read(pair.far(), received, LARGEST) > 0) {
            taken++;
        }
        return taken;
    }

    @Override
    public void close() {
        pair.close();
    }
}
