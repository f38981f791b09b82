package org.sallyport.linux.udp.internal;

import static org.sallyport.linux.memory.RawMemory.copyIn;
import static org.sallyport.linux.memory.RawMemory.getInt;
import static org.sallyport.linux.memory.RawMemory.netShort;

import java.lang.foreign.Arena;
import org.sallyport.linux.udp.ReceiveBatch;

/** A receive batch over an array of struct mmsghdr. */
final class KernelReceiveBatch implements ReceiveBatch {
    private final int capacity;
    private final MessageVector messages;
    private int count;

    KernelReceiveBatch(Arena arena, int capacity) {
        if (capacity < 1 || capacity > 1024) {
            throw new IllegalArgumentException("a batch holds 1 to 1024 messages, not " + capacity);
        }
        this.capacity = capacity;
        this.messages = new MessageVector(arena, capacity);
        long buffers = arena.allocate((long) capacity * BUFFER_SIZE, 4096).address();
        for (int i = 0; i < capacity; i++) {
            messages.buffer(i, buffers + (long) i * BUFFER_SIZE, BUFFER_SIZE);
        }
    }

    @Override
    public int count() {
        return count;
    }

    @Override
    public long address(int index) {
        return messages.bufferAddress(index);
    }

    @Override
    public int length(int index) {
        return messages.messageLength(index);
    }

    @Override
    public int segment(int index) {
        long data = ControlMessages.find(
                messages.control(index),
                messages.controlLength(index),
                ControlMessages.SOL_UDP,
                ControlMessages.UDP_GRO);
        int length = Math.max(length(index), 1);
        int segment = data == 0 ? length : getInt(data);
        return segment <= 0 || segment > length ? length : segment;
    }

    @Override
    public int trafficClass(int index) {
        return ControlMessages.trafficClass(messages.control(index), messages.controlLength(index));
    }

    @Override
    public long remoteHigh(int index) {
        return SocketFamily.remoteHigh(messages.name(index));
    }

    @Override
    public long remoteLow(int index) {
        return SocketFamily.remoteLow(messages.name(index));
    }

    @Override
    public long localHigh(int index) {
        return SocketFamily.localHigh(messages.control(index), messages.controlLength(index));
    }

    @Override
    public long localLow(int index) {
        return SocketFamily.localLow(messages.control(index), messages.controlLength(index));
    }

    @Override
    public int firstExtension(int index) {
        return ExtensionHeaders.first(messages.control(index), messages.controlLength(index));
    }

    @Override
    public int extensions(int index, byte[] to, int offset) {
        return ExtensionHeaders.copy(messages.control(index), messages.controlLength(index), to, offset);
    }

    @Override
    public int remotePort(int index) {
        return netShort(messages.name(index) + 2);
    }

    int capacity() {
        return capacity;
    }

    MessageVector messages() {
        return messages;
    }

    void prepare() {
        count = 0;
        for (int i = 0; i < capacity; i++) {
            messages.nameLength(i, MessageVector.NAME_SIZE);
            messages.controlLength(i, MessageVector.CONTROL_SIZE);
            messages.clearFlags(i);
        }
    }

    void filled(int received) {
        count = received;
    }

    /** Adds a datagram that came another way; false when there is no room. */
    boolean add(StrayQueue.Stray stray) {
        if (count == capacity) {
            return false;
        }
        copyIn(stray.datagram(), 0, messages.bufferAddress(count), stray.datagram().length);
        copyIn(stray.name(), 0, messages.name(count), stray.name().length);
        copyIn(stray.control(), 0, messages.control(count), stray.control().length);
        messages.controlLength(count, stray.control().length);
        messages.messageLength(count, stray.datagram().length);
        count++;
        return true;
    }
}
