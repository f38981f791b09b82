package org.sallyport.linux.udp.internal;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Datagrams that reached the wrong one of the sockets on port 4500, because receive offload had joined them to others,
 * on their way to the right one. Bounded: the oldest is lost. Thread safe; looking whether one waits takes no lock.
 */
final class StrayQueue {
    private static final int CAPACITY = 64;

    private final ArrayDeque<Stray> strays = new ArrayDeque<>();
    private volatile int waiting;

    /**
     * @param name the sender's socket address as the kernel told it
     * @param control the control messages that came with it
     * @param datagram the payload
     */
    @SuppressWarnings("ArrayRecordComponent") // handed over, never compared
    record Stray(byte[] name, byte[] control, byte[] datagram) {}

    synchronized void add(Stray stray) {
        if (strays.size() == CAPACITY) {
            strays.removeFirst();
        }
        strays.addLast(stray);
        waiting = strays.size();
    }

    boolean isEmpty() {
        return waiting == 0;
    }

    synchronized @Nullable Stray poll() {
        Stray stray = strays.pollFirst();
        waiting = strays.size();
        return stray;
    }
}
