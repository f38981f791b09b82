package org.sallyport.spd.internal.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.sallyport.api.flow.AddressRange;
import org.sallyport.api.flow.Addresses;
import org.sallyport.api.flow.IpProtocol;
import org.sallyport.api.flow.PortRange;
import org.sallyport.api.flow.Selectors;
import org.sallyport.api.flow.TrafficSelector;
import org.sallyport.api.negotiation.PadEntry;
import org.sallyport.api.negotiation.Start;
import org.sallyport.api.policy.Action;
import org.sallyport.api.policy.Lifetimes;
import org.sallyport.api.policy.LoginCondition;
import org.sallyport.api.policy.NameSelector;
import org.sallyport.api.policy.OuterDf;
import org.sallyport.api.policy.PacketRefusal;
import org.sallyport.api.policy.PfpFlag;
import org.sallyport.api.policy.Policy;
import org.sallyport.api.proposal.Proposal;
import org.sallyport.api.sa.ConnectionId;
import org.sallyport.api.sa.Encapsulation;
import org.sallyport.api.sa.IpsecMode;
import org.sallyport.api.sa.IpsecProtocol;

/** Reads one policy (RFC 4301 section 4.4.1.2). */
final class PolicyParser {
    static final List<Proposal> DEFAULT_PROPOSALS =
            List.of(Proposal.parse("aes256gcm16-esn-noesn"), Proposal.parse("aes128gcm16-esn-noesn"));
    /** RFC 8221 section 6: what AH has to have, and what it should. */
    static final List<Proposal> DEFAULT_AH_PROPOSALS = List.of(Proposal.parse("sha256-sha512-esn-noesn"));

    private static final Set<String> PROTECT_ONLY = Set.of(
            "ipsec-protocol",
            "mode",
            "peer",
            "proposals",
            "negotiator",
            "lifetime-time",
            "lifetime-time-soft",
            "lifetime-bytes",
            "lifetime-bytes-soft",
            "lifetime-packets",
            "lifetime-packets-soft",
            "pfp",
            "hold-time",
            "replay-window",
            "linger",
            "packet-refusal",
            "dscp",
            "df",
            "tcp-mss",
            "tfc-padding",
            SharingParser.BY_DSCP,
            SharingParser.BY_WORKER,
            "other-family");
    private static final Set<String> ALWAYS = Set.of(
            "order",
            "action",
            "local",
            "remote",
            "protocol",
            "local-port",
            "remote-port",
            "icmp-type",
            "icmp-code",
            "igmp-type",
            "mh-type",
            "interface",
            NameParser.LOGIN);
    private static final String PROPOSALS =
            "proposals such as aes256gcm16-esn, best first, with commas between; each with an encryption algorithm";
    private static final String AH_PROPOSALS =
            "proposals such as sha256-esn, best first, with commas between; each with an integrity algorithm";
    /** What every host takes that announces nothing (RFC 9293 section 3.7.1): lowering to less would not be heeded. */
    private static final int LEAST_MSS = 536;

    private static final int MOST_MSS = 65_495;
    private static final String TCP_MSS = "fit, keep, or a number of octets from " + LEAST_MSS + " to " + MOST_MSS;
    private static final int LEAST_PADDED = 64;
    private static final int MOST_PADDED = 65_534;
    private static final String TFC_PADDING =
            "none, mtu, or a number of octets from " + LEAST_PADDED + " to " + MOST_PADDED;
    private static final Duration LONGEST_HOLD = Duration.ofHours(1);
    private static final PortRange EVERY_OCTET = new PortRange(0, 255);

    private static final String LOCAL = SelectorText.ADDRESSES + ", or assigned";

    private final ConfigurationFile file;
    private final Keys keys;
    private final Map<String, PadEntry> peers;
    private final NameParser names;

