package org.sallyport.linux.seccomp;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static org.sallyport.linux.ErrnoNames.EINTR;
import static org.sallyport.linux.ErrnoNames.EINVAL;
import static org.sallyport.linux.ErrnoNames.ENOENT;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.sallyport.linux.LinuxException;
import org.sallyport.linux.internal.Scratch;
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

    private static final int RESPONSE_BYTES = 24;
    private static final int ADD_DESCRIPTOR_BYTES = 24;
    private static final int POLL_ENTRY_BYTES = 8;
    private static final short POLL_IN = 1;
    private static final String KERNEL_NAME = "anon_inode:seccomp notify";
    /** How long it waits for a free place when as many calls wait for their answers as there is memory for. */
    private static final int FULL_PAUSE_MILLIS = 10;

    private final Descriptor descriptor;
    private final Wakeup wakeup = new Wakeup();
    private final CallMemory memory;
    private final ConcurrentMap<Long, Waiting> unanswered = new ConcurrentHashMap<>();
    /** Answers are given under the read lock, so that none goes to a descriptor that was closed and given out again. */
    private final ReadWriteLock closing = new ReentrantReadWriteLock();

    private boolean closed;

    /** A call and its place in the memory. */
    private record Waiting(Notification notification, int place) {}

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
        this(descriptor, CallMemory::create);
    }

    /**
     * Takes over a listener of another process; {@link #recall} finds the calls which that one has not answered.
     *
     * @param listener duplicates it
     * @param memory duplicates the memory with the calls
     * @throws LinuxException when it is none, or its memory cannot be read; nothing stays open then
     */
    static NotificationListener takeOver(Supplier<Descriptor> listener, Supplier<Descriptor> memory) {
        return new NotificationListener(listener.get(), () -> CallMemory.of(memory.get()));
    }

    private NotificationListener(Descriptor descriptor, Supplier<CallMemory> calls) {
        this.descriptor = descriptor;
        try {
            memory = calls.get();
        } catch (LinuxException e) {
            descriptor.close();
            wakeup.close();
            throw e;
        }
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
     * Finds what another process has received and not answered; before anything is received here. What the memory names
     * may have been answered, or have ended, just before that process did.
     */
    void recall() {
        for (int place = 0; place < memory.used(); place++) {
            if (memory.id(place) != CallMemory.FREE) {
                Notification notification = parse(memory.call(place));
                unanswered.put(notification.id(), new Waiting(notification, place));
                isValid(notification.id());
            }
        }
    }

    /** Says whether both are duplicates of one. */
    boolean isSame(NotificationListener other) {
        return memory.isSame(other.memory);
    }

    /** The listener's descriptor, for whoever keeps it. */
    int descriptor() {
        return descriptor.number();
    }

    /** The descriptor of the memory with what was received, for whoever keeps it. */
    int memoryDescriptor() {
        return memory.descriptor().number();
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
        try (Scratch scratch = Scratch.open()) {
            MemorySegment entries = scratch.allocate(2L * POLL_ENTRY_BYTES, 8);
            entries.set(JAVA_INT, 0, descriptor.number());
            entries.set(JAVA_SHORT, 4, POLL_IN);
            entries.set(JAVA_INT, POLL_ENTRY_BYTES, wakeup.descriptor());
            entries.set(JAVA_SHORT, POLL_ENTRY_BYTES + 4, POLL_IN);
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
                    int place = memory.take();
                    if (place == CallMemory.FULL) {
                        // More calls stay in the kernel, which keeps them as well.
                        SystemCalls.poll(entries.asSlice(POLL_ENTRY_BYTES), 1, FULL_PAUSE_MILLIS);
                        continue;
                    }
                    Optional<Notification> received = receive(place);
                    if (received.isPresent()) {
                        return new Received.Call(received.get());
                    }
                }
            }
        }
    }

    /** Empty when the caller was killed, or took a signal, between the poll and the receive. */
    private Optional<Notification> receive(int place) {
        MemorySegment call = memory.call(place);
        int received = SystemCalls.ioctl(descriptor.number(), RECEIVE, call);
        if (received < 0) {
            memory.clear(place);
            if (received != -ENOENT && received != -EINTR) {
                throw new LinuxException("receive of a seccomp notification", -received);
            }
            return Optional.empty();
        }
        Notification notification = parse(call);
        unanswered.put(notification.id(), new Waiting(notification, place));
        return Optional.of(notification);
    }

    /** Says whether the call still waits: false after a signal, after its thread's death, or once it was answered. */
    public boolean isValid(long id) {
        return unlessClosed(() -> {
            try (Scratch scratch = Scratch.open()) {
                boolean valid =
                        SystemCalls.ioctl(descriptor.number(), ID_VALID, scratch.allocateFrom(JAVA_LONG, id)) >= 0;
                if (!valid) {
                    waitsNoMore(id);
                }
                return valid;
            }
        });
    }

    /**
     * Returns the calls that were received and not answered: what somebody who takes the listener over has to answer,
     * since the kernel tells each call once.
     */
    public List<Notification> unanswered() {
        return unanswered.values().stream()
                .map(Waiting::notification)
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
        try (Scratch scratch = Scratch.open()) {
            MemorySegment request = scratch.allocate(ADD_DESCRIPTOR_BYTES, 8);
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
                memory.close();
            }
        } finally {
            closing.writeLock().unlock();
        }
    }

    private boolean respond(long id, long value, int error, int flags) {
        return unlessClosed(() -> {
            try (Scratch scratch = Scratch.open()) {
                MemorySegment response = scratch.allocate(RESPONSE_BYTES, 8);
                response.set(JAVA_LONG, 0, id);
                response.set(JAVA_LONG, 8, value);
                response.set(JAVA_INT, 16, error);
                response.set(JAVA_INT, 20, flags);
                int sent = SystemCalls.ioctl(descriptor.number(), SEND, response);
                if (sent < 0 && sent != -ENOENT) {
                    throw new LinuxException("answer to a seccomp notification", -sent);
                }
                waitsNoMore(id);
                return sent >= 0;
            }
        });
    }

    private void waitsNoMore(long id) {
        Waiting ended = unanswered.remove(id);
        if (ended != null) {
            memory.clear(ended.place());
        }
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
