package org.sallyport.spd.internal.kernel;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.sallyport.linux.internal.SystemCalls;
import org.sallyport.spd.TestNamespace;

/** Sees whole IP packets on a link, and puts some on it, whatever their addresses. */
final class PacketTap implements AutoCloseable {
    private static final int AF_PACKET = 17;
    private static final int SOCK_DGRAM = 2;
    private static final short EVERY_PROTOCOL = Short.reverseBytes((short) 3);
    private static final int SOL_SOCKET = 1;
    private static final int SO_RCVBUFFORCE = 33;
    private static final int MSG_DONTWAIT = 0x40;
    private static final int ADDRESS_SIZE = 20;
    private static final int LARGEST = 2048;

    private final String link;
    private final int descriptor;
    private final int index;

    PacketTap(TestNamespace namespace, String link) {
        this.link = link;
        index = Integer.parseInt(namespace.ip("-o link show dev " + link).split(":", 2)[0]);
        descriptor = namespace.in(
                () -> HostEnforcementTest.check(SystemCalls.socket(AF_PACKET, SOCK_DGRAM, EVERY_PROTOCOL)));
        try (Arena arena = Arena.ofConfined()) {
            HostEnforcementTest.check(SystemCalls.setsockopt(descriptor, SOL_SOCKET, SO_RCVBUFFORCE, 8 << 20));
            HostEnforcementTest.check(SystemCalls.bind(descriptor, address(arena, EVERY_PROTOCOL, ""), ADDRESS_SIZE));
        }
    }

    String link() {
        return link;
    }

    private MemorySegment address(Arena arena, short protocol, String hardware) {
        MemorySegment address = arena.allocate(ADDRESS_SIZE, 8);
        address.set(JAVA_SHORT, 0, (short) AF_PACKET);
        address.set(JAVA_SHORT, 2, protocol);
        address.set(JAVA_INT, 4, index);
        byte[] octets = HexFormat.of().parseHex(hardware.replace(":", ""));
        address.set(JAVA_BYTE, 11, (byte) octets.length);
        MemorySegment.copy(octets, 0, address, JAVA_BYTE, 12, octets.length);
        return address;
    }

    /**
     * Puts an IP packet on the link.
     *
     * @param hardware whom it is for, as ip(8) shows it
     */
    void send(byte[] packet, String hardware) {
        short type = (short) (packet[0] >> 4 == 4 ? 0x0800 : 0x86dd);
        try (Arena arena = Arena.ofConfined()) {
            long sent = SystemCalls.sendto(
                    descriptor,
                    arena.allocateFrom(JAVA_BYTE, packet),
                    packet.length,
                    0,
                    address(arena, Short.reverseBytes(type), hardware),
                    ADDRESS_SIZE);
            HostEnforcementTest.check((int) sent);
        }
    }

    /** Returns the packets that were on the link since it was asked last, those from here among them. */
    List<ByteBuffer> seen() {
        List<ByteBuffer> packets = new ArrayList<>();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(LARGEST);
            while (true) {
                long length = SystemCalls.recv(descriptor, buffer, LARGEST, MSG_DONTWAIT);
                if (length < 0) {
                    return packets;
                }
                packets.add(ByteBuffer.wrap(buffer.asSlice(0, length).toArray(JAVA_BYTE)));
            }
        }
    }

    @Override
    public void close() {
        SystemCalls.close(descriptor);
    }
}
