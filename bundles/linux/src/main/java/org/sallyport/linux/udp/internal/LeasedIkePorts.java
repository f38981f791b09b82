package org.sallyport.linux.udp.internal;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static org.sallyport.linux.memory.RawMemory.copyIn;
import static org.sallyport.linux.memory.RawMemory.copyOut;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.sallyport.api.sa.Epoch;
import org.sallyport.linux.ErrnoNames;
import org.sallyport.linux.LinuxException;
import org.sallyport.linux.internal.LeaseState;
import org.sallyport.linux.internal.PacketCalls;
import org.sallyport.linux.internal.Passage;
import org.sallyport.linux.poll.Wakeup;
import org.sallyport.linux.udp.IkeDatagram;
import org.sallyport.linux.udp.IkePortLease;

/**
 * IKE's lease: its two sockets, and the strays that workers passed on. Sockets and wake-up are touched only while the
 * lease stands or the passage is occupied, so that the next holder finds nobody inside.
 */
final class LeasedIkePorts implements IkePortLease {
    private static final int MARKER = 4;
    private static final int HEADER = 28;
    private static final int LARGEST = 65_507;
    private static final int POLLIN = 1;
    private static final int POLL_ENTRY = 8;

    private final LeaseState state;
    private final UdpSocket plain;
    private final UdpSocket marked;
    private final SharedPort shared;
    private final Passage receiving;
    private final ReentrantLock receiveTurn = new ReentrantLock();
    private final ReentrantLock sendTurn = new ReentrantLock();
    private final Passage sending;
    private final Wakeup wakeup = new Wakeup();
    private final Arena arena = Arena.ofAuto();
    private final PacketCalls receiveCalls = new PacketCalls(arena);
    private final PacketCalls sendCalls = new PacketCalls(arena);
    private final KernelReceiveBatch batch = new KernelReceiveBatch(arena, 8);
    private final MessageVector outgoing = new MessageVector(arena, 1);
    private final MemorySegment outBuffer = arena.allocate(LARGEST, 64);
    private final MemorySegment polled = arena.allocate(3L * POLL_ENTRY, 8);
    private final ArrayDeque<IkeDatagram> ready = new ArrayDeque<>();
    /** Whether a socket may have more than was taken: an empty one is not asked again before the kernel says so. */
    private boolean plainHasMore = true;

    private boolean markedHasMore = true;

    LeasedIkePorts(LeaseState state, UdpSocket plain, SharedPort shared) {
        this.state = state;
        this.plain = plain;
        this.marked = shared.ikeSocket();
        this.shared = shared;
        this.receiving = state.newPassage();
        this.sending = state.newPassage();
        pollEntry(0, plain.descriptor());
        pollEntry(1, marked.descriptor());
        pollEntry(2, wakeup.descriptor());
        shared.wakeIkeBy(wakeup::signal);
        state.whenEnded(this::ended);
    }

    /** Whoever waits is woken; once nobody does, the wake-up goes. */
    private void ended() {
        wakeup.signal();
        Thread.ofVirtual().start(() -> {
            receiveTurn.lock();
            try {
                wakeup.close();
            } finally {
                receiveTurn.unlock();
            }
        });
    }

    private void pollEntry(int index, int descriptor) {
        polled.set(JAVA_INT, (long) index * POLL_ENTRY, descriptor);
        polled.set(JAVA_SHORT, (long) index * POLL_ENTRY + 4, (short) POLLIN);
    }

    @Override
    public Optional<IkeDatagram> receive(Duration timeout) {
        long deadline = System.nanoTime() + timeout.toNanos();
        receiveTurn.lock();
        try {
            IkeDatagram next = nextReady();
            boolean inTime = true;
            while (next == null && inTime) {
                long left = deadline - System.nanoTime();
                inTime = left > 0;
                await(Math.max(0, left));
                next = nextReady();
            }
            return Optional.ofNullable(next);
        } finally {
            receiveTurn.unlock();
        }
    }

    private @Nullable IkeDatagram nextReady() {
        if (ready.isEmpty()) {
            passing(receiving, this::fill);
        } else {
            state.requireStanding();
        }
        return ready.pollFirst();
    }

    private void fill() {
        plainHasMore = plainHasMore && drain(plain);
        markedHasMore = markedHasMore && drain(marked);
        for (StrayQueue.Stray stray = shared.ikeStrays().poll();
                stray != null;
                stray = shared.ikeStrays().poll()) {
            acceptStray(stray);
        }
    }

    private void await(long nanos) {
        state.requireStanding();
        int millis = (int) Math.min(Integer.MAX_VALUE, (nanos + 999_999) / 1_000_000);
        int result = receiveCalls.poll(polled.address(), 3, millis);
        if (result < 0 && result != -ErrnoNames.EINTR) {
            throw new LinuxException("poll", -result);
        }
        plainHasMore |= result > 0 && isReadable(0);
        markedHasMore |= result > 0 && isReadable(1);
        if (result > 0 && isReadable(2) && !state.revoked()) {
            wakeup.drain();
        }
        state.requireStanding();
    }

    private boolean isReadable(int index) {
        return polled.get(JAVA_SHORT, (long) index * POLL_ENTRY + 6) != 0;
    }

    /** Takes what is there, up to a batch; tells whether there may be more. */
    private boolean drain(UdpSocket socket) {
        batch.prepare();
        int received = receiveCalls.recvmmsg(
                socket.descriptor(), batch.messages().header(0), batch.capacity(), PacketCalls.MSG_DONTWAIT);
        batch.filled(Math.max(received, 0));
        for (int i = 0; i < batch.count(); i++) {
            acceptMessage(socket, i);
        }
        return received == batch.capacity();
    }