    private PolicyParser(
            ConfigurationFile file, Problems problems, Map<String, PadEntry> peers, HostAccounts accounts) {
        this.file = file;
        this.keys = new Keys(file, problems);
        this.peers = peers;
        this.names = new NameParser(keys, accounts);
    }

    private enum OtherFamily {
        DEFAULT,
        DISCARD,
        BYPASS
    }

    /**
     * Reads the policies that a file makes: one, and perhaps one for the address family it does not name.
     *
     * @param peers those without a mistake, by name
     */
    static List<Policy> parse(
            ConfigurationFile file, Problems problems, Map<String, PadEntry> peers, HostAccounts accounts) {
        int before = problems.found().size();
        List<Policy> policies = new PolicyParser(file, problems, peers, accounts).parse();
        return problems.found().size() == before ? policies : List.of();
    }

    private List<Policy> parse() {
        Set<String> known = new HashSet<>(PROTECT_ONLY);
        known.addAll(ALWAYS);
        known.addAll(NameParser.NAMES);
        keys.expect(known);
        Optional<Action> action = keys.word("action", Action.class, true);
        int protocol =
                keys.read("protocol", TrafficSelector.ANY_PROTOCOL, SelectorText.PROTOCOL, SelectorText::protocol);
        Optional<Selectors> selectors = selectors(protocol);
        int order = keys.number("order", 100, 0, 1_000_000);
        Optional<String> networkInterface =
                keys.optional("interface", "the name of an interface, 1 to 15 characters", PolicyParser::interfaceName);
        NameSelector requesters = names.names(action, protocol);
        Optional<LoginCondition> login = names.login();
        if (action.isEmpty()) {
            return List.of();
        }
        Policy.Builder builder = Policy.builder(file.name(), action.get())
                .order(order)
                .names(requesters)
                .login(login.orElse(null));
        selectors.ifPresent(builder::selectors);
        if (assigned()) {
            assigned(action.get(), selectors);
            builder.localAssigned(true);
        }
        networkInterface.ifPresent(builder::networkInterface);
        if (action.get() == Action.PROTECT) {
            return protect(builder, order, selectors);
        }
        PROTECT_ONLY.stream()
                .sorted()
                .filter(keys::has)
                .forEach(key -> keys.refuse(key, "only a policy with action = protect has it"));
        return selectors.isEmpty() ? List.of() : List.of(builder.build());
    }

    private boolean assigned() {
        return keys.text("local").equals("assigned");
    }

    /** RFC 7296 section 2.19: who initiates may be assigned an address; nobody knows it before. */
    private void assigned(Action action, Optional<Selectors> selectors) {
        if (action != Action.PROTECT) {
            keys.refuse(
                    "local",
                    "only a policy with action = protect has a peer that assigns addresses; accepted: "
                            + SelectorText.ADDRESSES);
            return;
        }
        if (keys.has("interface") || keys.text("mode").equals("transport")) {
            keys.refuse(
                    "local",
                    "an assigned address is this host's own, in tunnel mode; accepted: without interface"
                            + " and mode = transport");
        }
        PadEntry peer = peers.get(keys.text("peer"));
        if (peer == null) {
            return; // it is told that the peer is not there
        }
        if (peer.start() == Start.ON_DEMAND) {
            keys.refuse(
                    "local",
                    "peer \"" + peer + "\" has start = on-demand, and who is held before an address is"
                            + " assigned has another one already; accepted: a peer with start = at-start or by-hand");
        }
        boolean asked = selectors.isEmpty()
                || selectors.get().remote().stream().allMatch(s -> peer.requestedAddresses().stream()
                        .anyMatch(a -> Addresses.isIpv4(a) == s.addresses().isIpv4()));
        if (!asked) {
            keys.refuse(
                    "local",
                    "peer \"" + peer + "\" is not asked for an address of every family that remote has;"
                            + " accepted: a peer with request-address = ipv4, ipv6");
        }
    }

