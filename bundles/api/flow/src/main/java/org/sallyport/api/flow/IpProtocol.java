package org.sallyport.api.flow;

import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/** The IP protocol numbers that people call by name (IANA protocol numbers). */
public final class IpProtocol {
    public static final int ICMP = 1;
    public static final int IGMP = 2;
    public static final int TCP = 6;
    public static final int UDP = 17;
    public static final int DCCP = 33;
    public static final int GRE = 47;
    public static final int ESP = 50;
    public static final int AH = 51;
    public static final int ICMPV6 = 58;
    public static final int OSPF = 89;
    public static final int MOBILITY_HEADER = 135;
    public static final int SCTP = 132;
    public static final int UDP_LITE = 136;

    private static final Map<String, Integer> NUMBERS = Map.ofEntries(
            Map.entry("any", TrafficSelector.ANY_PROTOCOL),
            Map.entry("icmp", ICMP),
            Map.entry("igmp", IGMP),
            Map.entry("tcp", TCP),
            Map.entry("udp", UDP),
            Map.entry("gre", GRE),
            Map.entry("esp", ESP),
            Map.entry("ah", AH),
            Map.entry("icmpv6", ICMPV6),
            Map.entry("ospf", OSPF),
            Map.entry("mh", MOBILITY_HEADER),
            Map.entry("sctp", SCTP),
            Map.entry("udplite", UDP_LITE));
    private static final Map<Integer, String> NAMES =
            NUMBERS.entrySet().stream().collect(Collectors.toMap(Map.Entry::getValue, Map.Entry::getKey));

    private IpProtocol() {}

    /** Returns the number of a name in lower case, if it has one here. */
    public static OptionalInt number(String name) {
        Integer number = NUMBERS.get(name);
        return number == null ? OptionalInt.empty() : OptionalInt.of(number);
    }

    /** Returns the name, or the number where it has none. */
    public static String name(int number) {
        return NAMES.getOrDefault(number, Integer.toString(number));
    }

    /**
     * Tells whether the protocol has a type that selectors know: they hold type × 256 + code where others have ports (RFC
     * 4301 section 4.4.1.1, RFC 7296 section 3.13.1); of IGMP, type × 256 and what follows it, which is no code.
     */
    public static boolean hasTypes(int number) {
        return number == ICMP || number == ICMPV6 || number == IGMP;
    }

    /** Tells whether the protocol has ports where TCP has them. */
    public static boolean hasPorts(int number) {
        return number == TCP || number == UDP || number == SCTP || number == UDP_LITE;
    }
}
