package org.sallyport.linux.socket;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;

/**
 * A {@code struct sockaddr} as a program wrote it, kept octet by octet so that the very address that was judged is the
 * one that is used. Immutable.
 */
public final class RawAddress {
    public static final int FAMILY_UNSPECIFIED = 0;
    public static final int FAMILY_INET = 2;
    public static final int FAMILY_INET6 = 10;

    /** {@code sizeof(struct sockaddr_storage)}: the kernel accepts no more. */
    public static final int MAXIMUM_LENGTH = 128;

    private static final int INET_LENGTH = 16;
    private static final int INET6_LENGTH = 28;
    /** Without the scope, as RFC 2133 had it; the kernel still takes it. */
    private static final int INET6_SHORT_LENGTH = 24;

    private final byte[] bytes;

    private RawAddress(byte[] bytes) {
        this.bytes = bytes;
    }

    /**
     * Copies the octets.
     *
     * @throws IllegalArgumentException when there are fewer than 2 or more than {@value #MAXIMUM_LENGTH}
     */
    public static RawAddress of(byte[] bytes) {
        if (bytes.length < Short.BYTES || bytes.length > MAXIMUM_LENGTH) {
            throw new IllegalArgumentException("a socket address has 2 to 128 octets, not " + bytes.length);
        }
        return new RawAddress(bytes.clone());
    }

    /** Writes an IPv4 address as AF_INET, an IPv6 address as AF_INET6. */
    public static RawAddress of(InetSocketAddress address) {
        return switch (address.getAddress()) {
            case Inet4Address v4 -> {
                byte[] bytes = new byte[INET_LENGTH];
                start(bytes, FAMILY_INET, address.getPort()).put(v4.getAddress());
                yield new RawAddress(bytes);
            }
            case Inet6Address v6 -> inet6(v6.getAddress(), address.getPort(), v6.getScopeId());
            default -> throw new IllegalArgumentException("not an internet address: " + address);
        };
    }

    /**
     * Writes an address for a socket of the IPv6 family, an IPv4 address as v4-mapped ({@code ::ffff:a.b.c.d}, RFC 4291
     * section 2.5.5.2).
     */
    public static RawAddress ofInet6(InetSocketAddress address) {
        InetAddress ip = address.getAddress();
        if (ip instanceof Inet6Address v6) {
            return inet6(v6.getAddress(), address.getPort(), v6.getScopeId());
        }
        byte[] mapped = new byte[16];
        mapped[10] = (byte) 0xff;
        mapped[11] = (byte) 0xff;
        if (!ip.isAnyLocalAddress()) {
            System.arraycopy(ip.getAddress(), 0, mapped, 12, 4);
        }
        return inet6(mapped, address.getPort(), 0);
    }

    /** Every address and port 0, for a socket of this family. */
    static RawAddress wildcard(int domain) {
        byte[] bytes = new byte[domain == FAMILY_INET6 ? INET6_LENGTH : INET_LENGTH];
        start(bytes, domain, 0);
        return new RawAddress(bytes);
    }

    /** Returns the address family (AF_*). */
    public int family() {
        return Short.toUnsignedInt(
                ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()).getShort());
    }

    /** Returns the length in octets. */
    public int length() {
        return bytes.length;
    }

    /**
     * Returns the internet address, a v4-mapped one as the IPv4 address that it means; empty for other families and for
     * one that the kernel would find too short.
     */
    public Optional<InetSocketAddress> internet() {
        if (!isInternet()) {
            return Optional.empty();
        }
        return Optional.of(family() == FAMILY_INET ? inetOctets() : inet6Octets());
    }

    /** Says whether {@link #internet} finds an address. */
    public boolean isInternet() {
        return switch (family()) {
            case FAMILY_INET -> bytes.length >= INET_LENGTH;
            case FAMILY_INET6 -> bytes.length >= INET6_SHORT_LENGTH;
            default -> false;
        };
    }

    /**
     * Returns the internet address, where AF_UNSPEC means IPv4: so the kernel reads what a datagram is sent to on an
     * IPv4 socket.
     */
    public Optional<InetSocketAddress> datagramDestination() {
        return family() == FAMILY_UNSPECIFIED && isDatagramDestination() ? Optional.of(inetOctets()) : internet();
    }

    /** Says whether {@link #datagramDestination} finds an address. */
    public boolean isDatagramDestination() {
        return family() == FAMILY_UNSPECIFIED ? bytes.length >= INET_LENGTH : isInternet();
    }

    /** Copies it off the heap. */
    public MemorySegment toSegment(SegmentAllocator allocator) {
        return allocator.allocate(bytes.length, 8).copyFrom(MemorySegment.ofArray(bytes));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RawAddress address && Arrays.equals(bytes, address.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return internet().map(InetSocketAddress::toString).orElseGet(() -> "address of family " + family());
    }

    private InetSocketAddress inetOctets() {
        return new InetSocketAddress(address(Arrays.copyOfRange(bytes, 4, 8), 0), port());
    }

    private InetSocketAddress inet6Octets() {
        int scope = bytes.length < INET6_LENGTH
                ? 0
                : ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()).getInt(24);
        return new InetSocketAddress(address(Arrays.copyOfRange(bytes, 8, 24), scope), port());
    }

    private int port() {
        return Short.toUnsignedInt(ByteBuffer.wrap(bytes).getShort(2));
    }

    private static InetAddress address(byte[] octets, int scope) {
        try {
            // This turns a v4-mapped address into an IPv4 address.
            InetAddress plain = InetAddress.getByAddress(octets);
            return scope == 0 || plain instanceof Inet4Address ? plain : Inet6Address.getByAddress(null, octets, scope);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("not 4 or 16 octets", e);
        }
    }

    private static RawAddress inet6(byte[] octets, int port, int scope) {
        byte[] bytes = new byte[INET6_LENGTH];
        start(bytes, FAMILY_INET6, port)
                .putInt(0)
                .put(octets)
                .order(ByteOrder.nativeOrder())
                .putInt(scope);
        return new RawAddress(bytes);
    }

    private static ByteBuffer start(byte[] bytes, int family, int port) {
        return ByteBuffer.wrap(bytes)
                .order(ByteOrder.nativeOrder())
                .putShort((short) family)
                .order(ByteOrder.BIG_ENDIAN)
                .putShort((short) port);
    }
}
