package org.sallyport.classifier.internal.ah;

import static org.sallyport.linux.memory.RawMemory.netLong;

import java.util.Arrays;
import org.sallyport.linux.udp.ReceiveBatch;

/**
 * An IPv6 packet as a raw socket of AH hands it out.
 *
 * @param packet where the whole packet lies
 * @param octets the same
 * @param header octets in front of its AH
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record ArrivedPacket(long packet, byte[] octets, int header) implements ReceiveBatch {
    @Override
    public int count() {
        return 1;
    }

    @Override
    public long address(int index) {
        return packet + header;
    }

    @Override
    public int length(int index) {
        return octets.length - header;
    }

    @Override
    public int segment(int index) {
        return length(index);
    }

    @Override
    public int trafficClass(int index) {
        return 0;
    }

    @Override
    public long remoteHigh(int index) {
        return netLong(packet + 8);
    }

    @Override
    public long remoteLow(int index) {
        return netLong(packet + 16);
    }

    @Override
    public long localHigh(int index) {
        return netLong(packet + 24);
    }

    @Override
    public long localLow(int index) {
        return netLong(packet + 32);
    }

    @Override
    public int firstExtension(int index) {
        return header == AhFormat.IPV6_HEADER ? -1 : octets[6];
    }

    @Override
    public int extensions(int index, byte[] to, int offset) {
        byte[] extensions = Arrays.copyOfRange(octets, AhFormat.IPV6_HEADER, header);
        System.arraycopy(extensions, 0, to, offset, extensions.length);
        return extensions.length;
    }

    @Override
    public int remotePort(int index) {
        return 0;
    }
}
