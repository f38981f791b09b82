package org.sallyport.linux.sockdiag;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.sallyport.linux.LinuxException;
import org.sallyport.linux.internal.SystemCalls;
import org.sallyport.linux.process.Descriptor;

/** A question to sock_diag: struct inet_diag_req_v2 of linux/inet_diag.h. Not thread safe; may be sent again. */
final class SocketRequest {
    static final int INET = 2;
    static final int INET6 = 10;
    static final int TCP = 6;
    static final int UDP = 17;

    private static final int FAMILY_NETLINK = 16;
    private static final short REQUEST = 1;
    private static final short REQUEST_DUMP = 0x301;
    private static final int STATES = SockDiag.HEADER_BYTES + 4;
    private static final int ID = SockDiag.HEADER_BYTES + 8;
    private static final int ANY_COOKIE = ID + 40;
    private static final int BYTES = ID + 48;

    private final MemorySegment kernel;
    private final MemorySegment request;

    SocketRequest(Arena arena) {
        kernel = arena.allocate(12, 4);
        kernel.set(JAVA_SHORT, 0, (short) FAMILY_NETLINK);
        request = arena.allocate(BYTES, 8);
    }

    /**
     * Asks for all sockets of a table.
     *
     * @param states a bit for each TCP state that is wanted
     */
    SocketRequest dump(int family, int protocol, int states) {
        fill(family, protocol, REQUEST_DUMP, 0);
        request.set(JAVA_INT, STATES, states);
        return this;
    }

    /** Asks for the socket between two addresses of one family. */
    SocketRequest lookup(int protocol, InetSocketAddress first, InetSocketAddress second, int sequence) {
        boolean ipv4 = first.getAddress().getAddress().length == 4;
        fill(ipv4 ? INET : INET6, protocol, REQUEST, sequence);
        request.set(JAVA_INT, STATES, -1);
        port(ID, first.getPort());
        port(ID + 2, second.getPort());
        address(ID + 4, first.getAddress());
        address(ID + 20, second.getAddress());
        request.set(JAVA_INT, ANY_COOKIE, -1);
        request.set(JAVA_INT, ANY_COOKIE + Integer.BYTES, -1);
        return this;
    }

    private void fill(int family, int protocol, short flags, int sequence) {
        request.fill((byte) 0);
        request.set(JAVA_INT, 0, BYTES);
        request.set(JAVA_SHORT, 4, (short) SockDiag.TYPE_BY_FAMILY);
        request.set(JAVA_SHORT, 6, flags);
        request.set(JAVA_INT, 8, sequence);
        request.set(JAVA_BYTE, SockDiag.HEADER_BYTES, (byte) family);
        request.set(JAVA_BYTE, SockDiag.HEADER_BYTES + 1, (byte) protocol);
    }

    private void port(int offset, int port) {
        request.set(JAVA_BYTE, offset, (byte) (port >> 8));
        request.set(JAVA_BYTE, offset + 1, (byte) port);
    }

    private void address(int offset, InetAddress address) {
        byte[] octets = address.getAddress();
        MemorySegment.copy(octets, 0, request, JAVA_BYTE, offset, octets.length);
    }

    /**
     * Sends it.
     *
     * @throws LinuxException when the kernel does not take it
     */
    void send(Descriptor socket) {
        long sent = SystemCalls.sendto(socket.number(), request, BYTES, 0, kernel, 12);
        if (sent < 0) {
            throw new LinuxException("sock_diag request", (int) -sent);
        }
    }
}
