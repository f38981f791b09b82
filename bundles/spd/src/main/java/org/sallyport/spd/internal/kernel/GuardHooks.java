package org.sallyport.spd.internal.kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.sallyport.linux.tun.TunSpec;
import org.sallyport.linux.udp.ApplianceMark;
import org.sallyport.spd.internal.kernel.GuardEntry.Sight;

/**
 * The guard's chains at the kernel's hooks: they let pass what is exempt, and lead each other packet through all plans, to
 * those of their chains that ask for no more than what can be seen of it. nftables loads "ports" from the IPv6 header of
 * a fragment that has none, so such a fragment never comes to a rule that looks at ports.
 */
final class GuardHooks {
    static final String LATER_FRAGMENT_IPV4 = "ip frag-off & 0x1fff != 0 ";
    static final String LATER_FRAGMENT_IPV6 = "frag frag-off != 0 ";

    /** What Linux goes on from in search of the protocol; behind a fragment header it may be anything, a second one too. */
    static final String OPAQUE_FRAGMENT = "frag nexthdr { 0, 43, 44, 51, 60 } ";

    private static final String HEADERS = "headers";
    private static final String INCOMPLETE = "counter drop comment \"incomplete headers\"";
    private static final String OWN = " & " + GuardText.hexadecimal(ApplianceMark.MASK) + " == "
            + GuardText.hexadecimal(ApplianceMark.VALUE) + " ";
    private static final List<String> HOOKS = List.of("out", "in", "forward");

    /** All of them. */
    static final List<String> CHAINS = chains();

    private GuardHooks() {}

    private static List<String> chains() {
        List<String> chains = new ArrayList<>();
        for (String hook : HOOKS) {
            for (Sight sight : Sight.values()) {
                chains.add(chainName(hook, sight));
            }
        }
        chains.add(HEADERS);
        return List.copyOf(chains);
    }

    static String chainName(String hook, Sight sight) {
        return switch (sight) {
            case HEADERS -> hook;
            case LATER_FRAGMENT -> hook + "_later";
            case OPAQUE_FRAGMENT -> hook + "_opaque";
        };
    }

    /**
     * Writes the chains, for the plans in these slots.
     *
     * @param streams whether the appliance speaks TCP with peers
     */
    static void write(StringBuilder text, Set<Integer> slots, boolean streams) {
        for (String hook : HOOKS) {
            for (Sight sight : List.of(Sight.LATER_FRAGMENT, Sight.OPAQUE_FRAGMENT)) {
                List<String> rules = new ArrayList<>();
                jumps(rules, hook, sight, slots);
                GuardText.chain(text, chainName(hook, sight), rules);
            }
        }
        GuardText.chain(text, HEADERS, headers());
        GuardText.chain(text, "out", out(slots, streams));
        GuardText.chain(text, "in", in(slots, streams));
        GuardText.chain(text, "forward", forward(slots));
    }

    /**
     * A packet that begins without the header that it ought to begin with hides what it is (RFC 1858 section 3.1, RFC
     * 7112 section 5). A rule that looks at what is not there does not match, so what is complete returns first.
     */
    private static List<String> headers() {
        return List.of(
                "meta l4proto { 6, 17, 132, 136 } @th,0,32 & 0 == 0 return",
                "meta l4proto { 1, 2, 58 } @th,0,16 & 0 == 0 return",
                "meta l4proto { 1, 2, 6, 17, 58, 132, 136 } " + INCOMPLETE,
                "meta l4proto & 0 == 0 return",
                INCOMPLETE);
    }

    private static List<String> out(Set<Integer> slots, boolean streams) {
        String own = "meta mark" + OWN;
        List<String> rules = new ArrayList<>();
        rules.add("type filter hook postrouting priority 99; policy accept;");
        rules.add("oifname { \"lo\", \"" + TunSpec.PROTECTED + "\" } accept");
        rules.add(own + "meta l4proto { 50, 51 } accept");
        fragments(rules, "out");
        rules.add(own + "udp sport { 500, 4500 } accept");
        if (streams) {
            rules.add(own + "tcp sport 4500 accept");
            rules.add(own + "tcp dport 4500 accept");
        }
        rules.add("udp sport 68 udp dport 67 accept");
        rules.add("udp sport 546 udp dport 547 accept");
        rules.add(neighbourDiscovery());
        packets(rules, "out", slots);
        return rules;
    }

