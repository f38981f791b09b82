package org.sallyport.classifier.internal.worker;

import java.lang.foreign.Arena;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.sallyport.api.sa.Epoch;
import org.sallyport.linux.memory.RawMemory;
import org.sallyport.linux.poll.Wakeup;
import org.sallyport.linux.udp.EspPortLease;
import org.sallyport.linux.udp.EspSocket;
import org.sallyport.linux.udp.ReceiveBatch;
import org.sallyport.linux.udp.SendBatch;
import org.sallyport.linux.udp.UdpDestination;

/** A socket without a kernel: gives what was put in, behind which there is nothing, and keeps what was sent. */
class FakeSocket implements EspSocket, EspPortLease {
    @SuppressWarnings("ArrayRecordComponent") // handed over, never compared
    record Message(byte[] octets, int segment, int trafficClass, byte[] ipv6) {
        Message(byte[] octets, int segment, int trafficClass) {
            this(octets, segment, trafficClass, new byte[40]);
        }

        Message(byte[] octets, int segment) {
            this(octets, segment, 0);
        }
    }

    final ArrayDeque<Message> incoming = new ArrayDeque<>();
    final List<byte[]> sent = new ArrayList<>();
    final List<InetSocketAddress> sentTo = new ArrayList<>();
    final List<Integer> sentClasses = new ArrayList<>();
    final List<Boolean> sentWhole = new ArrayList<>();
    final List<byte[]> passedToIke = new ArrayList<>();

    private final List<In> batches = new ArrayList<>();

    private record Destination(InetSocketAddress remote) implements UdpDestination {}

    private static final class In implements ReceiveBatch {
        private final GuardedMemory[] buffers;
        private final long[] addresses;
        private final Message[] messages;
        private int count;

        In(Arena arena, int capacity) {
            buffers = new GuardedMemory[capacity];
            addresses = new long[capacity];
            messages = new Message[capacity];
            for (int i = 0; i < capacity; i++) {
                buffers[i] = new GuardedMemory(arena);
            }
        }

        void add(Message message) {
            addresses[count] = buffers[count].put(message.octets());
            messages[count++] = message;
        }

        boolean untouchedInFront() {
            return Stream.of(buffers).allMatch(GuardedMemory::untouchedInFront);
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
            return messages[index].octets().length;
        }

        @Override
        public int segment(int index) {
            return Math.max(1, messages[index].segment());
        }

        @Override
        public int trafficClass(int index) {
            return messages[index].trafficClass();
        }

        @Override
        public long remoteHigh(int index) {
            return number(index, 8);
        }

        @Override
        public long remoteLow(int index) {
            return number(index, 16);
        }

        @Override
        public long localHigh(int index) {
            return number(index, 24);
        }

        @Override
        public long localLow(int index) {
            return number(index, 32);
        }

        /** Of the IPv6 header that a raw socket keeps. */
        private long number(int index, int at) {
            return ByteBuffer.wrap(messages[index].ipv6()).getLong(at);
        }

        @Override
        public int remotePort(int index) {
            return 4500;
        }
    }

    private static final class Out implements SendBatch {
        private final long buffer;
        private final int size;
        private final List<byte[]> waiting = new ArrayList<>();
        private final List<InetSocketAddress> waitingTo = new ArrayList<>();
        private final List<Integer> waitingClasses = new ArrayList<>();
        private final List<Boolean> waitingWhole = new ArrayList<>();
        private int used;

        Out(Arena arena, int size) {
            this.buffer = arena.allocate(size, 64).address();
            this.size = size;
        }

        @Override
        public long reserve(int octets) {
            return used + octets > size ? 0 : buffer + used;
        }

        @Override
        public void commit(int length, UdpDestination destination, int trafficClass, boolean whole) {
            byte[] datagram = new byte[length];
            RawMemory.copyOut(buffer + used, datagram, 0, length);
            used += length;
            waiting.add(datagram);
            waitingClasses.add(trafficClass);
            waitingWhole.add(whole);
            waitingTo.add(((Destination) destination).remote());
        }

        @Override
        public int datagrams() {
            return waiting.size();
        }

        @Override
        public long refused() {
            return 0;
        }

        @Override
        public int lastErrno() {
            return 0;
        }
    }

    @Override
    public int receive(ReceiveBatch batch) {
        In in = (In) batch;
        in.count = 0;
        while (in.count < in.messages.length && !incoming.isEmpty()) {
            in.add(incoming.remove());
        }
        return in.count;
    }

    /** Tells whether nothing was written in front of what was received. */
    boolean untouchedInFront() {
        return batches.stream().allMatch(In::untouchedInFront);
    }

    @Override
    public int send(SendBatch batch) {
        Out out = (Out) batch;
        sent.addAll(out.waiting);
        sentTo.addAll(out.waitingTo);
        sentClasses.addAll(out.waitingClasses);
        sentWhole.addAll(out.waitingWhole);
        int count = out.waiting.size();
        out.waiting.clear();
        out.waitingTo.clear();
        out.waitingClasses.clear();
        out.waitingWhole.clear();
        out.used = 0;
        return count;
    }

    @Override
    public UdpDestination destination(InetSocketAddress local, InetSocketAddress remote) {
        return new Destination(remote);
    }

    @Override
    public ReceiveBatch newReceiveBatch(Arena arena, int capacity) {
        In batch = new In(arena, capacity);
        batches.add(batch);
        return batch;
    }

    @Override
    public SendBatch newSendBatch(Arena arena, int octets, boolean segmentation) {
        return new Out(arena, octets);
    }

    @Override
    public void wakeWith(Wakeup wakeup) {}

    @Override
    public int descriptor() {
        return -1;
    }

    @Override
    public List<EspSocket> sockets() {
        return List.of(this);
    }

    @Override
    public void passToIke(ReceiveBatch batch, int index, int offset, int length) {
        byte[] message = new byte[length];
        RawMemory.copyOut(batch.address(index) + offset, message, 0, length);
        passedToIke.add(message);
    }

    @Override
    public Epoch epoch() {
        return Epoch.FIRST;
    }

    @Override
    public boolean revoked() {
        return false;
    }

    @Override
    public void close() {}
}