    private List<Policy> protect(Policy.Builder builder, int order, Optional<Selectors> selectors) {
        Optional<ConnectionId> peer =
                keys.required("peer", "the NAME of a file org.sallyport.peer-NAME.cfg", ConnectionId::new);
        IpsecProtocol ipsecProtocol =
                keys.word("ipsec-protocol", IpsecProtocol.class, false).orElse(IpsecProtocol.ESP);
        List<Proposal> proposals = proposals(ipsecProtocol);
        requireNoUdp(ipsecProtocol, peer);
        builder.ipsecProtocol(ipsecProtocol)
                .mode(keys.word("mode", IpsecMode.class, false).orElse(IpsecMode.TUNNEL))
                .proposals(proposals)
                .negotiator(keys.read("negotiator", "ikev2", "the name of a negotiator, such as ikev2", t -> t))
                .lifetimes(lifetimes())
                .pfp(keys.read("pfp", Set.of(), "some of " + pfpNames(), PolicyParser::pfp))
                .holdTime(keys.read("hold-time", Duration.ofSeconds(30), Units.DURATION + ", at most 1h", text -> {
                    Duration value = Units.positiveDuration(text);
                    if (value.compareTo(LONGEST_HOLD) > 0) {
                        throw new IllegalArgumentException("it is longer than 1h");
                    }
                    return value;
                }))
                .replayWindow(keys.read(
                        "replay-window", 1024, "a multiple of 64 from 64 to 8192", PolicyParser::replayWindow))
                .linger(linger(peer).orElse(null))
                .packetRefusal(
                        keys.word("packet-refusal", PacketRefusal.class, false).orElse(PacketRefusal.RESET))
                .outerDscp(keys.read("dscp", OptionalInt.empty(), DscpText.ACCEPTED, DscpText::parse))
                .outerDf(keys.word("df", OuterDf.class, false).orElse(OuterDf.COPY))
                .tcpMss(keys.read("tcp-mss", OptionalInt.of(Policy.MSS_FITTING), TCP_MSS, PolicyParser::tcpMss))
                .tfcPadding(keys.read("tfc-padding", OptionalInt.empty(), TFC_PADDING, PolicyParser::tfcPadding))
                .sharing(SharingParser.sharing(keys));
        refuseInTransportMode("dscp");
        refuseInTransportMode("df");
        refuseInTransportMode("tcp-mss");
        refuseInTransportMode("tfc-padding");
        if (ipsecProtocol == IpsecProtocol.AH && keys.has("tfc-padding")) {
            keys.refuse("tfc-padding", "only ipsec-protocol = esp has it: lengths that anybody can read hide nothing");
        }
        Optional<Policy> rest = selectors.flatMap(s -> otherFamily(order, s));
        if (peer.isEmpty() || selectors.isEmpty()) {
            return List.of();
        }
        List<Policy> policies = new ArrayList<>();
        Policy policy = builder.peer(peer.get()).build();
        policies.add(policy);
        rest.map(other -> other.toBuilder(other.name(), other.action())
                        .names(policy.names())
                        .login(policy.login().orElse(null))
                        .build())
                .ifPresent(policies::add);
        return policies;
    }

    /** A peer that is told of an address translator, so that it puts ESP into UDP, would break off AH for it. */
    private void requireNoUdp(IpsecProtocol protocol, Optional<ConnectionId> name) {
        Optional<PadEntry> peer = name.map(p -> peers.get(p.name()));
        if (protocol == IpsecProtocol.AH && peer.isPresent() && peer.get().encapsulation() != Encapsulation.RAW) {
            keys.refuse(
                    "ipsec-protocol",
                    "peer \"" + peer.get()
                            + "\" has encapsulation = udp, which AH cannot travel in; accepted: a peer with"
                            + " encapsulation = raw");
        }
    }

