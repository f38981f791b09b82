package org.sallyport.linux.udp.internal;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static org.sallyport.linux.memory.RawMemory.copyOut;
import static org.sallyport.linux.memory.RawMemory.getInt;
import static org.sallyport.linux.memory.RawMemory.getShort;
import static org.sallyport.linux.memory.RawMemory.netLong;
import static org.sallyport.linux.memory.RawMemory.netShort;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/**
 * How addresses are told to the kernel: by IPv6 sockets that carry IPv4 as well (mapped addresses), or by IPv4 sockets
 * where the kernel has no IPv6.
 */
public enum SocketFamily {
    DUAL(10, 28),
    IPV4(2, 16);

    private static final long MAPPED_PREFIX = 0x0000_ffff_0000_0000L;

    private final int domain;
    private final int nameLength;

    SocketFamily(int domain, int nameLength) {
        this.domain = domain;
        this.nameLength = nameLength;
    }

    /** Returns AF_INET6 or AF_INET. */
    public int domain() {
        return domain;
    }

    /** Returns octets of an address as the kernel takes it. */
    public int nameLength() {
        return nameLength;
    }

    /** Makes struct sockaddr_in6 or sockaddr_in. */
    public MemorySegment name(Arena arena, InetSocketAddress address) {
        MemorySegment name = arena.allocate(nameLength, 8);
        name.set(JAVA_SHORT, 0, (short) domain);
        name.set(JAVA_BYTE, 2, (byte) (address.getPort() >> 8));
        name.set(JAVA_BYTE, 3, (byte) address.getPort());
        MemorySegment.copy(
                octets(address.getAddress()), 0, name, JAVA_BYTE, this == DUAL ? 8 : 4, this == DUAL ? 16 : 4);
        if (this == DUAL) {
            name.set(JAVA_INT, 24, scope(address.getAddress()));
        }
        return name;
    }

    /** Makes the control message that chooses our address; empty for the wildcard, which leaves it to routing. */
    MemorySegment source(Arena arena, InetAddress local) {
        if (local.isAnyLocalAddress()) {
            return MemorySegment.NULL;
        }
        int dataLength = this == DUAL ? 20 : 12;
        MemorySegment control = arena.allocate(ControlMessages.aligned(ControlMessages.HEADER + dataLength), 8);
        if (this == DUAL) {
            ControlMessages.put(control.address(), ControlMessages.SOL_IPV6, ControlMessages.IPV6_PKTINFO, dataLength);
            MemorySegment.copy(octets(local), 0, control, JAVA_BYTE, ControlMessages.HEADER, 16);
            control.set(JAVA_INT, ControlMessages.HEADER + 16, scope(local));
        } else {
            ControlMessages.put(control.address(), ControlMessages.SOL_IP, ControlMessages.IP_PKTINFO, dataLength);
            MemorySegment.copy(octets(local), 0, control, JAVA_BYTE, ControlMessages.HEADER + 4, 4);
        }
        return control;
    }

    /** Reads struct sockaddr_in6 or sockaddr_in. */
    public InetSocketAddress address(long name) {
        return new InetSocketAddress(inet(name + (this == DUAL ? 8 : 4), scopeAt(name)), netShort(name + 2));
    }

    /** Reads which of our addresses a message came to; the wildcard if the kernel did not say. */
    InetAddress local(long control, long length) {
        long data = this == DUAL
                ? ControlMessages.find(control, length, ControlMessages.SOL_IPV6, ControlMessages.IPV6_PKTINFO)
                : ControlMessages.find(control, length, ControlMessages.SOL_IP, ControlMessages.IP_PKTINFO);
        if (data == 0) {
            return new InetSocketAddress(0).getAddress();
        }
        return this == DUAL ? inet(data, getInt(data + 16)) : inet(data + 8, 0);
    }

    static long remoteHigh(long name) {
        return isDual(name) ? netLong(name + 8) : 0;
    }

    static long remoteLow(long name) {
        return isDual(name)
                ? netLong(name + 16)
                : MAPPED_PREFIX | Integer.toUnsignedLong(Integer.reverseBytes(getInt(name + 4)));
    }

    /** Returns the upper half of our address that a message came to; 0 if the kernel did not say. */
    static long localHigh(long control, long length) {
        long data = ControlMessages.find(control, length, ControlMessages.SOL_IPV6, ControlMessages.IPV6_PKTINFO);
        return data == 0 ? 0 : netLong(data);
    }

    /** Returns the lower half of our address that a message came to; 0 if the kernel did not say. */
    static long localLow(long control, long length) {
        long data = ControlMessages.find(control, length, ControlMessages.SOL_IPV6, ControlMessages.IPV6_PKTINFO);
        if (data != 0) {
            return netLong(data + 8);
        }
        data = ControlMessages.find(control, length, ControlMessages.SOL_IP, ControlMessages.IP_PKTINFO);
        return data == 0 ? 0 : MAPPED_PREFIX | Integer.toUnsignedLong(Integer.reverseBytes(getInt(data + 8)));
    }

    private static boolean isDual(long name) {
        return getShort(name) == DUAL.domain;
    }

    private int scopeAt(long name) {
        return this == DUAL ? getInt(name + 24) : 0;
    }

    private InetAddress inet(long at, int scope) {
        byte[] octets = new byte[this == DUAL ? 16 : 4];
        copyOut(at, octets, 0, octets.length);
        try {
            boolean linkLocal = octets.length == 16 && (octets[0] & 0xff) == 0xfe && (octets[1] & 0xc0) == 0x80;
            // getByAddress turns a mapped address into the IPv4 address that it stands for.
            return linkLocal ? Inet6Address.getByAddress(null, octets, scope) : InetAddress.getByAddress(octets);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address of " + octets.length + " octets", e);
        }
    }

    private byte[] octets(InetAddress address) {
        byte[] octets = address.getAddress();
        if (this == IPV4) {
            if (octets.length != 4) {
                throw new IllegalArgumentException(
                        address.getHostAddress() + " is an IPv6 address, and this kernel has no IPv6");
            }
            return octets;
        }
        return octets.length == 16 ? octets : mapped(octets);
    }

    private static byte[] mapped(byte[] ipv4) {
        byte[] octets = new byte[16];
        octets[10] = (byte) 0xff;
        octets[11] = (byte) 0xff;
        System.arraycopy(ipv4, 0, octets, 12, 4);
        return octets;
    }

    private static int scope(InetAddress address) {
        return address instanceof Inet6Address six ? six.getScopeId() : 0;
    }
}
