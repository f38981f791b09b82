package org.sallyport.spd.internal.kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.sallyport.api.flow.AddressRange;
import org.sallyport.api.flow.IpProtocol;
import org.sallyport.api.flow.PortRange;
import org.sallyport.api.policy.Action;
import org.sallyport.api.policy.Policy;
import org.sallyport.linux.tun.TunSpec;
import org.sallyport.linux.udp.ApplianceMark;

/**
 * The guard: packet filter rules that drop what policy protects or discards when it leaves or enters in clear. Immutable.
 *
 * <p>What leaves is judged after routing and before source NAT, so that the addresses are the flow's own and the way out
 * is the final one. What enters is judged on its way to a socket or through this host, after any NAT is undone.
 *
 * @param out rules for what leaves
 * @param in rules for what enters for this host
 * @param forward rules for what passes through, either way
 * @param marks rules that mark what routing cannot tell apart by itself
 */
record GuardPlan(List<String> out, List<String> in, List<String> forward, Marks marks) {
    static final String TABLE = "sallyport_guard";
    static final String TABLE_OF_FAMILY = "inet " + TABLE;

    private static final String NOT_FIRST_FRAGMENT_IPV4 = "ip frag-off & 0x1fff != 0";
    private static final String NOT_FIRST_FRAGMENT_IPV6 = "frag frag-off != 0";

    /**
     * ICMP types are unknown to policy rules, so a bypass that names them is led past the divert rules by a mark.
     *
     * @param outbound rules for packets of our side
     * @param inbound rules for packets of the other side; strict reverse path filtering looks up their way back
     */
    record Marks(List<String> outbound, List<String> inbound) {
        static final Marks NONE = new Marks(List.of(), List.of());

        Marks {
            outbound = List.copyOf(outbound);
            inbound = List.copyOf(inbound);
        }

        /** Up to the last policy that needs it every policy is asked, so that the first one that matches decides. */
        static Marks compile(List<Policy> policies) {
            List<String> outbound = new ArrayList<>();
            List<String> inbound = new ArrayList<>();
            int needed = 0;
            for (Policy policy : policies) {
                for (Pair pair : Pair.of(policy)) {
                    boolean marked = DivertPlan.needsMark(policy, pair);
                    add(outbound, policy, pair, true, marked);
                    add(inbound, policy, pair, false, marked);
                    needed = marked ? outbound.size() : needed;
                }
            }
            return new Marks(outbound.subList(0, needed), inbound.subList(0, needed));
        }

        private static void add(List<String> rules, Policy policy, Pair pair, boolean outbound, boolean marked) {
            Optional<String> by =
                    policy.networkInterface().map(i -> (outbound ? "iifname \"" : "oifname \"") + i + "\" ");
            rules.add(by.orElse("")
                    + addresses(pair, outbound)
                    + protocol(pair)
                    + ports(pair, outbound)
                    + (marked
                            ? "meta mark set meta mark & 0xffff | " + hexadecimal(DivertPlan.BYPASS_MARK) + " return"
                            : "return"));
        }

        boolean isEmpty() {
            return outbound.isEmpty();
        }
    }

    GuardPlan {
        out = List.copyOf(out);
        in = List.copyOf(in);
        forward = List.copyOf(forward);
    }

    /** Compiles policies in the order in which they are asked. */
    static GuardPlan compile(List<Policy> policies, Enforcement enforcement) {
        List<String> out = new ArrayList<>();
        List<String> in = new ArrayList<>();
        List<String> forward = new ArrayList<>();
        for (Policy policy : policies) {
            for (Pair pair : Pair.of(policy)) {
                Optional<String> by = policy.networkInterface();
                add(out, policy, pair, true, by.map(i -> "iifname \"" + i + "\" "));
                add(forward, policy, pair, true, by.map(i -> "iifname \"" + i + "\" "));
                add(forward, policy, pair, false, by.map(i -> "oifname \"" + i + "\" "));
                if (by.isEmpty()) {
                    add(in, policy, pair, false, by);
                }
            }
        }
        if (enforcement.forwardedDefault() == Enforcement.Default.DISCARD) {
            forward.add("counter drop comment \"no policy\"");
        }
        return new GuardPlan(out, in, forward, Marks.compile(policies));
    }