    private void acceptMessage(UdpSocket socket, int index) {
        int length = batch.length(index);
        int segment = batch.segment(index);
        MessageVector messages = batch.messages();
        InetSocketAddress remote = socket.family().address(messages.name(index));
        InetAddress local = socket.family().local(messages.control(index), messages.controlLength(index));
        for (int offset = 0; offset < length; offset += segment) {
            byte[] datagram = new byte[Math.min(segment, length - offset)];
            copyOut(batch.address(index) + offset, datagram, 0, datagram.length);
            if (socket == plain) {
                accept(local, remote, socket.port(), datagram, 0);
            } else {
                acceptMarked(local, remote, index, datagram);
            }
        }
    }

    private void acceptMarked(InetAddress local, InetSocketAddress remote, int index, byte[] datagram) {
        if (datagram.length < MARKER) {
            return;
        }
        int spi = spi(datagram);
        if (spi == 0) {
            accept(local, remote, marked.port(), datagram, MARKER);
        } else {
            MessageVector messages = batch.messages();
            byte[] name = new byte[marked.family().nameLength()];
            copyOut(messages.name(index), name, 0, name.length);
            byte[] control = new byte[(int) messages.controlLength(index)];
            copyOut(messages.control(index), control, 0, control.length);
            shared.strayEsp(spi, new StrayQueue.Stray(name, control, datagram));
        }
    }

    private void acceptStray(StrayQueue.Stray stray) {
        try (Arena local = Arena.ofConfined()) {
            MemorySegment name = local.allocate(MessageVector.NAME_SIZE, 8);
            copyIn(stray.name(), 0, name.address(), stray.name().length);
            MemorySegment control = local.allocate(MessageVector.CONTROL_SIZE, 8);
            copyIn(stray.control(), 0, control.address(), stray.control().length);
            accept(
                    marked.family().local(control.address(), stray.control().length),
                    marked.family().address(name.address()),
                    marked.port(),
                    stray.datagram(),
                    MARKER);
        }
    }

    private void accept(InetAddress local, InetSocketAddress remote, int port, byte[] datagram, int skipped) {
        if (datagram.length - skipped < HEADER) {
            return;
        }
        byte[] message = new byte[datagram.length - skipped];
        System.arraycopy(datagram, skipped, message, 0, message.length);
        ready.add(new IkeDatagram(new InetSocketAddress(local, port), remote, message));
    }

    private static int spi(byte[] datagram) {
        return (datagram[0] & 0xff) << 24
                | (datagram[1] & 0xff) << 16
                | (datagram[2] & 0xff) << 8
                | (datagram[3] & 0xff);
    }

    @Override
    public void send(IkeDatagram datagram) {
        boolean withMarker = datagram.local().getPort() == marked.port();
        if (!withMarker && datagram.local().getPort() != plain.port()) {
            throw new IllegalArgumentException("IKE is sent from port " + plain.port() + " or " + marked.port()
                    + ", not from " + datagram.local().getPort());
        }
        byte[] marker = new byte[withMarker ? MARKER : 0];
        transmit(withMarker ? marked : plain, datagram.local(), datagram.remote(), marker, datagram.message());
    }

    @Override
    public void sendKeepAlive(InetSocketAddress local, InetSocketAddress remote) {
        if (local.getPort() != marked.port()) {
            throw new IllegalArgumentException(
                    "NAT keep-alives are sent from port " + marked.port() + ", not from " + local.getPort());
        }
        transmit(marked, local, remote, new byte[0], new byte[] {(byte) 0xff});
    }

    private void transmit(
            UdpSocket socket, InetSocketAddress local, InetSocketAddress remote, byte[] marker, byte[] message) {
        if (remote.isUnresolved() || local.isUnresolved() || marker.length + message.length > LARGEST) {
            throw new IllegalArgumentException("a message of " + message.length + " octets cannot go to " + remote);
        }
        sendTurn.lock();
        try (Arena local0 = Arena.ofConfined()) {
            MemorySegment name = socket.family().name(local0, remote);
            MemorySegment source = socket.family().source(local0, local.getAddress());
            copyIn(marker, 0, outBuffer.address(), marker.length);
            copyIn(message, 0, outBuffer.address() + marker.length, message.length);
            outgoing.buffer(0, outBuffer.address(), marker.length + message.length);
            outgoing.address(0, name, source);
            passing(sending, () -> transmitOutgoing(socket, remote));
        } finally {
            sendTurn.unlock();
        }
    }

    private void transmitOutgoing(UdpSocket socket, InetSocketAddress remote) {
        int result = sendCalls.sendmmsg(socket.descriptor(), outgoing.header(0), 1, PacketCalls.MSG_DONTWAIT);
        if (result < 0 && result != -ErrnoNames.EAGAIN && result != -ErrnoNames.ENOBUFS) {
            throw new LinuxException("sending an IKE message to " + remote, -result);
        }
    }

    private void passing(Passage passage, Runnable action) {
        if (!passage.enter()) {
            state.requireStanding();
        }
        try {
            action.run();
        } finally {
            passage.leave();
        }
    }

    @Override
    public Epoch epoch() {
        return state.epoch();
    }

    @Override
    public boolean revoked() {
        return state.revoked();
    }

    @Override
    public void close() {
        state.close();
    }
}
