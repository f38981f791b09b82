package org.sallyport.spd.internal.kernel;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.sallyport.api.flow.AddressRange;
import org.sallyport.api.flow.PortRange;
import org.sallyport.linux.tun.TunSpec;
import org.sallyport.spd.internal.kernel.GuardEntry.Group;
import org.sallyport.spd.internal.kernel.GuardEntry.Kind;
import org.sallyport.spd.internal.kernel.GuardEntry.Sight;

/**
 * The guard in nft's language. Plans stand beside each other, each in a slot of its own, and a packet has to pass all of
 * them: so a plan comes and goes without touching the others, in one transaction.
 */
final class GuardText {
    static final String TABLE = "sallyport_guard";
    static final String TABLE_OF_FAMILY = "inet " + TABLE;

    /** From so many entries on they stand in a set, which takes as long to search as one rule; fewer are easier to read. */
    private static final int SET_FROM = 4;

    private GuardText() {}

    /** From which side a packet is looked at, and what follows when an entry lets it pass. */
    private enum Way {
        /** The source is ours. */
        OUTWARD,
        /** The destination is ours. */
        INWARD
    }

    /** Returns the transaction that removes the guard, whether it is there or not. */
    static String removal() {
        return "add table " + TABLE_OF_FAMILY + "\ndelete table " + TABLE_OF_FAMILY + "\n";
    }

    /** Returns the transaction that puts these plans, and nothing else, in force, whatever stood before. */
    static String ruleset(SortedMap<Integer, GuardPlan> plans) {
        if (plans.isEmpty()) {
            return removal();
        }
        StringBuilder text = new StringBuilder(removal());
        open(text);
        plans.forEach((slot, plan) -> plan(text, slot, plan));
        GuardHooks.write(text, plans.keySet(), streams(plans));
        return text.append("}\n").toString();
    }

    /** Returns the transaction that leads from plans that stand to others; a plan in both is not touched. */
    static String change(SortedMap<Integer, GuardPlan> standing, SortedMap<Integer, GuardPlan> wanted) {
        if (standing.isEmpty() || wanted.isEmpty()) {
            return ruleset(wanted);
        }
        StringBuilder text = new StringBuilder();
        GuardHooks.CHAINS.forEach(chain -> command(text, "flush chain", chain));
        minus(standing, wanted).forEach((slot, plan) -> withdraw(text, slot, plan));
        open(text);
        minus(wanted, standing).forEach((slot, plan) -> plan(text, slot, plan));
        GuardHooks.write(text, wanted.keySet(), streams(wanted));
        return text.append("}\n").toString();
    }

    private static boolean streams(SortedMap<Integer, GuardPlan> plans) {
        return plans.values().stream().anyMatch(GuardPlan::streams);
    }

    private static SortedMap<Integer, GuardPlan> minus(
            SortedMap<Integer, GuardPlan> plans, SortedMap<Integer, GuardPlan> others) {
        SortedMap<Integer, GuardPlan> rest = new TreeMap<>(plans);
        rest.keySet().removeAll(others.keySet());
        return rest;
    }

    private static void open(StringBuilder text) {
        text.append("table ").append(TABLE_OF_FAMILY).append(" {\n");
    }

    private static void command(StringBuilder text, String verb, String name) {
        text.append(verb)
                .append(' ')
                .append(TABLE_OF_FAMILY)
                .append(' ')
                .append(name)
                .append('\n');
    }

    private static List<String> chainsOf(int slot, GuardPlan plan) {
        List<String> chains = new ArrayList<>();
        for (Sight sight : Sight.values()) {
            for (String hook : List.of("out", "in", "forward", "inward")) {
                chains.add(chainName(hook, sight, slot));
            }
        }
        if (plan.hasMarks()) {
            chains.addAll(List.of(
                    "mark_own_" + slot, "mark_received_" + slot, "mark_outward_" + slot, "mark_inward_" + slot));
        }
        return chains;
    }

    private static void withdraw(StringBuilder text, int slot, GuardPlan plan) {
        chainsOf(slot, plan).forEach(chain -> command(text, "flush chain", chain));
        chainsOf(slot, plan).forEach(chain -> command(text, "delete chain", chain));
        forEachSet(slot, plan, (name, entries) -> command(text, "delete set", name));
    }

    private static void plan(StringBuilder text, int slot, GuardPlan plan) {
        forEachSet(slot, plan, (name, entries) -> set(text, name, entries));
        for (Sight sight : Sight.values()) {
            plan(text, slot, plan, sight);
        }
        if (plan.hasMarks()) {
            marks(text, slot, plan);
        }
    }