    private static List<String> in(Set<Integer> slots, boolean streams) {
        List<String> rules = new ArrayList<>();
        rules.add("type filter hook input priority -10; policy accept;");
        rules.add("iifname { \"lo\", \"" + TunSpec.PROTECTED + "\" } accept");
        rules.add("meta l4proto { 50, 51 } accept");
        fragments(rules, "in");
        rules.add("udp dport { 500, 4500 } accept");
        if (streams) {
            streams(rules);
        }
        rules.add("udp sport 67 udp dport 68 accept");
        rules.add("udp sport 547 udp dport 546 accept");
        rules.add(neighbourDiscovery());
        // What a router says of our own IKE and ESP packets (RFC 4301 section 6.1): the packet it quotes is one of
        // ours.
        rules.add("icmp type { 3, 11, 12 } @th,136,8 17 @th,224,16 { 500, 4500 } accept");
        rules.add("icmp type { 3, 11, 12 } @th,136,8 { 50, 51 } accept");
        rules.add("icmpv6 type { 1, 2, 3, 4 } @th,112,8 17 @th,384,16 { 500, 4500 } accept");
        rules.add("icmpv6 type { 1, 2, 3, 4 } @th,112,8 { 50, 51 } accept");
        packets(rules, "in", slots);
        return rules;
    }

    /**
     * What comes for a socket of ours that speaks TCP with a peer (RFC 9329), and for nobody else's with such a port. A
     * connection that is being accepted has no socket with a mark yet: what ends its handshake is nothing but an ACK, which
     * no program can begin a connection with.
     */
    private static void streams(List<String> rules) {
        rules.add("tcp sport 4500 socket mark" + OWN + "accept");
        rules.add("tcp dport 4500 socket mark" + OWN + "accept");
        rules.add("tcp dport 4500 tcp flags & (fin | syn | rst | ack) == ack accept");
        rules.add("icmp type { 3, 11, 12 } @th,136,8 6 @th,224,16 4500 accept");
        rules.add("icmp type { 3, 11, 12 } @th,136,8 6 @th,240,16 4500 accept");
        rules.add("icmpv6 type { 1, 2, 3, 4 } @th,112,8 6 @th,384,16 4500 accept");
        rules.add("icmpv6 type { 1, 2, 3, 4 } @th,112,8 6 @th,400,16 4500 accept");
    }

    private static List<String> forward(Set<Integer> slots) {
        List<String> rules = new ArrayList<>();
        rules.add("type filter hook forward priority -10; policy accept;");
        rules.add("iifname \"" + TunSpec.PROTECTED + "\" accept");
        rules.add("oifname \"" + TunSpec.PROTECTED + "\" accept");
        fragments(rules, "forward");
        packets(rules, "forward", slots);
        return rules;
    }

    /** Neighbour discovery (RFC 4861) and listener discovery, without which IPv6 does not reach its link. */
    private static String neighbourDiscovery() {
        return "icmpv6 type { 130, 131, 132, 133, 134, 135, 136, 137, 143 } accept";
    }

    private static void fragments(List<String> rules, String hook) {
        rules.add(LATER_FRAGMENT_IPV4 + "goto " + chainName(hook, Sight.LATER_FRAGMENT));
        rules.add(OPAQUE_FRAGMENT + "goto " + chainName(hook, Sight.OPAQUE_FRAGMENT));
        rules.add(LATER_FRAGMENT_IPV6 + "goto " + chainName(hook, Sight.LATER_FRAGMENT));
    }

    private static void packets(List<String> rules, String hook, Set<Integer> slots) {
        rules.add("jump " + HEADERS);
        jumps(rules, hook, Sight.HEADERS, slots);
    }

    private static void jumps(List<String> rules, String hook, Sight sight, Set<Integer> slots) {
        slots.forEach(slot -> rules.add("jump " + GuardText.chainName(hook, sight, slot)));
    }
}
