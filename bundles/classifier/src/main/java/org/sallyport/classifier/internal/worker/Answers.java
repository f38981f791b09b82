package org.sallyport.classifier.internal.worker;

import java.lang.foreign.Arena;

/**
 * Packets that a worker's thread out has for the sender of others: its thread in hands them over, since each queue of the
 * TUN has one thread that writes.
 */
final class Answers {
    private final PacketRing ring;
    private final Doorbell doorbell;

    /**
     * @param doorbell of the thread in
     */
    Answers(Arena arena, Doorbell doorbell) {
        this.ring = new PacketRing(arena);
        this.doorbell = doorbell;
    }

    /** Passes a packet on, without a virtio header; false when too many wait. */
    boolean offer(long ip, int length) {
        boolean taken = ring.offer(ip, length);
        doorbell.ring();
        return taken;
    }

    boolean isEmpty() {
        return ring.peek() == 0;
    }

    /** Returns the oldest packet's address; only when not {@link #isEmpty}. */
    long address() {
        return ring.peek() + 8;
    }

    int length() {
        return PacketRing.length(ring.peek());
    }

    /** Lets go of the oldest packet. */
    void release() {
        ring.release();
    }
}