    private static void plan(StringBuilder text, int slot, GuardPlan plan, Sight sight) {
        String inward = chainName("inward", sight, slot);
        chain(text, inward, rules(slot, plan, sight, Way.INWARD, true, "return"));
        chain(text, chainName("out", sight, slot), rules(slot, plan, sight, Way.OUTWARD, true, "return"));
        chain(text, chainName("in", sight, slot), rules(slot, plan, sight, Way.INWARD, false, "return"));
        List<String> forward = rules(slot, plan, sight, Way.OUTWARD, true, "goto " + inward);
        if (plan.discardForwarded()) {
            forward.addAll(rules(slot, plan, sight, Way.INWARD, true, "return"));
            forward.add("counter drop comment \"no policy\"");
        } else {
            forward.add("goto " + inward);
        }
        chain(text, chainName("forward", sight, slot), forward);
    }

    /** Returns the name of a plan's chain that is asked at a hook about packets of which so much can be seen. */
    static String chainName(String hook, Sight sight, int slot) {
        return GuardHooks.chainName(hook, sight) + "_" + slot;
    }

    private interface SetConsumer {
        void accept(String name, List<GuardEntry> entries);
    }

    private static void forEachSet(int slot, GuardPlan plan, SetConsumer consumer) {
        for (int layer = 0; layer < plan.layers().size(); layer++) {
            int number = 0;
            for (List<GuardEntry> entries : groups(plan.layers().get(layer)).values()) {
                if (entries.size() >= SET_FROM) {
                    consumer.accept(setName(slot, layer, number), entries);
                }
                number++;
            }
        }
    }

    private static String setName(int slot, int layer, int number) {
        return "set_" + slot + "_" + layer + "_" + number;
    }

    private static Map<Group, List<GuardEntry>> groups(List<GuardEntry> layer) {
        Map<Group, List<GuardEntry>> groups = new LinkedHashMap<>();
        layer.forEach(
                e -> groups.computeIfAbsent(e.group(), g -> new ArrayList<>()).add(e));
        return groups;
    }

    /** What enters by a policy's interface leaves by it when it goes the other way. */
    private static List<String> rules(int slot, GuardPlan plan, Sight sight, Way way, boolean forwarded, String pass) {
        List<String> rules = new ArrayList<>();
        eachRule(slot, plan.layers(), sight, way, (group, match, comment) -> {
            if (forwarded || group.networkInterface().isEmpty()) {
                rules.add(match + "counter " + (group.drop() ? "drop" : pass) + comment);
            }
        });
        return rules;
    }

    private interface RuleConsumer {
        void accept(Group group, String match, String comment);
    }

    private static void eachRule(int slot, List<List<GuardEntry>> layers, Sight sight, Way way, RuleConsumer consumer) {
        for (int layer = 0; layer < layers.size(); layer++) {
            int number = 0;
            for (Map.Entry<Group, List<GuardEntry>> entry :
                    groups(layers.get(layer)).entrySet()) {
                if (entry.getKey().kind().isFor(sight)) {
                    rules(entry, setName(slot, layer, number), way, consumer);
                }
                number++;
            }
        }
    }

    private static void rules(Map.Entry<Group, List<GuardEntry>> entries, String set, Way way, RuleConsumer consumer) {
        Group group = entries.getKey();
        String condition = condition(group, way);
        if (entries.getValue().size() >= SET_FROM) {
            consumer.accept(group, condition + key(group, way) + " @" + set + " ", "");
        } else {
            entries.getValue()
                    .forEach(one ->
                            consumer.accept(group, condition + match(one, way), " comment \"" + one.policy() + "\""));
        }
    }

    private static String condition(Group group, Way way) {
        return group.networkInterface()
                .map(i -> (way == Way.OUTWARD ? "iifname \"" : "oifname \"") + i + "\" ")
                .orElse("");
    }

    private static String key(Group group, Way way) {
        String family = group.ipv4() ? "ip" : "ip6";
        boolean outward = way == Way.OUTWARD;
        String addresses =
                outward ? family + " saddr . " + family + " daddr" : family + " daddr . " + family + " saddr";
        return addresses
                + switch (group.kind()) {
                    case ADDRESSES, OPAQUE_FRAGMENTS -> "";
                    case PROTOCOL, LATER_FRAGMENTS -> " . meta l4proto";
                    case PORTS -> " . meta l4proto" + (outward ? " . th sport . th dport" : " . th dport . th sport");
                    case TYPE -> " . meta l4proto . th sport";
                };
    }

    private static void set(StringBuilder text, String name, List<GuardEntry> entries) {
        text.append("  set ").append(name).append(" {\n    typeof ");
        text.append(key(entries.getFirst().group(), Way.OUTWARD))
                .append("\n    flags interval\n    counter\n    elements = {\n");
        for (GuardEntry entry : entries) {
            element(text, entry);
        }
        text.append("    }\n  }\n");
    }

    private static void element(StringBuilder text, GuardEntry entry) {
        Pair pair = entry.pair();
        text.append("      ");
        range(text, pair.local());
        range(text.append(" . "), pair.remote());
        if (entry.kind() != Kind.ADDRESSES && entry.kind() != Kind.OPAQUE_FRAGMENTS) {
            text.append(" . ").append(pair.protocol());
        }
        switch (entry.kind()) {
            case ADDRESSES, PROTOCOL, LATER_FRAGMENTS, OPAQUE_FRAGMENTS -> {}
            case TYPE -> range(text.append(" . "), pair.localPorts());
            case PORTS -> {
                range(text.append(" . "), pair.localPorts());
                range(text.append(" . "), pair.remotePorts());
            }
        }
        text.append(" comment \"").append(entry.policy()).append("\",\n");
    }