    private static void add(
            List<String> rules, Policy policy, Pair pair, boolean outbound, Optional<String> interfaceMatch) {
        String flow = interfaceMatch.orElse("") + addresses(pair, outbound) + protocol(pair);
        String verdict = (policy.action() == Action.BYPASS ? "counter return" : "counter drop") + " comment \""
                + policy.name() + "\"";
        rules.add(flow + ports(pair, outbound) + verdict);
        if (pair.namesPorts() && policy.action() != Action.BYPASS) {
            rules.add(flow + (pair.isIpv4() ? NOT_FIRST_FRAGMENT_IPV4 : NOT_FIRST_FRAGMENT_IPV6) + " " + verdict);
        }
    }

    private static String addresses(Pair pair, boolean outbound) {
        String family = pair.isIpv4() ? "ip" : "ip6";
        String text = address(family, outbound ? "saddr" : "daddr", pair.local())
                + address(family, outbound ? "daddr" : "saddr", pair.remote());
        return text.isEmpty() ? "meta nfproto " + (pair.isIpv4() ? "ipv4 " : "ipv6 ") : text;
    }

    private static String address(String family, String side, AddressRange range) {
        if (range.equals(AddressRange.ANY_IPV4) || range.equals(AddressRange.ANY_IPV6)) {
            return "";
        }
        String first = range.first().getHostAddress();
        String last = range.last().getHostAddress();
        return family + " " + side + " " + (first.equals(last) ? first : first + "-" + last) + " ";
    }

    private static String protocol(Pair pair) {
        return pair.protocol() == 0 ? "" : "meta l4proto " + pair.protocol() + " ";
    }

    private static String ports(Pair pair, boolean outbound) {
        if (pair.isIcmp()) {
            return port("@th,0,16", pair.localPorts());
        }
        return port(outbound ? "th sport" : "th dport", pair.localPorts())
                + port(outbound ? "th dport" : "th sport", pair.remotePorts());
    }

    private static String port(String what, PortRange ports) {
        if (ports.equals(PortRange.ANY)) {
            return "";
        }
        return what + " " + (ports.first() == ports.last() ? "" + ports.first() : ports.first() + "-" + ports.last())
                + " ";
    }

    /** Refuses what the filter cannot express exactly. */
    static void check(Policy policy) throws InexpressibleException {
        for (Pair pair : Pair.of(policy)) {
            for (PortRange ports : List.of(pair.localPorts(), pair.remotePorts())) {
                if (ports.equals(PortRange.OPAQUE)) {
                    throw new InexpressibleException(
                            "protocol", "opaque", "ports that cannot be seen are not enforced");
                }
            }
            if (pair.namesPorts() && !pair.isIcmp() && !IpProtocol.hasPorts(pair.protocol())) {
                throw new InexpressibleException(
                        "protocol",
                        IpProtocol.name(pair.protocol()),
                        "the kernel's filter sees no ports in this protocol; leave them out");
            }
        }
    }

    /** Returns the transaction that puts these plans, and nothing else, in force; a packet has to pass all of them. */
    static String ruleset(List<GuardPlan> plans) {
        StringBuilder text = new StringBuilder(removal());
        if (plans.isEmpty()) {
            return text.toString();
        }
        text.append("table ").append(TABLE_OF_FAMILY).append(" {\n");
        for (int i = 0; i < plans.size(); i++) {
            chain(text, "out_" + i, plans.get(i).out);
            chain(text, "in_" + i, plans.get(i).in);
            chain(text, "forward_" + i, plans.get(i).forward);
            if (!plans.get(i).marks.isEmpty()) {
                marks(text, i, plans.get(i).marks);
            }
        }
        chain(text, "out", outBase(plans.size()));
        chain(text, "in", inBase(plans.size()));
        chain(text, "forward", forwardBase(plans.size()));
        return text.append("}\n").toString();
    }

