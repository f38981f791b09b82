package org.sallyport.lab.net;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A TUN device without any offload: every read is one packet as it would be on a wire. It exists until it is closed.
 * One thread reads, one thread writes.
 */
public final class Tun implements AutoCloseable {
    private static final long TUNSETIFF = 0x400454caL;
    private static final short IFF_TUN_NO_PI = 0x1001;
    private static final int NAME_SIZE = 16;
    private static final int REQUEST_SIZE = 40;
    private static final int LARGEST = 65_536;

    private final Arena arena = Arena.ofShared();
    private final int descriptor;
    private final MemorySegment readState = LibC.newState(arena);
    private final MemorySegment writeState = LibC.newState(arena);
    private final MemorySegment readBuffer = arena.allocate(LARGEST, 8);
    private final MemorySegment writeBuffer = arena.allocate(LARGEST, 8);

    private Tun(int descriptor) {
        this.descriptor = descriptor;
    }

    /** Opens the device in the calling thread's network namespace. */
    public static Tun open(String name) {
        int descriptor = LibC.open("/dev/net/tun", LibC.O_RDWR_CLOEXEC);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment request = arena.allocate(REQUEST_SIZE, 8);
            request.setString(0, name.substring(0, Math.min(name.length(), NAME_SIZE - 1)));
            request.set(ValueLayout.JAVA_SHORT, NAME_SIZE, IFF_TUN_NO_PI);
            LibC.ioctl("TUNSETIFF " + name, descriptor, TUNSETIFF, request);
            return new Tun(descriptor);
        } catch (RuntimeException failure) {
            LibC.close(descriptor);
            throw failure;
        }
    }

    /** Waits for the next packet. */
    public byte[] read() {
        int length = LibC.read(readState, descriptor, readBuffer);
        return readBuffer.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE);
    }

    /** Hands a packet to the kernel, as if it had arrived. */
    public void write(byte[] packet) {
        MemorySegment.copy(packet, 0, writeBuffer, ValueLayout.JAVA_BYTE, 0, packet.length);
        LibC.write(writeState, descriptor, writeBuffer, packet.length);
    }

    /** Ends the device; a read that waits is not woken, so this belongs to the end of a process. */
    @Override
    public void close() {
        LibC.close(descriptor);
    }
}
