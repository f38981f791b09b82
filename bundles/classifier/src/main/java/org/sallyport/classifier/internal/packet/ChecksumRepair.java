package org.sallyport.classifier.internal.packet;

import static org.sallyport.linux.memory.RawMemory.getShort;
import static org.sallyport.linux.memory.RawMemory.putShort;

import org.sallyport.api.flow.Addresses;
import org.sallyport.api.flow.HostPair;
import org.sallyport.api.flow.IpProtocol;

/**
 * Repairs the checksums of what an address translator carried in transport mode: their pseudo-header has the addresses
 * that the sender knows, and the receiver knows others (RFC 3948 section 3.1.2, procedure a). A checksum is changed by the
 * difference and never computed anew, so that one that was wrong stays wrong. Immutable.
 */
final class ChecksumRepair {
    private static final int NONE = -1;

    private final int difference;

    /**
     * @param original the addresses that the sender computed with
     * @param actual those that the receiver will check with
     */
    ChecksumRepair(HostPair original, HostPair actual) {
        int before = Checksum.fold(sum(original));
        difference = Checksum.fold(sum(actual) + (~before & 0xffff));
    }

    private static long sum(HostPair hosts) {
        return sum(Addresses.high(hosts.local()))
                + sum(Addresses.low(hosts.local()))
                + sum(Addresses.high(hosts.remote()))
                + sum(Addresses.low(hosts.remote()));
    }

    /** Adds up a number's 16 bit groups as they add up in memory. */
    private static long sum(long number) {
        return (long) Checksum.network((int) (number >>> 48))
                + Checksum.network((int) (number >>> 32))
                + Checksum.network((int) (number >>> 16))
                + Checksum.network((int) number);
    }

    /** Repairs the checksum of a packet, where its protocol has one that covers the addresses. */
    void apply(long ip, InnerPacket packet) {
        int offset = offset(packet);
        if (offset == NONE || packet.laterFragment() || packet.transport() + offset + 2 > packet.length()) {
            return;
        }
        long at = ip + packet.transport() + offset;
        boolean zeroIsNone = packet.protocol() == IpProtocol.UDP;
        int checksum = getShort(at);
        if (zeroIsNone && checksum == 0) {
            return;
        }
        int repaired = repaired(checksum);
        putShort(at, zeroIsNone && repaired == 0 ? 0xffff : repaired);
    }

    private static int offset(InnerPacket packet) {
        return switch (packet.protocol()) {
            case IpProtocol.TCP -> 16;
            case IpProtocol.UDP, IpProtocol.UDP_LITE, IpProtocol.DCCP -> 6;
            case IpProtocol.ICMPV6 -> packet.ipv4() ? NONE : 2;
            default -> NONE;
        };
    }

    /** Returns a checksum over the actual addresses, given one over the original ones (RFC 1624, equation 3). */
    int repaired(int checksum) {
        return ~Checksum.fold((~checksum & 0xffff) + difference) & 0xffff;
    }
}
