package org.sallyport.linux.udp.internal;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import org.sallyport.linux.ErrnoNames;
import org.sallyport.linux.LinuxException;
import org.sallyport.linux.MissingFeatureException;
import org.sallyport.linux.internal.Outcome;
import org.sallyport.linux.internal.SystemCalls;

/** A bound UDP socket of the appliance: marked, told its local addresses, with big buffers and receive offload. */
final class UdpSocket implements AutoCloseable {
    private static final int SOCK_DGRAM_CLOEXEC = 2 | 0x80000;
    private static final int SOL_SOCKET = 1;
    private static final int SO_REUSEPORT = 15;
    private static final int IP_MTU_DISCOVER = FragmentPermission.IP_MTU_DISCOVER;
    private static final int IP_RECVTOS = 13;
    private static final int IPV6_MTU_DISCOVER = FragmentPermission.IPV6_MTU_DISCOVER;
    private static final int IPV6_V6ONLY = 26;
    private static final int IPV6_RECVPKTINFO = 49;
    private static final int IPV6_RECVTCLASS = 66;
    private static final int PMTUDISC_DONT = FragmentPermission.DISCOVERY_DONT;
    private static final int ENOPROTOOPT = 92;
    private static final int EAFNOSUPPORT = 97;

    private final int descriptor;
    private final SocketFamily family;
    private final InetSocketAddress address;

    private UdpSocket(int descriptor, SocketFamily family, InetSocketAddress address) {
        this.descriptor = descriptor;
        this.family = family;
        this.address = address;
    }

    /**
     * Opens a socket on every address of this host.
     *
     * @param shared whether others of ours bind the same port
     * @param bufferOctets size of its kernel buffers
     */
    static UdpSocket open(int port, boolean shared, int bufferOctets) {
        return open(new InetSocketAddress(port), shared, bufferOctets);
    }

    /**
     * Opens a socket on one address of this host.
     *
     * @param at the wildcard for all of them; port 0 leaves the port to the kernel
     * @param shared whether others of ours bind the same port
     * @param bufferOctets size of its kernel buffers
     */
    static UdpSocket open(InetSocketAddress at, boolean shared, int bufferOctets) {
        int dual = SystemCalls.socket(SocketFamily.DUAL.domain(), SOCK_DGRAM_CLOEXEC, 0);
        SocketFamily family = dual == -EAFNOSUPPORT ? SocketFamily.IPV4 : SocketFamily.DUAL;
        int descriptor = Outcome.check(
                "opening a UDP socket",
                family == SocketFamily.DUAL ? dual : SystemCalls.socket(family.domain(), SOCK_DGRAM_CLOEXEC, 0));
        UdpSocket socket = new UdpSocket(descriptor, family, at);
        try {
            socket.configure(shared, bufferOctets);
            socket.bind();
            return socket;
        } catch (RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    int descriptor() {
        return descriptor;
    }

    SocketFamily family() {
        return family;
    }

    int port() {
        return address.getPort();
    }

    /** Returns where the kernel has bound it. */
    InetSocketAddress address() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = arena.allocate(family.nameLength(), 8);
            MemorySegment length = arena.allocateFrom(ValueLayout.JAVA_INT, family.nameLength());
            Outcome.check("getsockname", SystemCalls.getsockname(descriptor, name, length));
            return family.address(name.address());
        }
    }

    /** Has the kernel choose among the sockets that share this port by a classic BPF program. */
    void splitBy(MemorySegment program) {
        int result = SystemCalls.setsockopt(
                descriptor, SOL_SOCKET, PortSplit.SO_ATTACH_REUSEPORT_CBPF, program, (int) program.byteSize());
        if (result < 0) {
            throw new MissingFeatureException(
                    "splitting port " + port() + " between IKE and ESP (SO_ATTACH_REUSEPORT_CBPF)",
                    "no ESP can be carried in UDP",
                    "It needs Linux 4.5 or later.",
                    -result);
        }
    }

    @Override
    public void close() {
        SystemCalls.close(descriptor);
    }

    private void configure(boolean shared, int bufferOctets) {
        if (shared) {
            require("SO_REUSEPORT", SOL_SOCKET, SO_REUSEPORT, 1);
        }
        SocketOptions options = new SocketOptions(descriptor);
        options.mark();
        options.buffers(bufferOctets);
        // May be fragmented on their way, as IKE's are; what carries ESP says otherwise (FragmentPermission).
        require("IP_MTU_DISCOVER", ControlMessages.SOL_IP, IP_MTU_DISCOVER, PMTUDISC_DONT);
        if (family == SocketFamily.DUAL) {
            require("IPV6_V6ONLY", ControlMessages.SOL_IPV6, IPV6_V6ONLY, 0);
            require("IPV6_MTU_DISCOVER", ControlMessages.SOL_IPV6, IPV6_MTU_DISCOVER, PMTUDISC_DONT);
            require("IPV6_RECVPKTINFO", ControlMessages.SOL_IPV6, IPV6_RECVPKTINFO, 1);
        } else {
            require("IP_PKTINFO", ControlMessages.SOL_IP, ControlMessages.IP_PKTINFO, 1);
        }
        if (shared) {
            // On every socket of the port: the kernel asks any of them whether to join datagrams.
            receiveOffload();
            receiveTrafficClass();
        }
    }

    /** What carries ESP is told DSCP and ECN field of each packet; IPv4's also where the socket is IPv6's. */
    private void receiveTrafficClass() {
        require("IP_RECVTOS", ControlMessages.SOL_IP, IP_RECVTOS, 1);
        if (family == SocketFamily.DUAL) {
            require("IPV6_RECVTCLASS", ControlMessages.SOL_IPV6, IPV6_RECVTCLASS, 1);
        }
    }

    private void receiveOffload() {
        int result = SystemCalls.setsockopt(descriptor, ControlMessages.SOL_UDP, ControlMessages.UDP_GRO, 1);
        if (result < 0 && result != -ErrnoNames.EOPNOTSUPP && result != -ENOPROTOOPT) {
            Outcome.check("UDP_GRO", result);
        }
    }

    private void require(String what, int level, int option, int value) {
        new SocketOptions(descriptor).require(what, level, option, value);
    }

    private void bind() {
        try (Arena arena = Arena.ofConfined()) {
            InetAddress ours = address.getAddress().isAnyLocalAddress() ? anyAddress() : address.getAddress();
            MemorySegment name = family.name(arena, new InetSocketAddress(ours, address.getPort()));
            int result = SystemCalls.bind(descriptor, name, family.nameLength());
            if (result < 0) {
                throw new LinuxException("binding UDP port " + address.getPort(), -result, explain(-result));
            }
        }
    }

    private InetAddress anyAddress() {
        try {
            return InetAddress.getByAddress(new byte[family == SocketFamily.DUAL ? 16 : 4]);
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String explain(int errno) {
        return errno == ErrnoNames.EADDRINUSE
                ? "another IKE daemon has it; stop that one first (see: ss -ulpn)"
                : ErrnoNames.describe(errno);
    }
}
