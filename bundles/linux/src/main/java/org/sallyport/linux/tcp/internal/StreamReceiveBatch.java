package org.sallyport.linux.tcp.internal;

import org.jspecify.annotations.Nullable;
import org.sallyport.linux.udp.ReceiveBatch;

/** ESP packets where they lie in a {@link StreamReader}'s memory. Belongs to one thread. */
final class StreamReceiveBatch implements ReceiveBatch {
    private final long[] addresses;
    private final int[] lengths;
    private final @Nullable Connection[] connections;
    private int count;

    StreamReceiveBatch(int capacity) {
        addresses = new long[capacity];
        lengths = new int[capacity];
        connections = new Connection[capacity];
    }

    void clear() {
        count = 0;
    }

    boolean hasRoom() {
        return count < addresses.length;
    }

    void add(long address, int length, Connection from) {
        addresses[count] = address;
        lengths[count] = length;
        connections[count] = from;
        count++;
    }

    @Nullable
    Connection connection(int index) {
        return connections[index];
    }

    @Override
    public int count() {
        return count;
    }

    @Override
    public long address(int index) {
        return addresses[index];
    }

    @Override
    public int length(int index) {
        return lengths[index];
    }

    @Override
    public int segment(int index) {
        return lengths[index];
    }

    /** TCP has an ECN field of its own for its own ends (RFC 9329 section 9.5), and segments are not packets. */
    @Override
    public int trafficClass(int index) {
        return 0;
    }

    @Override
    public long remoteHigh(int index) {
        return 0;
    }

    @Override
    public long remoteLow(int index) {
        return 0;
    }

    @Override
    public int remotePort(int index) {
        return 0;
    }
}
