package org.sallyport.linux.seccomp;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static org.sallyport.linux.ErrnoNames.EINTR;
import static org.sallyport.linux.ErrnoNames.EINVAL;
import static org.sallyport.linux.ErrnoNames.ENOENT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.BooleanSupplier;
import org.sallyport.linux.LinuxException;
import org.sallyport.linux.internal.SystemCalls;
import org.sallyport.linux.internal.Wakeup;
import org.sallyport.linux.process.Descriptor;

/**
 * The supervisor's end of a seccomp filter. One thread receives, on a platform thread, since it blocks; any thread
 * answers. While nobody answers, the calling program waits; when the listener is closed, held and later calls get
 * ENOSYS.
 */
public final class NotificationListener implements AutoCloseable {
    private static final long RECEIVE = 0xC0502100L;
    private static final long SEND = 0xC0182101L;
    private static final long ID_VALID = 0x40082102L;
    private static final long ADD_DESCRIPTOR = 0x40182103L;
    private static final long SET_FLAGS = 0x40082104L;
    private static final long SYNC_WAKE_UP = 1;
    private static final int RESPONSE_CONTINUE = 1;

    private static final int NOTIFICATION_BYTES = 80;
    private static final int RESPONSE_BYTES = 24;
    private static final int ADD_DESCRIPTOR_BYTES = 24;
    private static final int POLL_ENTRY_BYTES = 8;
    private static final short POLL_IN = 1;
    private static final String KERNEL_NAME = "anon_inode:seccomp notify";

    private final Descriptor descriptor;
    private final Wakeup wakeup = new Wakeup();
    private final ConcurrentMap<Long, Notification> unanswered = new ConcurrentHashMap<>();
    /** Answers are given under the read lock, so that none goes to a descriptor that was closed and given out again. */
    private final ReadWriteLock closing = new ReentrantReadWriteLock();

    private boolean closed;

    /** What waiting for a call came to. */
    public sealed interface Received {
        /** A call waits for its answer. */
        record Call(Notification notification) implements Received {}

        /** Every program under the filter has ended. */
        record AllEnded() implements Received {}

        /** {@link #stop} was called. */
        record Stopped() implements Received {}
    }

    /**
     * Takes over a descriptor that somebody presents as a listener.
     *
     * @throws LinuxException when it is not one; it is closed then
     */
    public NotificationListener(Descriptor descriptor) {
        this.descriptor = descriptor;
        try {
            String target = descriptor.target();
            if (!target.equals(KERNEL_NAME)) {
                close();
                throw new LinuxException("take-over of a seccomp listener", EINVAL, "it is " + target);
            }
        } catch (IOException e) {
            close();
            LinuxException unreadable = new LinuxException("take-over of a seccomp listener", EINVAL);
            unreadable.initCause(e);
            throw unreadable;
        }
    }

    /**
     * Asks the kernel to run this process on the caller's processor when a call comes in, which makes an answer six
     * times faster.
     *
     * @return false when the kernel is older than Linux 6.6; everything works, slower
     */
    public boolean enableSynchronousWakeUp() {
        return SystemCalls.ioctl(descriptor.number(), SET_FLAGS, SYNC_WAKE_UP) >= 0;
    }

