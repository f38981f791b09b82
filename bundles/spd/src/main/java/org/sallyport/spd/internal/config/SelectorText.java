package org.sallyport.spd.internal.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import org.sallyport.api.flow.AddressRange;
import org.sallyport.api.flow.IpProtocol;
import org.sallyport.api.flow.PortRange;

/** How administrators write addresses, protocols and ports. */
final class SelectorText {
    static final String ADDRESSES =
            "an address, a network (10.0.0.0/8) or a range (10.0.0.1-10.0.0.9), several with commas between, or any";
    static final String PROTOCOL =
            "a name (tcp, udp, sctp, udplite, icmp, icmpv6, igmp, mh, gre, ospf, esp, ah), a number from 1 to 255, or any";
    static final String PORTS = "a port from 1 to 65535, a range such as 1024-2047, or any";
    static final String TYPE = "a type from 0 to 255, a range such as 0-8, or any";
    static final String ICMP_CODE = "a code from 0 to 255, a range such as 0-3, or any; with one icmp-type";

    private static final String ANY = "any";

    private SelectorText() {}

    static List<AddressRange> addresses(String text) {
        if (text.equals(ANY)) {
            return List.of(AddressRange.ANY_IPV4, AddressRange.ANY_IPV6);
        }
        return Keys.list(SelectorText::range).apply(text);
    }

    private static AddressRange range(String text) {
        if (text.equals(ANY)) {
            throw new IllegalArgumentException("any stands alone");
        }
        return AddressRange.parse(text);
    }

    static int protocol(String text) {
        OptionalInt named = IpProtocol.number(text.toLowerCase(Locale.ROOT));
        if (named.isPresent()) {
            return named.getAsInt();
        }
        return Keys.whole(text, 1, 255);
    }

    static PortRange ports(String text) {
        return range(text, 1, 65535, PortRange.ANY);
    }

    static PortRange icmp(String text) {
        return range(text, 0, 255, new PortRange(0, 255));
    }

    private static PortRange range(String text, int lowest, int highest, PortRange any) {
        if (text.equals(ANY)) {
            return any;
        }
        int dash = text.indexOf('-');
        int first = Keys.whole((dash < 0 ? text : text.substring(0, dash)).trim(), lowest, highest);
        int last = dash < 0 ? first : Keys.whole(text.substring(dash + 1).trim(), lowest, highest);
        if (first > last) {
            throw new IllegalArgumentException(first + " is above " + last + ", the end of its range");
        }
        return new PortRange(first, last);
    }

    /** Keeps the ranges of families that the other side has too. */
    static List<AddressRange> ofFamiliesOf(List<AddressRange> ranges, List<AddressRange> others) {
        List<AddressRange> kept = new ArrayList<>(ranges);
        kept.removeIf(r -> others.stream().noneMatch(o -> o.isIpv4() == r.isIpv4()));
        return kept;
    }
}
