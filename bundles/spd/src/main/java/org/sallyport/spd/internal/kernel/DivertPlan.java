package org.sallyport.spd.internal.kernel;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.sallyport.api.flow.AddressRange;
import org.sallyport.api.flow.Addresses;
import org.sallyport.api.flow.IpProtocol;
import org.sallyport.api.flow.PortRange;
import org.sallyport.api.negotiation.PadEntry;
import org.sallyport.api.policy.Action;
import org.sallyport.api.policy.Policy;
import org.sallyport.linux.netlink.Family;
import org.sallyport.linux.netlink.Prefix;
import org.sallyport.linux.netlink.Route;
import org.sallyport.linux.netlink.RouteType;
import org.sallyport.linux.netlink.Rule;
import org.sallyport.linux.netlink.Rule.Ports;
import org.sallyport.linux.netlink.RuleAction;
import org.sallyport.linux.udp.ApplianceMark;

/**
 * The divert rules: policy rules that send protected flows, and nothing else, to tables that lead into the TUN device and
 * end in "unreachable". The tables of one family differ in the source address that they give to unbound sockets.
 * Immutable.
 *
 * @param rules in the order in which they are asked
 * @param tables the source that each table gives, by table
 * @param places where the rules of each family stand, so that the next plan can leave them there
 */
record DivertPlan(List<Rule> rules, List<Table> tables, Map<Family, RulePlaces> places) {
    /** Nothing is diverted. */
    static final DivertPlan NONE = new DivertPlan(List.of(), List.of(), Map.of());

    /** Who made a rule or a route, as {@code ip rule} and {@code ip route} show it ("proto 83"). */
    static final int PROTOCOL = 83;

    /** The first of our tables; those with a source follow it. */
    static final int FIRST_TABLE = 0x53a1;

    /** Most rules of one policy. */
    static final int MOST_RULES = 4_000;

    /** Most tables; one of them for what has no source. */
    static final int MOST_TABLES = 256;

    /** On packets that routing shall not divert though their addresses say so, under {@link ApplianceMark#MASK}. */
    static final int BYPASS_MARK = 0x53a2_0000;

    private static final int TUN_METRIC = 1;
    private static final int LAST_METRIC = (int) 4_278_198_272L;
    private static final int HIGHEST_RULE_PORT = 65_534;

    DivertPlan {
        rules = List.copyOf(rules);
        tables = List.copyOf(tables);
        places = Map.copyOf(places);
    }

    /**
     * A routing table of ours.
     *
     * @param source what it gives to unbound sockets
     */
    record Table(Family family, int number, Optional<InetAddress> source) {
        /** Returns its routes; the second stays when the TUN device goes and takes the first along. */
        List<Route> routes(int tunIndex) {
            Prefix everything = new Prefix(Addresses.of(new byte[family.bits() / 8]), 0);
            Route last = Route.builder(everything)
                    .table(number)
                    .protocol(PROTOCOL)
                    .metric(LAST_METRIC)
                    .type(RouteType.UNREACHABLE)
                    .linkIndex(family == Family.IPV6 ? 1 : 0)
                    .build();
            Route divert = Route.builder(everything)
                    .table(number)
                    .protocol(PROTOCOL)
                    .metric(TUN_METRIC)
                    .linkIndex(tunIndex)
                    .source(source.orElse(null))
                    .build();
            return List.of(last, divert);
        }
    }

    /**
     * Compiles policies in the order in which they are asked.
     *
     * @param before the plan before, whose rules stay where they are if they stand in this one too
     * @throws IllegalArgumentException when they come to more rules than there can be
     */
    static DivertPlan compile(List<Policy> policies, List<PadEntry> peers, LocalFacts facts, DivertPlan before) {
        List<Rule> rules = new ArrayList<>();
        List<Table> tables = new ArrayList<>();
        Map<Family, RulePlaces> places = new EnumMap<>(Family.class);
        for (Family family : Family.values()) {
            if (policies.stream().anyMatch(p -> concerns(p, family))) {
                Compiler compiler = new Compiler(family, facts, before.tables);
                RulePlaces next =
                        before.places.getOrDefault(family, RulePlaces.NONE).next(compiler.compile(policies, peers));
                rules.addAll(next.rules());
                rules.add(Rule.builder(family, RulePlaces.END)
                        .protocol(PROTOCOL)
                        .action(RuleAction.NOP)
                        .build());
                tables.addAll(compiler.tables());
                places.put(family, next);
            }
        }
        return new DivertPlan(rules, tables, places);
    }

    /** Tells whether only a mark can lead these flows past the divert rules. */
    static boolean needsMark(Policy policy, Pair pair) {
        return policy.action() == Action.BYPASS && pair.hasTypes() && pair.namesPorts();
    }

