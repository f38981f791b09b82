package org.sallyport.classifier.internal.packet;

import static org.sallyport.linux.memory.RawMemory.getByte;
import static org.sallyport.linux.memory.RawMemory.getShort;
import static org.sallyport.linux.memory.RawMemory.netInt;
import static org.sallyport.linux.memory.RawMemory.netLong;
import static org.sallyport.linux.memory.RawMemory.putNetInt;
import static org.sallyport.linux.memory.RawMemory.putNetLong;
import static org.sallyport.linux.memory.RawMemory.putShort;

import org.sallyport.api.flow.Addresses;
import org.sallyport.api.flow.HostPair;

/**
 * Has what an address translator carried in transport mode look as if there were none: its checksum, and the addresses of
 * a packet of ours that an ICMP error quotes, which are as the peer saw them (RFC 3948 section 3.1.2, RFC 7296 section
 * 2.23.1). Immutable.
 */
public final class NatRepair {
    private static final int ICMP_HEADER = 8;
    private static final int IPV4_HEADER = 20;
    private static final int IPV6_HEADER = 40;

    private final long[] originalWords;
    private final long[] actualWords;
    private final ChecksumRepair checksum;

    /**
     * @param original the two hosts as the peer sees them
     * @param actual as we do
     */
    public NatRepair(HostPair original, HostPair actual) {
        if (original.isIpv4() != actual.isIpv4()) {
            throw new IllegalArgumentException(original + " and " + actual + " are of different families");
        }
        this.originalWords = words(original);
        this.actualWords = words(actual);
        this.checksum = new ChecksumRepair(original, actual);
    }

    private static long[] words(HostPair hosts) {
        return new long[] {
            Addresses.high(hosts.local()),
            Addresses.low(hosts.local()),
            Addresses.high(hosts.remote()),
            Addresses.low(hosts.remote())
        };
    }

    /** Repairs a packet that has its actual addresses already. */
    public void apply(long ip, InnerPacket packet) {
        checksum.apply(ip, packet);
        if (packet.isIcmpError(ip)) {
            repairQuoted(ip, packet);
        }
    }

    private void repairQuoted(long ip, InnerPacket packet) {
        long quoted = ip + packet.transport() + ICMP_HEADER;
        int left = packet.length() - packet.transport() - ICMP_HEADER;
        if (packet.ipv4()) {
            if (left >= IPV4_HEADER && getByte(quoted) >> 4 == 4 && quotesIpv4(quoted)) {
                repairIpv4(quoted);
            }
        } else if (left >= IPV6_HEADER && getByte(quoted) >> 4 == 6 && quotesIpv6(quoted)) {
            repairIpv6(ip + packet.transport() + 2, quoted);
        }
    }

    private boolean quotesIpv4(long quoted) {
        return netInt(quoted + 12) == (int) originalWords[1] && netInt(quoted + 16) == (int) originalWords[3];
    }

    /** The quoted header's own checksum changes the other way, so that the error's stays. */
    private void repairIpv4(long quoted) {
        putNetInt(quoted + 12, (int) actualWords[1]);
        putNetInt(quoted + 16, (int) actualWords[3]);
        putShort(quoted + 10, checksum.repaired(getShort(quoted + 10)));
    }

    private boolean quotesIpv6(long quoted) {
        for (int i = 0; i < 4; i++) {
            if (netLong(quoted + 8 + 8L * i) != originalWords[i]) {
                return false;
            }
        }
        return true;
    }

    private void repairIpv6(long errorChecksum, long quoted) {
        for (int i = 0; i < 4; i++) {
            putNetLong(quoted + 8 + 8L * i, actualWords[i]);
        }
        putShort(errorChecksum, checksum.repaired(getShort(errorChecksum)));
    }
}
