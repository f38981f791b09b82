package org.sallyport.spd.internal.kernel;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.sallyport.api.flow.Addresses;
import org.sallyport.linux.tun.TunLease;
import org.sallyport.linux.tun.TunQueue;
import org.sallyport.linux.tun.TunSpec;
import org.sallyport.linux.tun.VirtioHeader;
import org.sallyport.linux.tun.internal.KernelTunDevices;

/** The far end of the TUN device, where the data plane would be. */
final class Inside implements AutoCloseable {
    private final KernelTunDevices devices = new KernelTunDevices();
    private final TunQueue queue;

    Inside() {
        TunSpec spec = TunSpec.standard(1);
        TunLease lease = devices.lease(spec, devices.nextEpoch(spec), () -> {});
        queue = lease.queues().getFirst();
        awaitRunning(spec.name());
    }

    /** The kernel drops what it is given until it has noticed, up to a second later, that somebody reads the device. */
    private static void awaitRunning(String device) {
        long end = System.nanoTime() + 10_000_000_000L;
        while (link(device).contains("NO-CARRIER")) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException(device + " does not run");
            }
        }
    }

    private static String link(String device) {
        try {
            Process ip = new ProcessBuilder("ip", "-o", "link", "show", "dev", device).start();
            return new String(ip.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Tells whether an IPv4 datagram to this port arrives within a second. */
    boolean receivedUdpTo(int port) {
        long end = System.nanoTime() + 1_000_000_000L;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(TunQueue.READ_SIZE);
            while (System.nanoTime() < end) {
                int length = queue.read(buffer.address(), TunQueue.READ_SIZE);
                if (length > VirtioHeader.SIZE + 28 && isUdpTo(port, buffer)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Takes everything that is there; hands over what IPv4 datagrams to this port carry. */
    void takeUdpTo(int port, Consumer<ByteBuffer> payload) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(TunQueue.READ_SIZE);
            int length = queue.read(buffer.address(), TunQueue.READ_SIZE);
            while (length > 0) {
                if (length > VirtioHeader.SIZE + 28 && isUdpTo(port, buffer)) {
                    payload.accept(buffer.asByteBuffer().position(VirtioHeader.SIZE + 28));
                }
                length = queue.read(buffer.address(), TunQueue.READ_SIZE);
            }
        }
    }

    private static boolean isUdpTo(int port, MemorySegment buffer) {
        ByteBuffer packet = buffer.asByteBuffer();
        return packet.get(VirtioHeader.SIZE) == 0x45
                && packet.get(VirtioHeader.SIZE + 9) == 17
                && Short.toUnsignedInt(packet.getShort(VirtioHeader.SIZE + 22)) == port;
    }

    /** Hands an IPv4 datagram to the kernel. */
    void send(String source, int sourcePort, String destination, int port) {
        ByteBuffer packet = ByteBuffer.allocate(32);
        packet.put((byte) 0x45)
                .put((byte) 0)
                .putShort((short) 32)
                .putInt(0)
                .put((byte) 64)
                .put((byte) 17);
        packet.putShort((short) 0).put(Addresses.parse(source).getAddress());
        packet.put(Addresses.parse(destination).getAddress());
        packet.putShort((short) sourcePort)
                .putShort((short) port)
                .putShort((short) 12)
                .putShort((short) 0)
                .putInt(7);
        int sum = 0;
        for (int i = 0; i < 20; i += 2) {
            sum += Short.toUnsignedInt(packet.getShort(i));
        }
        packet.putShort(10, (short) ~((sum & 0xffff) + (sum >> 16)));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment header = arena.allocate(VirtioHeader.SIZE, 8);
            MemorySegment body = arena.allocateFrom(JAVA_BYTE, packet.array());
            MemorySegment vectors =
                    arena.allocateFrom(JAVA_LONG, header.address(), VirtioHeader.SIZE, body.address(), body.byteSize());
            HostEnforcementTest.check(queue.write(vectors.address(), 2));
        }
    }

    @Override
    public void close() {
        devices.close();
    }
}
