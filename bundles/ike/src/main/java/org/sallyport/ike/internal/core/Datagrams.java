package org.sallyport.ike.internal.core;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.sallyport.ike.internal.message.Bytes;
import org.sallyport.ike.internal.message.IkeHeader;

/**
 * How large a message may be on its way, and a message's fragments one behind the other: each begins with a header that
 * states its length.
 */
public final class Datagrams {
    /** Octets of an IP datagram that every path carries (RFC 7383 section 2.5.1). */
    private static final int LEAST_IPV4 = 576;

    private static final int LEAST_IPV6 = 1280;
    private static final int UDP_AND_MARKER = 8 + 4;
    private static final int LENGTH_OFFSET = IkeHeader.LENGTH - 4;

    private Datagrams() {}

    /**
     * Returns how many octets of IKE an IP datagram holds.
     *
     * @param datagram octets of the IP datagram
     */
    static int room(InetAddress remote, int datagram) {
        return datagram - (remote instanceof Inet6Address ? 40 : 20) - UDP_AND_MARKER;
    }

    /** Returns how many octets of IKE every path carries, for a request that nobody answers. */
    static int leastRoom(InetAddress remote) {
        return room(remote, remote instanceof Inet6Address ? LEAST_IPV6 : LEAST_IPV4);
    }

    static Bytes join(List<byte[]> datagrams) {
        byte[] all = new byte[datagrams.stream().mapToInt(d -> d.length).sum()];
        int at = 0;
        for (byte[] each : datagrams) {
            System.arraycopy(each, 0, all, at, each.length);
            at += each.length;
        }
        return Bytes.of(all);
    }

    /** Parts what {@link #join} joined. */
    public static List<Bytes> split(Bytes joined) {
        byte[] octets = joined.toArray();
        List<Bytes> datagrams = new ArrayList<>();
        int at = 0;
        while (at < octets.length) {
            int length = joined.get(at + LENGTH_OFFSET + 2) << Byte.SIZE | joined.get(at + LENGTH_OFFSET + 3);
            datagrams.add(Bytes.of(octets, at, length));
            at += length;
        }
        return datagrams;
    }
}
