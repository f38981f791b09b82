package org.sallyport.linux.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.sallyport.linux.internal.SystemCalls;

/**
 * A file descriptor of this process, closed exactly once. Any thread may use it; whoever closes it sees to it that
 * nobody is about to use it, since its number is given out again.
 */
public final class Descriptor implements AutoCloseable {
    private static final int CLOSED = -1;

    private final AtomicInteger number;

    /**
     * Takes over a descriptor.
     *
     * @param number an open descriptor, which the caller no longer closes
     */
    public Descriptor(int number) {
        this.number = new AtomicInteger(number);
    }

    /**
     * Returns the number.
     *
     * @throws IllegalStateException when it was closed
     */
    public int number() {
        int open = number.get();
        if (open == CLOSED) {
            throw new IllegalStateException("the descriptor is closed");
        }
        return open;
    }

    /**
     * Moves it to a new owner: closing this one closes nothing from now on.
     *
     * @throws IllegalStateException when it was closed
     */
    public Descriptor move() {
        int open = number.getAndSet(CLOSED);
        if (open == CLOSED) {
            throw new IllegalStateException("the descriptor is closed");
        }
        return new Descriptor(open);
    }

    /** Says what it refers to in the kernel's words, as {@code socket:[4711]} or {@code anon_inode:seccomp notify}. */
    public String target() throws IOException {
        return Files.readSymbolicLink(Path.of("/proc/self/fd/" + number())).toString();
    }

    @Override
    public void close() {
        int open = number.getAndSet(CLOSED);
        if (open != CLOSED) {
            SystemCalls.close(open);
        }
    }
}