    /** Returns the transaction that removes the guard, whether it is there or not. */
    static String removal() {
        return "add table " + TABLE_OF_FAMILY + "\ndelete table " + TABLE_OF_FAMILY + "\n";
    }

    private static void marks(StringBuilder text, int plan, Marks marks) {
        chain(text, "mark_outbound_" + plan, marks.outbound);
        chain(text, "mark_inbound_" + plan, marks.inbound);
        chain(
                text,
                "mark_own_" + plan,
                List.of("type route hook output priority -151; policy accept;", "jump mark_outbound_" + plan));
        chain(
                text,
                "mark_received_" + plan,
                List.of(
                        "type filter hook prerouting priority -151; policy accept;",
                        "iifname { \"lo\", \"" + TunSpec.PROTECTED + "\" } accept",
                        "jump mark_inbound_" + plan,
                        "jump mark_outbound_" + plan));
    }

    private static List<String> outBase(int plans) {
        String own = "meta mark & " + hexadecimal(ApplianceMark.MASK) + " == " + hexadecimal(ApplianceMark.VALUE) + " ";
        List<String> rules = new ArrayList<>();
        rules.add("type filter hook postrouting priority 99; policy accept;");
        rules.add("oifname { \"lo\", \"" + TunSpec.PROTECTED + "\" } accept");
        rules.add(own + "udp sport { 500, 4500 } accept");
        rules.add(own + "meta l4proto { 50, 51 } accept");
        rules.add("udp sport 68 udp dport 67 accept");
        rules.add("udp sport 546 udp dport 547 accept");
        rules.add(neighbourDiscovery());
        jumps(rules, "out_", plans);
        return rules;
    }

    private static List<String> inBase(int plans) {
        List<String> rules = new ArrayList<>();
        rules.add("type filter hook input priority -10; policy accept;");
        rules.add("iifname { \"lo\", \"" + TunSpec.PROTECTED + "\" } accept");
        rules.add("udp dport { 500, 4500 } accept");
        rules.add("meta l4proto { 50, 51 } accept");
        rules.add("udp sport 67 udp dport 68 accept");
        rules.add("udp sport 547 udp dport 546 accept");
        rules.add(neighbourDiscovery());
        // What a router says of our own IKE and ESP packets (RFC 4301 section 6.1): the packet it quotes is one of
        // ours.
        rules.add("icmp type { 3, 11, 12 } @th,136,8 17 @th,224,16 { 500, 4500 } accept");
        rules.add("icmp type { 3, 11, 12 } @th,136,8 { 50, 51 } accept");
        rules.add("icmpv6 type { 1, 2, 3, 4 } @th,112,8 17 @th,384,16 { 500, 4500 } accept");
        rules.add("icmpv6 type { 1, 2, 3, 4 } @th,112,8 { 50, 51 } accept");
        jumps(rules, "in_", plans);
        return rules;
    }

    private static List<String> forwardBase(int plans) {
        List<String> rules = new ArrayList<>();
        rules.add("type filter hook forward priority -10; policy accept;");
        rules.add("iifname \"" + TunSpec.PROTECTED + "\" accept");
        rules.add("oifname \"" + TunSpec.PROTECTED + "\" accept");
        jumps(rules, "forward_", plans);
        return rules;
    }

    /** Neighbour discovery (RFC 4861) and listener discovery, without which IPv6 does not reach its link. */
    private static String neighbourDiscovery() {
        return "icmpv6 type { 130, 131, 132, 133, 134, 135, 136, 137, 143 } accept";
    }

    private static void jumps(List<String> rules, String prefix, int plans) {
        for (int i = 0; i < plans; i++) {
            rules.add("jump " + prefix + i);
        }
    }

    private static void chain(StringBuilder text, String name, List<String> rules) {
        text.append("  chain ").append(name).append(" {\n");
        rules.forEach(rule -> text.append("    ").append(rule).append('\n'));
        text.append("  }\n");
    }

    private static String hexadecimal(int value) {
        return "0x" + Integer.toHexString(value);
    }
}
