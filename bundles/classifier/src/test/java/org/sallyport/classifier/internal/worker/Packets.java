package org.sallyport.classifier.internal.worker;

/** Makes IP packets for tests, and adds up checksums by a way of its own. */
final class Packets {
    private Packets() {}

    /**
     * Makes a packet from 10.1.0.1 to 10.2.0.1, or from 2001:db8::1 to 2001:db8::2.
     *
     * @param octet DSCP and ECN field
     */
    static byte[] ip(boolean ipv4, int octet, int protocol, byte[] payload) {
        return ipv4 ? ipv4(octet, protocol, payload) : ipv6(octet, protocol, payload);
    }

    private static byte[] ipv4(int octet, int protocol, byte[] payload) {
        byte[] header = Bench.hex("45000000000140004000" + "0000" + "0a010001" + "0a020001");
        header[1] = (byte) octet;
        put(header, 2, 20 + payload.length);
        header[9] = (byte) protocol;
        put(header, 10, ~sum(header, 0, 20, 0));
        return Bench.concat(header, payload);
    }

    private static byte[] ipv6(int octet, int protocol, byte[] payload) {
        byte[] header =
                Bench.hex("600abcde00000040" + "20010db8000000000000000000000001" + "20010db8000000000000000000000002");
        header[0] |= (byte) (octet >> 4);
        header[1] |= (byte) (octet << 4);
        put(header, 4, payload.length);
        header[6] = (byte) protocol;
        return Bench.concat(header, payload);
    }

    static void put(byte[] packet, int at, int value) {
        packet[at] = (byte) (value >> 8);
        packet[at + 1] = (byte) value;
    }

    /** Adds up 16 bit groups (RFC 1071); over what has a right checksum it comes to 0xffff. */
    static int sum(byte[] data, int from, int to, int begin) {
        int sum = begin;
        for (int i = from; i < to; i += 2) {
            sum += ((data[i] & 0xff) << 8) + (i + 1 < to ? data[i + 1] & 0xff : 0);
            sum = (sum & 0xffff) + (sum >> 16);
        }
        return sum;
    }
}