    private List<Proposal> proposals(IpsecProtocol protocol) {
        return switch (protocol) {
            case ESP -> keys.read("proposals", DEFAULT_PROPOSALS, PROPOSALS, Keys.list(Proposal::esp));
            case AH -> keys.read("proposals", DEFAULT_AH_PROPOSALS, AH_PROPOSALS, Keys.list(Proposal::ah));
        };
    }

    private static OptionalInt tcpMss(String text) {
        return switch (text) {
            case "fit" -> OptionalInt.of(Policy.MSS_FITTING);
            case "keep" -> OptionalInt.empty();
            default -> OptionalInt.of(Keys.whole(text, LEAST_MSS, MOST_MSS));
        };
    }

    private static OptionalInt tfcPadding(String text) {
        return switch (text) {
            case "none" -> OptionalInt.empty();
            case "mtu" -> OptionalInt.of(Policy.PADDED_FITTING);
            default -> OptionalInt.of(Keys.whole(text, LEAST_PADDED, MOST_PADDED));
        };
    }

    private void refuseInTransportMode(String key) {
        if (keys.has(key) && keys.text("mode").equals("transport")) {
            keys.refuse(key, "only mode = tunnel has it: in transport mode a packet keeps its own header");
        }
    }

    /** What somebody started is not ended because no flow needs it. */
    private Optional<Duration> linger(Optional<ConnectionId> peer) {
        Start start = peer.map(p -> peers.get(p.name())).map(PadEntry::start).orElse(Start.ON_DEMAND);
        Optional<Duration> standard = start == Start.ON_DEMAND ? Optional.of(Policy.DEFAULT_LINGER) : Optional.empty();
        Optional<Duration> linger =
                keys.read("linger", standard, Units.DURATION + ", 0s for at once, or lifetime", PolicyParser::linger);
        if (start == Start.AT_START && linger.isPresent()) {
            keys.refuse(
                    "linger",
                    "accepted: lifetime, because its peer has start = at-start: an SA that ends for want of flows"
                            + " would be negotiated again at once");
        }
        return linger;
    }

    private static Optional<Duration> linger(String text) {
        return text.equals("lifetime") ? Optional.empty() : Optional.of(Units.duration(text));
    }

    private Optional<Selectors> selectors(int protocol) {
        Optional<List<AddressRange>> local = assigned()
                ? Optional.of(SelectorText.addresses("any"))
                : keys.required("local", LOCAL, SelectorText::addresses);
        Optional<List<AddressRange>> remote = keys.required("remote", SelectorText.ADDRESSES, SelectorText::addresses);
        Optional<Ports> ports = ports(protocol);
        if (local.isEmpty() || remote.isEmpty() || ports.isEmpty()) {
            return Optional.empty();
        }
        List<AddressRange> here = SelectorText.ofFamiliesOf(local.get(), remote.get());
        List<AddressRange> there = SelectorText.ofFamiliesOf(remote.get(), local.get());
        if (!familiesAgree(here, there, local.get(), remote.get(), protocol)) {
            return Optional.empty();
        }
        return Optional.of(new Selectors(
                here.stream()
                        .map(a -> new TrafficSelector(protocol, ports.get().local, a))
                        .toList(),
                there.stream()
                        .map(a -> new TrafficSelector(protocol, ports.get().remote, a))
                        .toList()));
    }

    /** "any" adapts to the other side's families; addresses that were written out have to find a counterpart. */
    private boolean familiesAgree(
            List<AddressRange> here,
            List<AddressRange> there,
            List<AddressRange> local,
            List<AddressRange> remote,
            int protocol) {
        if (here.isEmpty()
                || (here.size() < local.size() && !keys.text("local").equals("any") && !assigned())
                || (there.size() < remote.size() && !keys.text("remote").equals("any"))) {
            keys.refuse("remote", "accepted: addresses of the families that local has; local = " + keys.text("local"));
            return false;
        }
        boolean wrongFamily =
                here.stream().anyMatch(r -> protocol == (r.isIpv4() ? IpProtocol.ICMPV6 : IpProtocol.ICMP));
        if (wrongFamily) {
            boolean bothAny =
                    keys.text("local").equals("any") && keys.text("remote").equals("any");
            keys.refuse(
                    "protocol",
                    "accepted: icmp with IPv4 addresses and icmpv6 with IPv6 addresses"
                            + (bothAny ? "; write local = 0.0.0.0/0 or ::/0 in place of any" : ""));
            return false;
        }
        return true;
    }

