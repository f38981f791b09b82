package org.sallyport.classifier.internal.worker;

import java.lang.foreign.Arena;
import java.net.InetSocketAddress;
import java.util.List;
import org.sallyport.api.sa.Epoch;
import org.sallyport.linux.poll.Wakeup;
import org.sallyport.linux.udp.EspPortLease;
import org.sallyport.linux.udp.EspSocket;
import org.sallyport.linux.udp.ReceiveBatch;
import org.sallyport.linux.udp.SendBatch;
import org.sallyport.linux.udp.UdpDestination;

/** A socket whose datagrams come back to it, in their own memory. Belongs to one thread. */
final class RehearsalWire implements EspPortLease, EspSocket, SendBatch, ReceiveBatch, UdpDestination {
    private static final int SIZE = 1 << 20;
    private static final int MOST = 1024;

    private final long buffer;
    private final int[] offsets = new int[MOST];
    private final int[] lengths = new int[MOST];
    private final int[] classes = new int[MOST];
    private int used;
    private int committed;
    private int received;
    private int count;

    RehearsalWire(Arena arena) {
        this.buffer = arena.allocate(SIZE, 64).address();
    }

    /** Tells whether something was sent that was not received. */
    boolean occupied() {
        return received < committed;
    }

    @Override
    public long reserve(int octets) {
        return used + octets > SIZE || committed == MOST ? 0 : buffer + used;
    }

    @Override
    public void commit(int length, UdpDestination destination, int trafficClass, boolean whole) {
        classes[committed] = trafficClass;
        offsets[committed] = used;
        lengths[committed] = length;
        committed++;
        used += length;
    }

    @Override
    public int datagrams() {
        return committed;
    }

    @Override
    public int send(SendBatch batch) {
        return committed;
    }

    @Override
    public int receive(ReceiveBatch batch) {
        received += count;
        count = Math.min(16, committed - received);
        if (count == 0) {
            used = 0;
            committed = 0;
            received = 0;
        }
        return count;
    }

    @Override
    public int count() {
        return count;
    }

    @Override
    public long address(int index) {
        return buffer + offsets[received + index];
    }

    @Override
    public int length(int index) {
        return lengths[received + index];
    }

    @Override
    public int segment(int index) {
        return lengths[received + index];
    }

    @Override
    public int trafficClass(int index) {
        return classes[received + index];
    }

    @Override
    public long refused() {
        return 0;
    }

    @Override
    public int lastErrno() {
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
        return 4500;
    }

    @Override
    public UdpDestination destination(InetSocketAddress local, InetSocketAddress remote) {
        return this;
    }

    @Override
    public ReceiveBatch newReceiveBatch(Arena arena, int capacity) {
        return this;
    }

    @Override
    public SendBatch newSendBatch(Arena arena, int octets, boolean segmentation) {
        return this;
    }

    @Override
    public List<EspSocket> sockets() {
        return List.of(this);
    }

    @Override
    public void passToIke(ReceiveBatch batch, int index, int offset, int length) {}

    @Override
    public void wakeWith(Wakeup wakeup) {}

    @Override
    public int descriptor() {
        return -1;
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
