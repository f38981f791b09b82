package org.sallyport.classifier.internal.ah;

import static org.sallyport.linux.memory.RawMemory.copyIn;
import static org.sallyport.linux.memory.RawMemory.copyOut;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.net.InetAddress;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.sallyport.api.flow.Addresses;
import org.sallyport.classifier.internal.esp.PacketProtection;

/**
 * Makes AH packets of one SA (RFC 4302 section 3.3), once it knows a {@link #path}. Over IPv4 it writes the IP header too,
 * whose Identification the ICV covers; over IPv6 the kernel writes one of which nothing that the ICV covers is unknown.
 * Belongs to the worker that owns the SA.
 */
public final class AhSigner implements PacketProtection {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
    private static final long IPV6 = 0x6000_0000_0000_0000L;
    private static final int IPV4 = 0x4500_0000;
    private static final int HOPS = 64;
    private static final byte DONT_FRAGMENT = 0x40;
    private static final int LONGEST = 65_535;
    /** Every Identification but 0, in place of which the kernel writes another. */
    private static final int IDENTIFICATIONS = 0xffff;

    private final AhIcv icv;
    private final int spi;
    private final byte[] work;
    private boolean ipv4;
    private byte[] source = {};
    private byte[] destination = {};

    /**
     * @param spi the peer's
     * @param work of the worker that owns the SA, with room for the longest packet
     */
    public AhSigner(AhIcv icv, int spi, byte[] work) {
        this.icv = icv;
        this.spi = spi;
        this.work = work;
    }

    @Override
    public int room(int path, boolean outerIpv4, boolean udp) {
        return icv.room(path, outerIpv4, udp);
    }

    @Override
    public void wipe() {
        icv.wipe();
    }

    /** Packets go between these addresses from now on. */
    public void path(InetAddress from, InetAddress to) {
        ipv4 = Addresses.isIpv4(to);
        source = from.getAddress();
        destination = to.getAddress();
    }

    /** Returns how far what is protected lies behind the beginning of the packet as the socket takes it. */
    public int textOffset() {
        return (ipv4 ? AhFormat.IPV4_HEADER : 0) + header();
    }

    /** Tells whether a packet with so much to protect can be sent at all. */
    public boolean fits(int text) {
        return textOffset() + text <= LONGEST;
    }

    private int header() {
        return AhFormat.headerLength(icv.length(), ipv4);
    }

    /**
     * Makes a packet in place.
     *
     * @param packet where it begins; what is protected lies {@link #textOffset} octets behind that
     * @param text octets of what is protected
     * @param next what that is: an IP protocol
     * @param sequence all 64 bits of the sequence number
     * @param number what the IV of an ICV is made of; never the same one twice
     * @param trafficClass of the IP header
     * @param whole whether nobody may fragment it
     * @return octets of the packet as the socket takes it
     */
    public int sign(long packet, int text, int next, long sequence, long number, int trafficClass, boolean whole) {
        int ip = ipv4 ? AhFormat.IPV4_HEADER : AhFormat.IPV6_HEADER;
        int front = ip + header();
        if (ipv4) {
            putIpv4(front + text, sequence);
        } else {
            putIpv6(header() + text);
        }
        putHeader(ip, next, sequence);
        copyOut(packet + textOffset(), work, front, text);
        icv.sign(work, front + text, ip + AhFormat.FIXED, sequence, number);
        if (ipv4) {
            // what is mutable is filled in at last; the kernel does the checksum
            work[1] = (byte) trafficClass;
            work[6] = whole ? DONT_FRAGMENT : 0;
            work[8] = HOPS;
        }
        copyIn(work, front - textOffset(), packet, textOffset());
        return textOffset() + text;
    }

    /** Everything that may change on the way is zero. */
    private void putIpv4(int length, long sequence) {
        INT.set(work, 0, IPV4 | length);
        SHORT.set(work, 4, (short) (1 + Long.remainderUnsigned(sequence, IDENTIFICATIONS)));
        SHORT.set(work, 6, (short) 0);
        INT.set(work, 8, AhFormat.PROTOCOL << 16);
        System.arraycopy(source, 0, work, 12, 4);
        System.arraycopy(destination, 0, work, 16, 4);
    }

    private void putIpv6(int payload) {
        LONG.set(work, 0, IPV6 | (long) payload << 16 | (long) AhFormat.PROTOCOL << 8);
        System.arraycopy(source, 0, work, 8, 16);
        System.arraycopy(destination, 0, work, 24, 16);
    }

    private void putHeader(int at, int next, long sequence) {
        work[at] = (byte) next;
        work[at + 1] = (byte) AhFormat.field(header());
        SHORT.set(work, at + 2, (short) 0);
        INT.set(work, at + AhFormat.SPI, spi);
        INT.set(work, at + AhFormat.SEQUENCE, (int) sequence);
        Arrays.fill(work, at + AhFormat.FIXED, at + header(), (byte) 0);
    }
}
