package org.sallyport.lab.attack;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;

/**
 * A raw socket that sends datagrams from whatever address they claim, many with one system call. It belongs to the
 * network namespace of the thread that opens it, and to that thread alone.
 */
final class SpoofingSocket implements AutoCloseable {
    private static final int AF_INET = 2;
    private static final int SOCK_RAW_CLOEXEC = 3 | 0x80000;
    private static final int IPPROTO_RAW = 255;
    private static final int SLOTS = 64;
    private static final long SOCKADDR = 16;
    private static final long IOVEC = 16;
    private static final long MMSGHDR = 64;
    private static final long MSG_NAMELEN = 8;
    private static final long MSG_IOV = 16;
    private static final long MSG_IOVLEN = 24;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = STATE.varHandle(PathElement.groupElement("errno"));
    private static final MethodHandle SOCKET = bind(
            "socket",
            FunctionDescriptor.of(
                    ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
    private static final MethodHandle SENDMMSG = bind(
            "sendmmsg",
            FunctionDescriptor.of(
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_INT,
                    ValueLayout.ADDRESS,
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_INT));
    private static final MethodHandle CLOSE =
            bind("close", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));

    private final Arena arena = Arena.ofConfined();
    private final Ipv4Packets packets = new Ipv4Packets();
    private final MemorySegment state = arena.allocate(STATE);
    private final MemorySegment messages = arena.allocate(MMSGHDR * SLOTS, 8);
    private final MemorySegment addresses = arena.allocate(SOCKADDR * SLOTS, 8);
    private final MemorySegment vectors = arena.allocate(IOVEC * SLOTS, 8);
    private final MemorySegment contents = arena.allocate((long) Ipv4Packets.MTU * SLOTS, 8);
    private final int descriptor;
    private int filled;

    private SpoofingSocket() {
        for (int slot = 0; slot < SLOTS; slot++) {
            lay(slot);
        }
        descriptor =
                call("a raw socket", () -> (int) SOCKET.invokeExact(state, AF_INET, SOCK_RAW_CLOEXEC, IPPROTO_RAW));
    }

    /** Opens one in the calling thread's namespace, which needs CAP_NET_RAW there. */
    static SpoofingSocket open() {
        return new SpoofingSocket();
    }

    /** The lasting part of a message: struct mmsghdr, its address and its one iovec. */
    private void lay(int slot) {
        long message = slot * MMSGHDR;
        long vector = slot * IOVEC;
        messages.set(ValueLayout.ADDRESS, message, addresses.asSlice(slot * SOCKADDR, SOCKADDR));
        messages.set(ValueLayout.JAVA_INT, message + MSG_NAMELEN, (int) SOCKADDR);
        messages.set(ValueLayout.ADDRESS, message + MSG_IOV, vectors.asSlice(vector, IOVEC));
        messages.set(ValueLayout.JAVA_LONG, message + MSG_IOVLEN, 1);
        vectors.set(ValueLayout.ADDRESS, vector, contents.asSlice((long) slot * Ipv4Packets.MTU));
        addresses.set(ValueLayout.JAVA_SHORT, slot * SOCKADDR, (short) AF_INET);
    }

    /** Takes the datagram along with the next {@link #flush}, which happens by itself when there is no room left. */
    void add(Datagram datagram) {
        byte[] destination = datagram.destination().getAddress();
        for (ByteBuffer packet : packets.of(datagram)) {
            if (filled == SLOTS) {
                flush();
            }
            MemorySegment.copy(destination, 0, addresses, ValueLayout.JAVA_BYTE, filled * SOCKADDR + Integer.BYTES, 4);
            MemorySegment content = contents.asSlice((long) filled * Ipv4Packets.MTU, packet.remaining());
            content.copyFrom(MemorySegment.ofBuffer(packet));
            vectors.set(ValueLayout.JAVA_LONG, filled * IOVEC + Long.BYTES, packet.remaining());
            filled++;
        }
    }

    /** Sends what was added. */
    void flush() {
        int done = 0;
        while (done < filled) {
            MemorySegment rest = messages.asSlice(done * MMSGHDR);
            int count = filled - done;
            done += call("sendmmsg", () -> (int) SENDMMSG.invokeExact(state, descriptor, rest, count, 0));
        }
        filled = 0;
    }

    @Override
    public void close() {
        call("close", () -> (int) CLOSE.invokeExact(state, descriptor));
        arena.close();
    }

    private interface Downcall {
        int run() throws Throwable;
    }

    private int call(String what, Downcall downcall) {
        int result;
        try {
            result = downcall.run();
        } catch (RuntimeException | Error failure) {
            throw failure;
        } catch (Throwable failure) {
            throw new IllegalStateException(what + " could not be called", failure);
        }
        if (result < 0) {
            throw new IllegalStateException(what + " failed with errno " + (int) ERRNO.get(state, 0L));
        }
        return result;
    }

    private static MethodHandle bind(String name, FunctionDescriptor signature) {
        return LINKER.downcallHandle(
                LINKER.defaultLookup().findOrThrow(name), signature, Linker.Option.captureCallState("errno"));
    }
}
