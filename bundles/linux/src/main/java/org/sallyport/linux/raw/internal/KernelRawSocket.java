package org.sallyport.linux.raw.internal;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.sallyport.linux.ErrnoNames;
import org.sallyport.linux.LinuxException;
import org.sallyport.linux.internal.Outcome;
import org.sallyport.linux.internal.SystemCalls;
import org.sallyport.linux.netlink.Family;
import org.sallyport.linux.raw.RawProtocol;
import org.sallyport.linux.udp.internal.SocketFamily;
import org.sallyport.linux.udp.internal.SocketOptions;

/** A raw socket of the appliance: marked, told traffic class and local address of what arrives, with big buffers. */
final class KernelRawSocket implements AutoCloseable {
    private static final int SOCK_RAW_CLOEXEC = 3 | 0x80000;
    private static final int SOL_SOCKET = 1;
    private static final int SOL_IP = 0;
    private static final int SOL_IPV6 = 41;
    private static final int IP_HDRINCL = 3;
    private static final int IP_PKTINFO = 8;
    private static final int IP_MTU_DISCOVER = 10;
    private static final int IP_RECVTOS = 13;
    private static final int IPV6_MTU_DISCOVER = 23;
    private static final int IPV6_RECVPKTINFO = 49;
    private static final int IPV6_RECVHOPOPTS = 53;
    private static final int IPV6_RECVRTHDR = 56;
    private static final int IPV6_RECVDSTOPTS = 58;
    private static final int IPV6_RECVTCLASS = 66;
    private static final int PMTUDISC_DONT = 0;

    private final int descriptor;
    private final SocketFamily family;

    private KernelRawSocket(int descriptor, SocketFamily family) {
        this.descriptor = descriptor;
        this.family = family;
    }

    /**
     * Opens the socket of one worker.
     *
     * @param bufferOctets size of its kernel buffers
     */
    static KernelRawSocket open(RawProtocol protocol, Family family, int worker, int workers, int bufferOctets) {
        int opened = SystemCalls.socket(family.number(), SOCK_RAW_CLOEXEC, protocol.number());
        if (opened < 0) {
            throw new LinuxException(
                    "opening a raw socket for " + protocol + " over " + family, -opened, explain(-opened));
        }
        KernelRawSocket socket =
                new KernelRawSocket(opened, family == Family.IPV4 ? SocketFamily.IPV4 : SocketFamily.DUAL);
        try {
            if (workers > 1) {
                // What came before this is everybody's: all but one hand it over or refuse it as a replay.
                socket.take(protocol, family, worker, workers);
            }
            socket.configure(protocol, family, bufferOctets);
            return socket;
        } catch (RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    private void take(RawProtocol protocol, Family family, int worker, int workers) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment program = SpiSplit.program(arena, protocol, family, worker, workers);
            Outcome.check(
                    "splitting " + protocol + " among workers (SO_ATTACH_FILTER)",
                    SystemCalls.setsockopt(
                            descriptor, SOL_SOCKET, SpiSplit.SO_ATTACH_FILTER, program, (int) program.byteSize()));
        }
    }

    private void configure(RawProtocol protocol, Family family, int bufferOctets) {
        SocketOptions options = new SocketOptions(descriptor);
        options.mark();
        options.buffers(bufferOctets);
        // Outer packets may be fragmented on their way, as those in UDP are.
        if (family == Family.IPV4) {
            options.require("IP_MTU_DISCOVER", SOL_IP, IP_MTU_DISCOVER, PMTUDISC_DONT);
            options.require("IP_PKTINFO", SOL_IP, IP_PKTINFO, 1);
            options.require("IP_RECVTOS", SOL_IP, IP_RECVTOS, 1);
            options.require("IP_HDRINCL", SOL_IP, IP_HDRINCL, protocol.writesIpv4Header() ? 1 : 0);
        } else {
            options.require("IPV6_MTU_DISCOVER", SOL_IPV6, IPV6_MTU_DISCOVER, PMTUDISC_DONT);
            options.require("IPV6_RECVPKTINFO", SOL_IPV6, IPV6_RECVPKTINFO, 1);
            options.require("IPV6_RECVTCLASS", SOL_IPV6, IPV6_RECVTCLASS, 1);
            if (protocol == RawProtocol.AH) {
                // Its ICV covers what stands in front of it (RFC 4302 section 3.3.3.1.2).
                options.require("IPV6_RECVHOPOPTS", SOL_IPV6, IPV6_RECVHOPOPTS, 1);
                options.require("IPV6_RECVRTHDR", SOL_IPV6, IPV6_RECVRTHDR, 1);
                options.require("IPV6_RECVDSTOPTS", SOL_IPV6, IPV6_RECVDSTOPTS, 1);
            }
        }
    }

    private static String explain(int errno) {
        return errno == ErrnoNames.EPERM ? "give the process CAP_NET_RAW" : ErrnoNames.describe(errno);
    }

    int descriptor() {
        return descriptor;
    }

    SocketFamily family() {
        return family;
    }

    @Override
    public void close() {
        SystemCalls.close(descriptor);
    }
}
