package org.sallyport.spd.internal.kernel;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.util.Arrays;
import org.sallyport.linux.internal.SystemCalls;
import org.sallyport.spd.oracle.Packet;
import org.sallyport.spd.oracle.RandomPolicies;

/** Has a host send packets as its applications would: TCP and UDP by bound sockets, the rest by raw ones of IPv4. */
final class HostSockets {
    private static final int AF_INET = 2;
    private static final int SOCK_RAW = 3;

    private HostSockets() {}

    /** Sends it, unless the kernel refuses to. */
    static void send(Packet packet) {
        InetSocketAddress source =
                new InetSocketAddress(RandomPolicies.address(packet.ipv4(), packet.source()), packet.sourcePort());
        InetSocketAddress destination = new InetSocketAddress(
                RandomPolicies.address(packet.ipv4(), packet.destination()), packet.destinationPort());
        try {
            switch (packet.protocol()) {
                case 6 -> connect(source, destination);
                case 17 -> datagram(source, destination);
                default -> raw(packet, source, destination);
            }
        } catch (IOException e) {
            assertRefused(e);
        }
    }

    private static void assertRefused(IOException e) {
        String why = String.valueOf(e.getMessage());
        if (!why.contains("denied") && !why.contains("not permitted") && !why.contains("unreachable")) {
            throw new IllegalStateException(e);
        }
    }

    private static void connect(InetSocketAddress source, InetSocketAddress destination) throws IOException {
        try (SocketChannel channel = SocketChannel.open()) {
            channel.configureBlocking(false);
            channel.bind(source);
            channel.connect(destination);
        }
    }

    private static void datagram(InetSocketAddress source, InetSocketAddress destination) throws IOException {
        try (DatagramSocket socket = new DatagramSocket(source)) {
            socket.send(new DatagramPacket(new byte[24], 24, destination));
        }
    }

    private static void raw(Packet packet, InetSocketAddress source, InetSocketAddress destination) {
        byte[] payload = Arrays.copyOf(RawPackets.payload(packet), 24);
        int descriptor = HostEnforcementTest.check(SystemCalls.socket(AF_INET, SOCK_RAW, packet.protocol()));
        try (Arena arena = Arena.ofConfined()) {
            String from = source.getAddress().getHostAddress();
            String to = destination.getAddress().getHostAddress();
            HostEnforcementTest.check(SystemCalls.bind(descriptor, MarkedSocket.address(arena, from, 0), 16));
            SystemCalls.sendto(
                    descriptor,
                    arena.allocateFrom(JAVA_BYTE, payload),
                    payload.length,
                    0,
                    MarkedSocket.address(arena, to, 0),
                    16);
        } finally {
            SystemCalls.close(descriptor);
        }
    }
}