    private record Ports(PortRange local, PortRange remote) {}

    /** Which protocols have the keys that select by type. */
    private static final Map<String, List<String>> PROTOCOLS_OF_KEY = Map.of(
            "icmp-type", List.of("icmp", "icmpv6"),
            "icmp-code", List.of("icmp", "icmpv6"),
            "igmp-type", List.of("igmp"));

    private Optional<Ports> ports(int protocol) {
        boolean refused = false;
        for (String key : List.of("local-port", "remote-port")) {
            if (keys.has(key) && !IpProtocol.hasPorts(protocol)) {
                keys.refuse(key, "only protocol = tcp, udp, sctp or udplite has ports");
                refused = true;
            }
        }
        if (keys.has("mh-type")) {
            keys.refuse(
                    "mh-type",
                    "the guard does not tell mobility headers apart by their type; accepted: protocol = mh without it");
            refused = true;
        }
        for (String key : List.of("icmp-type", "icmp-code", "igmp-type")) {
            List<String> protocols = PROTOCOLS_OF_KEY.getOrDefault(key, List.of());
            if (keys.has(key) && !protocols.contains(IpProtocol.name(protocol))) {
                keys.refuse(key, "only protocol = " + String.join(" or ", protocols) + " has it");
                refused = true;
            }
        }
        if (refused) {
            return Optional.empty();
        }
        if (IpProtocol.hasTypes(protocol)) {
            return types(protocol).map(p -> new Ports(p, p));
        }
        Optional<PortRange> local = optionalPorts("local-port");
        Optional<PortRange> remote = optionalPorts("remote-port");
        return local.flatMap(l -> remote.map(r -> new Ports(l, r)));
    }

    private Optional<PortRange> optionalPorts(String key) {
        return keys.has(key) ? keys.optional(key, SelectorText.PORTS, SelectorText::ports) : Optional.of(PortRange.ANY);
    }

    /** RFC 7296 section 3.13.1: type × 256 + code in place of a port, so a range has one type or every code. */
    private Optional<PortRange> types(int protocol) {
        String key = protocol == IpProtocol.IGMP ? "igmp-type" : "icmp-type";
        Optional<PortRange> type =
                keys.has(key) ? keys.optional(key, SelectorText.TYPE, SelectorText::icmp) : Optional.of(EVERY_OCTET);
        Optional<PortRange> code = keys.has("icmp-code")
                ? keys.optional("icmp-code", SelectorText.ICMP_CODE, SelectorText::icmp)
                : Optional.of(EVERY_OCTET);
        if (type.isEmpty() || code.isEmpty()) {
            return Optional.empty();
        }
        boolean oneType = type.get().first() == type.get().last();
        if (!oneType && !code.get().equals(EVERY_OCTET)) {
            keys.refuse("icmp-code", "accepted: " + SelectorText.ICMP_CODE);
            return Optional.empty();
        }
        return Optional.of(new PortRange(
                type.get().first() * 256 + code.get().first(),
                type.get().last() * 256 + code.get().last()));
    }

    private Lifetimes lifetimes() {
        Duration hard = keys.read("lifetime-time", Duration.ofHours(1), Units.DURATION, Units::positiveDuration);
        Duration soft = keys.read(
                "lifetime-time-soft", hard.multipliedBy(9).dividedBy(10), Units.DURATION, Units::positiveDuration);
        if (soft.compareTo(hard) >= 0) {
            keys.refuse("lifetime-time-soft", "accepted: a time below lifetime-time");
            return Lifetimes.DEFAULT;
        }
        long[] octets = amounts("lifetime-bytes", Units.OCTETS, Units::octets);
        long[] packets = amounts("lifetime-packets", Units.PACKETS, Units::packets);
        return new Lifetimes(soft, hard, octets[0], octets[1], packets[0], packets[1]);
    }

