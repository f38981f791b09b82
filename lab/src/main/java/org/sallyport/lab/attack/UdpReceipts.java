package org.sallyport.lab.attack;

import java.util.Arrays;
import java.util.List;
import org.sallyport.lab.net.Namespace;

/**
 * What the kernel of a namespace says about the UDP datagrams it received, from {@code /proc/net/snmp}.
 *
 * @param delivered handed to a program
 * @param overflown dropped since the program's buffer was full
 * @param unclaimed for a port where nobody listens
 */
public record UdpReceipts(long delivered, long overflown, long unclaimed) {
    private static final String GROUP = "Udp:";

    /** The counters of the namespaces, added up. */
    public static UdpReceipts of(Namespace... namespaces) {
        return Arrays.stream(namespaces)
                .map(namespace -> parse(namespace.procNet("snmp")))
                .reduce(new UdpReceipts(0, 0, 0), UdpReceipts::plus);
    }

    /** Reads the table: a line of names and a line of values for each group. */
    static UdpReceipts parse(String table) {
        List<List<String>> rows = table.lines()
                .filter(line -> line.startsWith(GROUP))
                .map(line -> List.of(line.strip().split("\\s+", -1)))
                .toList();
        if (rows.size() != 2) {
            throw new IllegalStateException("the kernel shows no counters of UDP");
        }
        return new UdpReceipts(value(rows, "InDatagrams"), value(rows, "RcvbufErrors"), value(rows, "NoPorts"));
    }

    private static long value(List<List<String>> rows, String name) {
        int column = rows.getFirst().indexOf(name);
        if (column < 0) {
            throw new IllegalStateException("the kernel does not count " + GROUP + name);
        }
        return Long.parseLong(rows.getLast().get(column));
    }

    private UdpReceipts plus(UdpReceipts other) {
        return new UdpReceipts(delivered + other.delivered, overflown + other.overflown, unclaimed + other.unclaimed);
    }

    /** What was added since an earlier reading. */
    public UdpReceipts since(UdpReceipts earlier) {
        return new UdpReceipts(
                delivered - earlier.delivered, overflown - earlier.overflown, unclaimed - earlier.unclaimed);
    }
}