    /**
     * Waits for the next call.
     *
     * @throws LinuxException when the listener is broken
     */
    public Received receive() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment entries = arena.allocate(2L * POLL_ENTRY_BYTES, 8);
            entries.set(JAVA_INT, 0, descriptor.number());
            entries.set(JAVA_SHORT, 4, POLL_IN);
            entries.set(JAVA_INT, POLL_ENTRY_BYTES, wakeup.descriptor());
            entries.set(JAVA_SHORT, POLL_ENTRY_BYTES + 4, POLL_IN);
            MemorySegment buffer = arena.allocate(NOTIFICATION_BYTES, 8);
            while (true) {
                int ready = SystemCalls.poll(entries, 2, -1);
                if (ready < 0 && ready != -EINTR) {
                    throw new LinuxException("poll of a seccomp listener", -ready);
                }
                if (ready > 0) {
                    if (entries.get(JAVA_SHORT, POLL_ENTRY_BYTES + 6) != 0) {
                        return new Received.Stopped();
                    }
                    short events = entries.get(JAVA_SHORT, 6);
                    if ((events & POLL_IN) == 0) {
                        return new Received.AllEnded();
                    }
                    int received = SystemCalls.ioctl(descriptor.number(), RECEIVE, buffer.fill((byte) 0));
                    if (received >= 0) {
                        Notification notification = parse(buffer);
                        unanswered.put(notification.id(), notification);
                        return new Received.Call(notification);
                    }
                    // The caller was killed, or took a signal, between the poll and the receive.
                    if (received != -ENOENT && received != -EINTR) {
                        throw new LinuxException("receive of a seccomp notification", -received);
                    }
                }
            }
        }
    }

    /** Says whether the call still waits: false after a signal, after its thread's death, or once it was answered. */
    public boolean isValid(long id) {
        boolean valid = unlessClosed(() -> {
            try (Arena arena = Arena.ofConfined()) {
                return SystemCalls.ioctl(descriptor.number(), ID_VALID, arena.allocateFrom(JAVA_LONG, id)) >= 0;
            }
        });
        if (!valid) {
            unanswered.remove(id);
        }
        return valid;
    }

    /**
     * Returns the calls that were received and not answered: what somebody who takes the listener over has to answer,
     * since the kernel tells each call once.
     */
    public List<Notification> unanswered() {
        return unanswered.values().stream()
                .filter(notification -> isValid(notification.id()))
                .toList();
    }

    /**
     * Answers in the call's place: the program sees this value as what its call returned.
     *
     * @param value zero or more
     * @return false when the call no longer waits
     */
    public boolean complete(long id, long value) {
        return respond(id, value, 0, 0);
    }

    /**
     * Answers with a failure.
     *
     * @param errno positive
     * @return false when the call no longer waits
     */
    public boolean fail(long id, int errno) {
        return respond(id, 0, -errno, 0);
    }

    /**
     * Lets the kernel execute the call as it stands. The program may have changed its memory meanwhile: nothing may
     * rely on the call being the one that was looked at.
     *
     * @return false when the call no longer waits
     */
    public boolean proceed(long id) {
        return respond(id, 0, 0, RESPONSE_CONTINUE);
    }

    /**
     * Gives the calling program one of this process's descriptors.
     *
     * @param own the descriptor here
     * @param closeOnExec whether it closes when the program executes another
     * @return the descriptor's number over there, or the negated errno
     */
    public int addDescriptor(long id, int own, boolean closeOnExec) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment request = arena.allocate(ADD_DESCRIPTOR_BYTES, 8);
            request.set(JAVA_LONG, 0, id);
            request.set(JAVA_INT, 12, own);
            request.set(JAVA_INT, 20, closeOnExec ? 0x80000 : 0);
            return SystemCalls.ioctl(descriptor.number(), ADD_DESCRIPTOR, request);
        }
    }

    /** Makes {@link #receive} return, now or when it is called next, until {@link #resume}. */
    public void stop() {
        unlessClosed(() -> {
            wakeup.signal();
            return true;
        });
    }

    /** Makes receiving possible again, for somebody who takes the listener over after it was stopped. */
    public void resume() {
        wakeup.clear();
    }

    /** Closes the listener; for the receiving thread after it has stopped receiving. Answers given later go nowhere. */
    @Override
    public void close() {
        closing.writeLock().lock();
        try {
            if (!closed) {
                closed = true;
                descriptor.close();
                wakeup.close();
            }
        } finally {
            closing.writeLock().unlock();
        }
    }

    private boolean respond(long id, long value, int error, int flags) {
        boolean answered = unlessClosed(() -> {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment response = arena.allocate(RESPONSE_BYTES, 8);
                response.set(JAVA_LONG, 0, id);
                response.set(JAVA_LONG, 8, value);
                response.set(JAVA_INT, 16, error);
                response.set(JAVA_INT, 20, flags);
                int sent = SystemCalls.ioctl(descriptor.number(), SEND, response);
                if (sent < 0 && sent != -ENOENT) {
                    throw new LinuxException("answer to a seccomp notification", -sent);
                }
                return sent >= 0;
            }
        });
        unanswered.remove(id);
        return answered;
    }

    private boolean unlessClosed(BooleanSupplier action) {
        closing.readLock().lock();
        try {
            return !closed && action.getAsBoolean();
        } finally {
            closing.readLock().unlock();
        }
    }

    private static Notification parse(MemorySegment buffer) {
        return new Notification(
                buffer.get(JAVA_LONG, 0),
                buffer.get(JAVA_INT, 8),
                buffer.get(JAVA_INT, 20),
                buffer.get(JAVA_INT, 16),
                buffer.get(JAVA_LONG, 32),
                buffer.get(JAVA_LONG, 40),
                buffer.get(JAVA_LONG, 48),
                buffer.get(JAVA_LONG, 56),
                buffer.get(JAVA_LONG, 64),
                buffer.get(JAVA_LONG, 72));
    }
}
