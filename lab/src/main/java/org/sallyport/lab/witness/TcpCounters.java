package org.sallyport.lab.witness;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.sallyport.lab.net.Namespace;

/**
 * The kernel's own counters of one namespace, from {@code /proc/net/snmp} and {@code /proc/net/netstat}.
 *
 * @param activeOpens connections that this side began
 * @param retransmitted segments sent again, of any kind
 * @param synRetransmitted SYNs sent again
 */
public record TcpCounters(long activeOpens, long retransmitted, long synRetransmitted) {
    public static TcpCounters of(Namespace namespace) {
        String snmp = namespace.procNet("snmp");
        return new TcpCounters(
                value(snmp, "Tcp:", "ActiveOpens"),
                value(snmp, "Tcp:", "RetransSegs"),
                value(namespace.procNet("netstat"), "TcpExt:", "TCPSynRetrans"));
    }

    /** What was added since an earlier reading. */
    public TcpCounters since(TcpCounters earlier) {
        return new TcpCounters(
                activeOpens - earlier.activeOpens,
                retransmitted - earlier.retransmitted,
                synRetransmitted - earlier.synRetransmitted);
    }

    private static long value(String table, String group, String name) {
        return find(table, group, name)
                .orElseThrow(() -> new IllegalStateException("the kernel shows no " + group + name));
    }

    static OptionalLong find(String table, String group, String name) {
        List<List<String>> rows = new ArrayList<>();
        table.lines()
                .filter(line -> line.startsWith(group))
                .forEach(line -> rows.add(List.of(line.strip().split("\\s+", -1))));
        if (rows.size() < 2) {
            return OptionalLong.empty();
        }
        int column = rows.get(0).indexOf(name);
        return column < 0
                ? OptionalLong.empty()
                : OptionalLong.of(Long.parseLong(rows.get(1).get(column)));
    }
}