    private long[] amounts(String key, String accepted, Function<String, Long> parser) {
        long hard = keys.read(key, 0L, accepted, parser);
        String softKey = key + "-soft";
        long soft = keys.read(softKey, hard - hard / 10, accepted, parser);
        if (hard == 0 && keys.has(softKey)) {
            keys.refuse(softKey, "there is no " + key + " of which it would be a part; accepted: both, or neither");
        } else if (hard != 0 && (soft == 0 || soft >= hard)) {
            keys.refuse(softKey, "accepted: less than " + key + ", and not none");
        }
        return new long[] {soft, hard};
    }

    private Optional<Policy> otherFamily(int order, Selectors selectors) {
        Optional<OtherFamily> said = keys.word("other-family", OtherFamily.class, false);
        Set<Boolean> families = new HashSet<>();
        selectors.local().forEach(s -> families.add(s.addresses().isIpv4()));
        if (families.size() > 1) {
            if (keys.has("other-family")) {
                keys.refuse("other-family", "the policy names addresses of both families, so there is no other");
            }
            return Optional.empty();
        }
        boolean ipv4 = families.contains(true);
        boolean everything = selectors.remote().stream()
                .anyMatch(s -> s.addresses().equals(ipv4 ? AddressRange.ANY_IPV4 : AddressRange.ANY_IPV6));
        if (everything && !keys.has("other-family")) {
            keys.refuse(
                    "other-family",
                    "is missing; the policy covers every remote address of " + (ipv4 ? "IPv4" : "IPv6")
                            + " alone, so say what happens to " + (ipv4 ? "IPv6" : "IPv4")
                            + "; accepted: discard, bypass, or default (later policies decide)");
            return Optional.empty();
        }
        if (names.named() && said.equals(Optional.of(OtherFamily.BYPASS))) {
            keys.refuse("other-family", "accepted in a policy that is for some by name: discard, or default");
        }
        if (said.isEmpty() || said.get() == OtherFamily.DEFAULT) {
            return Optional.empty();
        }
        TrafficSelector every = TrafficSelector.of(ipv4 ? AddressRange.ANY_IPV6 : AddressRange.ANY_IPV4);
        Action action = said.get() == OtherFamily.DISCARD ? Action.DISCARD : Action.BYPASS;
        return Optional.of(Policy.builder(file.name() + "+other-family", action)
                .order(order)
                .selectors(new Selectors(List.of(every), List.of(every)))
                .build());
    }

    private static String interfaceName(String text) {
        if (!text.matches("[A-Za-z0-9][A-Za-z0-9_.:@-]{0,14}")) {
            throw new IllegalArgumentException("");
        }
        return text;
    }

    private static int replayWindow(String text) {
        int value = Keys.whole(text, 64, 8192);
        if (value % 64 != 0) {
            throw new IllegalArgumentException("\"" + text + "\" is none");
        }
        return value;
    }

    private static Set<PfpFlag> pfp(String text) {
        Set<PfpFlag> flags = EnumSet.noneOf(PfpFlag.class);
        flags.addAll(Keys.list(PolicyParser::pfpFlag).apply(text));
        return flags;
    }

    private static PfpFlag pfpFlag(String text) {
        return Arrays.stream(PfpFlag.values())
                .filter(flag -> word(flag).equals(text))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("\"" + text + "\" is none of them"));
    }

    private static String pfpNames() {
        return Arrays.stream(PfpFlag.values()).map(PolicyParser::word).collect(Collectors.joining(", "));
    }

    private static String word(PfpFlag flag) {
        return flag.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
