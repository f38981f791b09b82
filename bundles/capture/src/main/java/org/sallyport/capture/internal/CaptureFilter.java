package org.sallyport.capture.internal;

import java.net.InetAddress;
import java.util.List;
import java.util.StringJoiner;
import org.sallyport.api.flow.AddressRange;
import org.sallyport.api.flow.Addresses;
import org.sallyport.api.flow.TrafficSelector;
import org.sallyport.api.policy.Action;
import org.sallyport.api.policy.Policy;

/**
 * The pcap filter for what the counters need: SYNs, ESP where it is to be counted, and packets between the addresses of
 * protect policies, which the kernel sorts out so that only they are copied.
 */
final class CaptureFilter {
    private static final String SYN = "(tcp[13] & 0x12 == 2) or (ip6 and ip6[6] == 6 and ip6[53] & 0x12 == 2)";
    private static final String ESP = "udp port 4500 or ip proto 50 or ip6 proto 50";
    private static final int MOST_PAIRS = 32;

    private CaptureFilter() {}

    /** Where protected flows are in clear by right, only SYNs are counted; all else would be copied for nothing. */
    static String forInnerInterface() {
        return SYN;
    }

    static String forPolicies(List<Policy> policies, boolean countEsp) {
        StringJoiner filter = new StringJoiner(" or ");
        filter.add(SYN);
        if (countEsp) {
            filter.add(ESP);
        }
        int pairs = 0;
        for (Policy policy : policies) {
            if (policy.action() != Action.PROTECT) {
                continue;
            }
            for (TrafficSelector local : policy.selectors().local()) {
                for (TrafficSelector remote : policy.selectors().remote()) {
                    if (++pairs > MOST_PAIRS) {
                        return "ip or ip6";
                    }
                    addPair(filter, local.addresses(), remote.addresses());
                }
            }
        }
        return filter.toString();
    }

    private static void addPair(StringJoiner filter, AddressRange local, AddressRange remote) {
        if (local.isIpv4() != remote.isIpv4()) {
            return;
        }
        if (!local.isIpv4()) {
            filter.add("ip6");
            return;
        }
        filter.add("(ip and " + within(12, local) + " and " + within(16, remote) + ")");
        filter.add("(ip and " + within(12, remote) + " and " + within(16, local) + ")");
    }

    private static String within(int offset, AddressRange range) {
        return "ip[" + offset + ":4] >= " + number(range.first()) + " and ip[" + offset + ":4] <= "
                + number(range.last());
    }

    private static String number(InetAddress address) {
        return "0x" + Long.toHexString(Addresses.low(address));
    }
}