    /** Whose a packet is the gate finds out: what is discarded by name has to come there, as what is protected does. */
    private static boolean diverts(Policy policy) {
        return policy.action() == Action.PROTECT
                || (policy.action() == Action.DISCARD && !policy.names().isAnybody());
    }

    private static boolean concerns(Policy policy, Family family) {
        return policy.action() != Action.BYPASS
                && Pair.of(policy).stream().anyMatch(p -> p.isIpv4() == (family == Family.IPV4));
    }

    /** Refuses what rules cannot express exactly. */
    static void check(Policy policy) throws InexpressibleException {
        long count = 0;
        for (Pair pair : Pair.of(policy)) {
            if (pair.hasTypes() && pair.namesPorts() && policy.action() == Action.PROTECT) {
                String protocol = pair.protocol() == IpProtocol.ICMPV6 ? "icmp" : IpProtocol.name(pair.protocol());
                throw new InexpressibleException(
                        protocol + "-type",
                        pair.localPorts(),
                        "the kernel's routing does not tell " + protocol.toUpperCase(Locale.ROOT)
                                + " types apart, so that only some of them cannot be protected; leave types and codes"
                                + " out");
            }
            for (PortRange ports : List.of(pair.localPorts(), pair.remotePorts())) {
                if (ports.first() == 0 && !ports.equals(PortRange.ANY) && !pair.hasTypes()) {
                    throw new InexpressibleException(
                            ports.equals(pair.localPorts()) ? "local-port" : "remote-port",
                            ports,
                            "the kernel's routing does not know a rule for port 0; let the range begin at 1");
                }
                if (ports.first() == 65_535 && !pair.hasTypes()) {
                    throw new InexpressibleException(
                            ports.equals(pair.localPorts()) ? "local-port" : "remote-port",
                            ports,
                            "the kernel's routing does not know a rule for port 65535 alone; name another, or a range"
                                    + " that begins below");
                }
            }
            count += 5L
                    * Prefixes.of(pair.local()).size()
                    * Prefixes.of(pair.remote()).size();
        }
        if (count > MOST_RULES) {
            throw new InexpressibleException(
                    "local",
                    policy.selectors().local(),
                    "its ranges come to about " + count + " routing rules, too many; accepted: ranges that are networks"
                            + " (10.0.0.0/8), or fewer of them");
        }
    }

    /** Makes the blocks of one family: what is exempt, and each policy; priorities count from 0 in each block. */
    private static final class Compiler {
        private final Family family;
        private final LocalFacts facts;
        private final Map<Optional<InetAddress>, Integer> tableBefore = new HashMap<>();
        private final Map<Optional<InetAddress>, Integer> tableOfSource = new LinkedHashMap<>();
        private final Map<AddressRange, Optional<InetAddress>> routed = new HashMap<>();
        private List<Rule> result = new ArrayList<>();
        private int next;

        Compiler(Family family, LocalFacts facts, List<Table> tablesBefore) {
            this.family = family;
            this.facts = facts;
            tablesBefore.stream()
                    .filter(t -> t.family() == family)
                    .forEach(t -> tableBefore.put(t.source(), t.number()));
        }

        List<List<Rule>> compile(List<Policy> policies, List<PadEntry> peers) {
            List<List<Rule>> blocks = new ArrayList<>();
            goToEnd(rule().mark(ApplianceMark.VALUE, ApplianceMark.MASK));
            if (policies.stream().anyMatch(p -> Pair.of(p).stream().anyMatch(pair -> needsMark(p, pair)))) {
                goToEnd(rule().mark(BYPASS_MARK, ApplianceMark.MASK));
            }
            exemptAddressConfiguration();
            endBlock(blocks);
            List<AddressRange> covered = covered(policies);
            AddressUnion union = new AddressUnion(covered);
            boolean everything = covered.stream().anyMatch(Compiler::isEverything);
            peers.forEach(peer -> {
                exempt(peer, union, everything);
                endBlock(blocks);
            });
            policies.forEach(policy -> {
                add(policy);
                endBlock(blocks);
            });
            return blocks;
        }

        List<Table> tables() {
            return tableOfSource.entrySet().stream()
                    .map(e -> new Table(family, e.getValue(), e.getKey()))
                    .toList();
        }

        private void endBlock(List<List<Rule>> blocks) {
            if (!result.isEmpty()) {
                blocks.add(List.copyOf(result));
            }
            result = new ArrayList<>();
            next = 0;
        }

        private Rule.Builder rule() {
            return Rule.builder(family, next++).protocol(PROTOCOL);
        }

        private void goToEnd(Rule.Builder builder) {
            result.add(builder.goTo(RulePlaces.END).build());
        }

