package org.sallyport.classifier.internal.worker;

import java.lang.foreign.Arena;
import org.jspecify.annotations.Nullable;
import org.sallyport.linux.poll.Wakeup;

/**
 * Rings between the workers of one direction, for packets of SAs that another worker owns: queues and sockets spread
 * flows, not SAs. Each ring has one thread at either end.
 */
final class Handover {
    private final int workers;
    private final @Nullable PacketRing[] rings;
    private final Quiescence[] quiescence;
    private final Wakeup[] wakeups;

    /**
     * @param quiescence of each worker's thread
     * @param wakeups of each worker's thread
     */
    Handover(Arena arena, Quiescence[] quiescence, Wakeup[] wakeups) {
        this.workers = wakeups.length;
        this.quiescence = quiescence.clone();
        this.wakeups = wakeups.clone();
        this.rings = new PacketRing[workers * workers];
        for (int i = 0; i < rings.length; i++) {
            rings[i] = i / workers == i % workers ? null : new PacketRing(arena);
        }
    }

    int workers() {
        return workers;
    }

    /** Returns the ring from one worker to another; null from a worker to itself. */
    @Nullable
    PacketRing ring(int from, int to) {
        return rings[from * workers + to];
    }

    /** Tells whether a packet waits for a worker: to be asked between {@link Quiescence#leave} and waiting. */
    boolean waitsFor(int to) {
        for (int from = 0; from < workers; from++) {
            PacketRing ring = ring(from, to);
            if (ring != null && ring.peek() != 0) {
                return true;
            }
        }
        return false;
    }

    /** Passes a packet on; false when the other has too many already. */
    boolean pass(int from, int to, long address, int length) {
        return pass(from, to, address, length, 0);
    }

    /**
     * Passes a packet on; false when the other has too many already.
     *
     * @param note a number that goes along, see {@link PacketRing#note}
     */
    boolean pass(int from, int to, long address, int length, int note) {
        PacketRing ring = rings[from * workers + to];
        if (ring == null || !ring.offer(address, length, note)) {
            return false;
        }
        java.lang.invoke.VarHandle.fullFence();
        if (quiescence[to].idle()) {
            wakeups[to].signal();
        }
        return true;
    }
}