    private static void range(StringBuilder text, AddressRange range) {
        text.append(range.first().getHostAddress());
        if (!range.first().equals(range.last())) {
            text.append('-').append(range.last().getHostAddress());
        }
    }

    private static void range(StringBuilder text, PortRange range) {
        text.append(range.first());
        if (range.first() != range.last()) {
            text.append('-').append(range.last());
        }
    }

    private static String match(GuardEntry entry, Way way) {
        Pair pair = entry.pair();
        boolean outward = way == Way.OUTWARD;
        boolean anyProtocol = pair.protocol() == 0 || entry.kind() == Kind.OPAQUE_FRAGMENTS;
        String protocol = anyProtocol ? "" : "meta l4proto " + pair.protocol() + " ";
        String ports =
                switch (entry.kind()) {
                    case ADDRESSES, PROTOCOL, LATER_FRAGMENTS, OPAQUE_FRAGMENTS -> "";
                    case TYPE -> port("@th,0,16", pair.localPorts());
                    case PORTS ->
                        port(outward ? "th sport" : "th dport", pair.localPorts())
                                + port(outward ? "th dport" : "th sport", pair.remotePorts());
                };
        return addresses(pair, outward) + protocol + ports;
    }

    private static String addresses(Pair pair, boolean outward) {
        String family = pair.isIpv4() ? "ip" : "ip6";
        String text = address(family, outward ? "saddr" : "daddr", pair.local())
                + address(family, outward ? "daddr" : "saddr", pair.remote());
        return text.isEmpty() ? "meta nfproto " + (pair.isIpv4() ? "ipv4 " : "ipv6 ") : text;
    }

    private static String address(String family, String side, AddressRange range) {
        if (range.equals(AddressRange.ANY_IPV4) || range.equals(AddressRange.ANY_IPV6)) {
            return "";
        }
        StringBuilder text = new StringBuilder(family).append(' ').append(side).append(' ');
        range(text, range);
        return text.append(' ').toString();
    }

    private static String port(String what, PortRange ports) {
        if (ports.equals(PortRange.ANY)) {
            return "";
        }
        StringBuilder text = new StringBuilder(what).append(' ');
        range(text, ports);
        return text.append(' ').toString();
    }

    /**
     * Types are unknown to policy rules, so a bypass that names them is led past the divert rules by a mark. Strict
     * reverse path filtering looks up the way back of what comes, so that gets the mark as well, unless it is a packet
     * that has to be led by the other side.
     */
    private static void marks(StringBuilder text, int slot, GuardPlan plan) {
        chain(text, "mark_outward_" + slot, marks(slot, plan, Way.OUTWARD));
        chain(text, "mark_inward_" + slot, marks(slot, plan, Way.INWARD));
        chain(
                text,
                "mark_own_" + slot,
                List.of(
                        "type route hook output priority -151; policy accept;",
                        GuardHooks.LATER_FRAGMENT_IPV4 + "accept",
                        GuardHooks.LATER_FRAGMENT_IPV6 + "accept",
                        GuardHooks.OPAQUE_FRAGMENT + "accept",
                        "jump mark_outward_" + slot));
        chain(
                text,
                "mark_received_" + slot,
                List.of(
                        "type filter hook prerouting priority -151; policy accept;",
                        "iifname { \"lo\", \"" + TunSpec.PROTECTED + "\" } accept",
                        GuardHooks.LATER_FRAGMENT_IPV4 + "accept",
                        GuardHooks.LATER_FRAGMENT_IPV6 + "accept",
                        GuardHooks.OPAQUE_FRAGMENT + "accept",
                        "jump mark_outward_" + slot,
                        "jump mark_inward_" + slot));
    }

    /** By which interface a packet will leave is not known yet, so inward no policy that is limited to one is asked. */
    private static List<String> marks(int slot, GuardPlan plan, Way way) {
        List<String> rules = new ArrayList<>();
        List<List<GuardEntry>> layers = way == Way.OUTWARD ? plan.layers() : plan.markingLayers();
        eachRule(slot, layers, Sight.HEADERS, way, (group, match, comment) -> {
            if (way == Way.OUTWARD || group.networkInterface().isEmpty()) {
                rules.add(match
                        + (group.marked()
                                ? "meta mark set meta mark & 0xffff | " + hexadecimal(DivertPlan.BYPASS_MARK)
                                        + " accept"
                                : "accept"));
            }
        });
        return rules;
    }

    static void chain(StringBuilder text, String name, List<String> rules) {
        text.append("  chain ").append(name).append(" {\n");
        rules.forEach(rule -> text.append("    ").append(rule).append('\n'));
        text.append("  }\n");
    }

    static String hexadecimal(int value) {
        return "0x" + Integer.toHexString(value);
    }
}