        private List<AddressRange> covered(List<Policy> policies) {
            return policies.stream()
                    .filter(DivertPlan::diverts)
                    .flatMap(p -> Pair.of(p).stream())
                    .filter(p -> p.isIpv4() == (family == Family.IPV4))
                    .map(Pair::remote)
                    .toList();
        }

        private void exemptAddressConfiguration() {
            int client = family == Family.IPV4 ? 68 : 546;
            int server = family == Family.IPV4 ? 67 : 547;
            goToEnd(rule().inputInterface("lo")
                    .ipProtocol(IpProtocol.UDP)
                    .sourcePorts(new Ports(client, client))
                    .destinationPorts(new Ports(server, server)));
        }

        /**
         * Where selectors cover the peer itself, strict reverse path filtering looks up the way back for what the peer
         * sends us, without a mark: it has to find the way that IKE and ESP take. The guard drops what is not ours.
         */
        private void exempt(PadEntry peer, AddressUnion covered, boolean everything) {
            Optional<Prefix> destination = peer.remoteAddress().map(Prefix::of);
            if (destination.isPresent() && destination.get().family() != family) {
                return;
            }
            if (!peer.remoteAddress().map(covered::contains).orElse(everything)) {
                return;
            }
            Prefix to = destination.orElse(null);
            for (int port : List.of(500, 4500)) {
                Ports ports = new Ports(port, port);
                goToEnd(rule().destination(to).ipProtocol(IpProtocol.UDP).sourcePorts(ports));
                goToEnd(rule().destination(to).ipProtocol(IpProtocol.UDP).destinationPorts(ports));
            }
            if (peer.speaksTcp()) {
                Ports ports = new Ports(4500, 4500);
                goToEnd(rule().destination(to).ipProtocol(IpProtocol.TCP).sourcePorts(ports));
                goToEnd(rule().destination(to).ipProtocol(IpProtocol.TCP).destinationPorts(ports));
            }
            goToEnd(rule().destination(to).ipProtocol(IpProtocol.ESP));
            goToEnd(rule().destination(to).ipProtocol(IpProtocol.AH));
        }

        private void add(Policy policy) {
            for (Pair pair : Pair.of(policy)) {
                if (pair.isIpv4() == (family == Family.IPV4) && !(pair.hasTypes() && pair.namesPorts())) {
                    add(policy, pair);
                }
            }
        }

        private void add(Policy policy, Pair pair) {
            Optional<InetAddress> source = source(pair);
            for (Prefix remote : Prefixes.of(pair.remote())) {
                for (Prefix local : Prefixes.of(pair.local())) {
                    match(policy, pair, bounded(local), bounded(remote), source);
                }
                boolean unboundToo = source.isPresent()
                        && !isEverything(pair.local())
                        && policy.networkInterface().isEmpty();
                if (unboundToo) {
                    unbound(policy, pair, bounded(remote), source);
                }
            }
        }

        /**
         * Matches lookups of sockets that have no address yet. IPv4 has 0.0.0.0 then; an IPv6 rule with a source never
         * matches them, so two rules that between them match every source lead past the one that matches the rest.
         */
        private void unbound(Policy policy, Pair pair, @Nullable Prefix remote, Optional<InetAddress> source) {
            if (family == Family.IPV4) {
                match(policy, pair, Prefix.of(Addresses.of(new byte[4])), remote, source);
                return;
            }
            List<Integer> skips = new ArrayList<>();
            byte[] upperHalf = new byte[16];
            upperHalf[0] = (byte) 0x80;
            for (byte[] half : List.of(new byte[16], upperHalf)) {
                skips.add(result.size());
                result.add(rule().source(new Prefix(Addresses.of(half), 1))
                        .destination(remote)
                        .build());
            }
            match(policy, pair, null, remote, source);
            Rule landing = rule().action(RuleAction.NOP).build();
            result.add(landing);
            for (int i = 0; i < skips.size(); i++) {
                int at = skips.get(i);
                Rule placeholder = result.get(at);
                result.set(
                        at,
                        Rule.builder(family, placeholder.priority())
                                .protocol(PROTOCOL)
                                .source(placeholder.source().orElse(null))
                                .destination(remote)
                                .goTo(landing.priority())
                                .build());
            }
        }

        private void match(
                Policy policy,
                Pair pair,
                @Nullable Prefix local,
                @Nullable Prefix remote,
                Optional<InetAddress> source) {
            Complement complement = new Complement(pair, local, remote);
            complement.begin();
            Rule.Builder builder = rule().source(local)
                    .destination(remote)
                    .ipProtocol(pair.protocol())
                    .sourcePorts(expressed(pair, pair.localPorts()))
                    .destinationPorts(expressed(pair, pair.remotePorts()))
                    .inputInterface(policy.networkInterface().orElse(null));
            switch (diverts(policy) ? Action.PROTECT : policy.action()) {
                case PROTECT -> result.add(builder.lookup(table(source)).build());
                case DISCARD -> result.add(builder.action(RuleAction.PROHIBIT).build());
                case BYPASS -> goToEnd(builder);
            }
            complement.end();
        }

