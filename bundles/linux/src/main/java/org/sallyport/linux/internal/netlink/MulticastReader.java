package org.sallyport.linux.internal.netlink;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.sallyport.linux.ErrnoNames;
import org.sallyport.linux.LinuxException;
import org.sallyport.linux.internal.SystemCalls;
import org.sallyport.linux.internal.Wakeup;

/** Reads a netlink socket's multicast messages on a thread of its own, until closed. */
public final class MulticastReader implements AutoCloseable {
    private static final int POLLIN = 1;
    private static final int JOIN_MILLIS = 5_000;

    /** Hears what arrived; called on the reader's thread, one call at a time. */
    @FunctionalInterface
    public interface Listener {
        /**
         * Takes what arrived.
         *
         * @param messages empty when messages were lost
         */
        void arrived(Optional<List<ByteBuffer>> messages);
    }

    private final NetlinkSocket socket;
    private final Listener listener;
    private final Wakeup wakeup = new Wakeup();
    private final AtomicBoolean closed = new AtomicBoolean();
    private final Thread thread;

    /** Starts reading; the socket is closed with the reader. */
    public MulticastReader(String name, NetlinkSocket socket, Listener listener) {
        this.socket = socket;
        this.listener = listener;
        this.thread = Thread.ofPlatform().daemon().name(name).start(this::run);
    }

    private void run() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment descriptors = arena.allocate(16, 4);
            descriptors.set(JAVA_INT, 0, socket.descriptor());
            descriptors.set(JAVA_SHORT, 4, (short) POLLIN);
            descriptors.set(JAVA_INT, 8, wakeup.descriptor());
            descriptors.set(JAVA_SHORT, 12, (short) POLLIN);
            while (true) {
                int ready = SystemCalls.poll(descriptors, 2, -1);
                if (ready < 0 && ready != -ErrnoNames.EINTR) {
                    throw new LinuxException("poll netlink", -ready);
                }
                if (descriptors.get(JAVA_SHORT, 14) != 0) {
                    return;
                }
                if (descriptors.get(JAVA_SHORT, 6) != 0) {
                    listener.arrived(socket.takeArrived());
                }
            }
        }
    }

    /** Stops reading; closing twice does nothing. Never called from the listener. */
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        wakeup.signal();
        try {
            thread.join(JOIN_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        socket.close();
        wakeup.close();
    }
}
