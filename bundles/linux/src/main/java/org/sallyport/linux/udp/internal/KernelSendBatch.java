package org.sallyport.linux.udp.internal;

import static org.sallyport.linux.memory.RawMemory.copy;

import java.lang.foreign.Arena;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;
import org.sallyport.linux.ErrnoNames;
import org.sallyport.linux.internal.PacketCalls;
import org.sallyport.linux.udp.SendBatch;
import org.sallyport.linux.udp.UdpDestination;

/** A send batch over an array of struct mmsghdr, which joins datagrams of one kind that follow each other. */
final class KernelSendBatch implements SendBatch {
    private static final int MESSAGES = 256;
    /** UDP_MAX_SEGMENTS of kernels before 6.9; later ones take 128. */
    private static final int MAX_SEGMENTS = 64;

    private static final int MAX_MESSAGE = 65_000;

    private final MessageVector vector;
    private final MessageVector single;
    private final long buffer;
    private final long end;
    private final boolean segmentation;
    private final FragmentPermission permission;
    private final int[] segmentOf = new int[MESSAGES];
    private final int[] trafficClassOf = new int[MESSAGES];
    private final boolean[] wholeOf = new boolean[MESSAGES];
    private final KernelDestination[] destinationOf = new KernelDestination[MESSAGES];

    private int count;
    private int datagrams;
    private long position;
    /** Of the last message: how many datagrams, whether a shorter one has ended it. */
    private int joined;

    private boolean closed;
    private long refused;
    private int lastErrno;
    private @Nullable KernelDestination tooLong;

    KernelSendBatch(Arena arena, int octets, boolean segmentation) {
        if (octets < 65_536) {
            throw new IllegalArgumentException("a send batch has room for 65536 octets or more, not " + octets);
        }
        this.vector = new MessageVector(arena, MESSAGES);
        this.single = new MessageVector(arena, 1);
        this.buffer = arena.allocate(octets, 4096).address();
        this.end = buffer + octets;
        this.position = buffer;
        this.segmentation = segmentation;
        this.permission = new FragmentPermission(arena);
    }

    @Override
    public long reserve(int octets) {
        return count < MESSAGES && end - position >= octets ? position : 0;
    }

    @Override
    public void commit(int length, UdpDestination destination, int trafficClass, boolean whole) {
        KernelDestination to = (KernelDestination) destination;
        if (joins(length, to, trafficClass, whole)) {
            join(length);
        } else {
            begin(length, to, trafficClass, whole);
        }
        position += length;
        datagrams++;
    }

    private boolean joins(int length, KernelDestination to, int trafficClass, boolean whole) {
        int last = count - 1;
        return segmentation
                && last >= 0
                && !closed
                && destinationOf[last] == to
                && trafficClassOf[last] == trafficClass
                && wholeOf[last] == whole
                && length <= segmentOf[last]
                && joined < MAX_SEGMENTS
                && vector.bufferLength(last) + length <= MAX_MESSAGE;
    }

    private void join(int length) {
        int last = count - 1;
        vector.buffer(last, vector.bufferAddress(last), vector.bufferLength(last) + length);
        closed = length < segmentOf[last];
        if (++joined == 2) {
            long before = vector.controlLength(last);
            ControlMessages.putSegment(vector.control(last) + before, segmentOf[last]);
            vector.controlLength(last, before + ControlMessages.SEGMENT_SPACE);
        }
    }

    private void begin(int length, KernelDestination to, int trafficClass, boolean whole) {
        address(vector, count, to, trafficClass);
        vector.buffer(count, position, length);
        segmentOf[count] = length;
        destinationOf[count] = to;
        trafficClassOf[count] = trafficClass;
        wholeOf[count] = whole;
        joined = 1;
        closed = false;
        count++;
    }

    private static void address(MessageVector messages, int index, KernelDestination to, int trafficClass) {
        copy(to.nameAddress(), messages.name(index), to.nameLength());
        messages.nameLength(index, to.nameLength());
        copy(to.controlAddress(), messages.control(index), to.controlLength());
        long length = to.controlLength();
        if (trafficClass != 0) {
            ControlMessages.putTrafficClass(messages.control(index) + length, to.ipv4(), trafficClass);
            length += ControlMessages.TRAFFIC_CLASS_SPACE;
        }
        messages.controlLength(index, length);
    }

    @Override
    public int datagrams() {
        return datagrams;
    }

    @Override
    public long refused() {
        return refused;
    }

    @Override
    public int lastErrno() {
        return lastErrno;
    }

    /** Sends everything; what the kernel refuses is counted and passed over. Returns how many datagrams went out. */
    int flush(PacketCalls calls, int socket) {
        long refusedBefore = refused;
        int sent = 0;
        while (sent < count) {
            permission.give(socket, destinationOf[sent].ipv4(), !wholeOf[sent]);
            int result = calls.sendmmsg(socket, vector.header(sent), alikeFrom(sent), 0);
            if (result > 0) {
                sent += result;
            } else if (result != -ErrnoNames.EINTR) {
                resend(calls, socket, sent, -result);
                sent++;
            }
        }
        int out = datagrams - (int) (refused - refusedBefore);
        clear();
        return out;
    }

    /** Returns how many messages in a row may, or may not, be fragmented alike: the socket is told for all of them. */
    private int alikeFrom(int first) {
        int next = first + 1;
        while (next < count
                && wholeOf[next] == wholeOf[first]
                && destinationOf[next].ipv4() == destinationOf[first].ipv4()) {
            next++;
        }
        return next - first;
    }

    void clear() {
        count = 0;
        datagrams = 0;
        position = buffer;
    }

    /** A message that was refused whole goes out datagram by datagram: the path may be too narrow to segment for. */
    private void resend(PacketCalls calls, int socket, int index, int errno) {
        long length = vector.bufferLength(index);
        if (length <= segmentOf[index]) {
            refuse(errno, index);
            return;
        }
        address(single, 0, destinationOf[index], trafficClassOf[index]);
        for (long offset = 0; offset < length; offset += segmentOf[index]) {
            single.buffer(0, vector.bufferAddress(index) + offset, Math.min(segmentOf[index], length - offset));
            int result = calls.sendmmsg(socket, single.header(0), 1, 0);
            if (result < 0) {
                refuse(-result, index);
            }
        }
    }

    private void refuse(int errno, int index) {
        refused++;
        lastErrno = errno;
        if (errno == ErrnoNames.EMSGSIZE) {
            tooLong = destinationOf[index];
        }
    }

    @Override
    public @Nullable InetAddress takeTooLong() {
        KernelDestination narrow = tooLong;
        tooLong = null;
        return narrow == null ? null : narrow.remoteAddress();
    }
}