        /** Rules know no port 65535: a range that ends there is what is left when the ports below it are led past. */
        private final class Complement {
            private final List<Ports> sourceBelow = new ArrayList<>();
            private final List<Ports> destinationBelow = new ArrayList<>();
            private final List<Rule.Builder> skips = new ArrayList<>();
            private final List<Integer> places = new ArrayList<>();
            private final Pair pair;
            private final @Nullable Prefix local;
            private final @Nullable Prefix remote;

            Complement(Pair pair, @Nullable Prefix local, @Nullable Prefix remote) {
                this.pair = pair;
                this.local = local;
                this.remote = remote;
                below(pair.localPorts(), sourceBelow);
                below(pair.remotePorts(), destinationBelow);
            }

            private void below(PortRange ports, List<Ports> list) {
                if (!pair.hasTypes() && ports.last() > HIGHEST_RULE_PORT && ports.first() > 1) {
                    list.add(new Ports(1, ports.first() - 1));
                }
            }

            void begin() {
                sourceBelow.forEach(p -> skip(base().sourcePorts(p)));
                destinationBelow.forEach(p -> skip(base().destinationPorts(p)));
            }

            void end() {
                if (skips.isEmpty()) {
                    return;
                }
                Rule landing = rule().action(RuleAction.NOP).build();
                result.add(landing);
                for (int i = 0; i < skips.size(); i++) {
                    result.set(
                            places.get(i), skips.get(i).goTo(landing.priority()).build());
                }
            }

            private Rule.Builder base() {
                return rule().source(local).destination(remote).ipProtocol(pair.protocol());
            }

            private void skip(Rule.Builder builder) {
                places.add(result.size());
                skips.add(builder);
                result.add(builder.build());
            }
        }

        private static @Nullable Ports expressed(Pair pair, PortRange ports) {
            boolean unlimited = pair.hasTypes() || ports.equals(PortRange.ANY) || ports.last() > HIGHEST_RULE_PORT;
            return unlimited ? null : new Ports(Math.max(1, ports.first()), ports.last());
        }

        private static @Nullable Prefix bounded(Prefix prefix) {
            return prefix.length() == 0 ? null : prefix;
        }

        /** A source keeps its table, so that rules which lead there do not change. */
        private int table(Optional<InetAddress> source) {
            Optional<InetAddress> given = tableOfSource.size() < MOST_TABLES - 1 || tableOfSource.containsKey(source)
                    ? source
                    : Optional.empty();
            return tableOfSource.computeIfAbsent(given, s -> {
                Integer before = tableBefore.get(s);
                return before != null ? before : freeTable();
            });
        }

        private int freeTable() {
            IntPredicate isFree = number -> !tableOfSource.containsValue(number);
            return IntStream.range(FIRST_TABLE, FIRST_TABLE + MOST_TABLES)
                    .filter(isFree)
                    .filter(number -> !tableBefore.containsValue(number))
                    .findFirst()
                    .orElseGet(() -> IntStream.iterate(FIRST_TABLE, number -> number + 1)
                            .filter(isFree)
                            .findFirst()
                            .orElseThrow());
        }

        /** An address of this host within the local selector; the one that routing would choose, if it is one of them. */
        private Optional<InetAddress> source(Pair pair) {
            List<InetAddress> within = facts.addresses().stream()
                    .filter(a -> pair.local().contains(a))
                    .toList();
            if (within.isEmpty()) {
                return Optional.empty();
            }
            return routed.computeIfAbsent(pair.remote(), r -> facts.routed().source(representative(r)))
                    .filter(within::contains)
                    .or(() -> within.stream()
                            .min(Comparator.comparing(Addresses::high, Long::compareUnsigned)
                                    .thenComparing(Addresses::low, Long::compareUnsigned)));
        }

        private static InetAddress representative(AddressRange range) {
            if (range.equals(AddressRange.ANY_IPV4)) {
                return Addresses.of(new byte[] {1, 0, 0, 1});
            }
            if (range.equals(AddressRange.ANY_IPV6)) {
                byte[] global = new byte[16];
                global[0] = 0x20;
                global[15] = 1;
                return Addresses.of(global);
            }
            return range.last();
        }

        private static boolean isEverything(AddressRange range) {
            return range.equals(AddressRange.ANY_IPV4) || range.equals(AddressRange.ANY_IPV6);
        }
    }
}
