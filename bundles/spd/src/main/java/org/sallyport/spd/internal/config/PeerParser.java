package org.sallyport.spd.internal.config;

import java.net.InetAddress;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.sallyport.api.flow.AddressRange;
import org.sallyport.api.flow.Addresses;
import org.sallyport.api.negotiation.Identity;
import org.sallyport.api.negotiation.PadEntry;
import org.sallyport.api.negotiation.PadEntry.Retransmission;
import org.sallyport.api.negotiation.SecretSource;
import org.sallyport.api.negotiation.Start;
import org.sallyport.api.negotiation.Uniqueness;
import org.sallyport.api.proposal.Proposal;
import org.sallyport.api.sa.ConnectionId;
import org.sallyport.api.sa.Encapsulation;

/** Reads one peer (RFC 4301 section 4.4.3). */
final class PeerParser {
    static final List<Proposal> DEFAULT_PROPOSALS = List.of(
            Proposal.parse("aes256gcm16-prfsha384-ecp384-x25519-ecp256"),
            Proposal.parse("aes128gcm16-prfsha256-x25519-ecp256-ecp384"));

    private static final Set<String> KNOWN = Set.of(
            "local-address",
            "remote-address",
            "local-identity",
            "remote-identity",
            "ike-proposals",
            "permitted-local",
            "permitted-remote",
            "dpd-interval",
            "ike-lifetime",
            "ike-lifetime-soft",
            "retransmit-first",
            "retransmit-factor",
            "retransmit-tries",
            "start",
            "pool",
            "request-address",
            "unique",
            "reauth-time",
            "mobike",
            "encapsulation",
            "tcp-fallback");
    private static final String IDENTITY =
            "an address, a host name (gw.example.org), user@host, fqdn:name, keyid:text or a"
                    + " distinguished name (CN=gw, O=Example)";
    private static final String PROPOSALS = "proposals such as aes256gcm16-prfsha384-ecp384, best first, with commas"
            + " between; each with encryption (and integrity unless it is an AEAD), PRF and key exchange";
    private static final String PERMITTED = SelectorText.ADDRESSES + " (the default)";

    private static final String POOLS = "the NAME of a file org.sallyport.pool-NAME.cfg, several with commas between";
    private static final String REQUESTED =
            "ipv4, ipv6, or the address that is wanted; one of each family, with a comma between";

    private final ConfigurationFile file;
    private final Keys keys;
    private final Optional<SecretSource> secrets;

    private PeerParser(ConfigurationFile file, Problems problems, Optional<SecretSource> secrets) {
        this.file = file;
        this.keys = new Keys(file, problems);
        this.secrets = secrets;
    }

    /**
     * Reads a peer.
     *
     * @param secrets opens the secret to see whether it can be used; empty where that does not matter
     */
    static Optional<PadEntry> parse(ConfigurationFile file, Problems problems, Optional<SecretSource> secrets) {
        int before = problems.found().size();
        Optional<PadEntry> entry = new PeerParser(file, problems, secrets).parse();
        return problems.found().size() == before ? entry : Optional.empty();
    }

    private Optional<PadEntry> parse() {
        Set<String> known = new HashSet<>(KNOWN);
        known.addAll(AuthenticationKeys.KNOWN);
        keys.expect(known);
        PadEntry.Builder builder = PadEntry.builder(new ConnectionId(file.name()))
                .ikeProposals(keys.read("ike-proposals", DEFAULT_PROPOSALS, PROPOSALS, Keys.list(Proposal::ike)))
                .permittedLocal(permitted("permitted-local"))
                .permittedRemote(permitted("permitted-remote"))
                .deadPeerInterval(keys.read(
                        "dpd-interval", Duration.ofSeconds(30), Units.DURATION + "; 0s for never", Units::duration))
                .retransmission(retransmission());
        address("local-address", "any (the default: the route decides)").ifPresent(builder::localAddress);
        address("remote-address", "any (the default: it may come from anywhere, and we never initiate)")
                .ifPresent(builder::remoteAddress);
        lifetimes(builder);
        start(builder);
        builder.pools(keys.read("pool", List.of(), POOLS, Keys.list(PeerParser::pool)))
                .requestedAddresses(keys.read("request-address", List.of(), REQUESTED, PeerParser::requested));
        if (keys.has("request-address") && keys.text("remote-address").matches("|any")) {
            keys.refuse("request-address", "accepted: with a remote-address, because who initiates asks for addresses");
        }
        builder.encapsulation(
                keys.word("encapsulation", Encapsulation.class, false).orElse(Encapsulation.UDP));
        builder.uniqueness(keys.word("unique", Uniqueness.class, false).orElse(Uniqueness.NO))
                .tcpFallback(keys.word("tcp-fallback", Switch.class, false).orElse(Switch.OFF) == Switch.ON)
                .mobike(keys.word("mobike", Switch.class, false).orElse(Switch.OFF) == Switch.ON);
        new AuthenticationKeys(file, keys, secrets).read(builder);
        Optional<Identity> local = keys.required("local-identity", IDENTITY, PeerParser::oneIdentity);
        Optional<Identity> remote = keys.required(
                "remote-identity", IDENTITY + "; a pattern such as *.example.org, or * for anybody", Identity::parse);
        if (local.isEmpty() || remote.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(
                builder.localIdentity(local.get()).remoteIdentity(remote.get()).build());
    }

    private Optional<InetAddress> address(String key, String orElse) {
        if (keys.text(key).equals("any")) {
            return Optional.empty();
        }
        return keys.optional(key, "an IPv4 or IPv6 address, or " + orElse, Addresses::parse);
    }

    private List<AddressRange> permitted(String key) {
        return keys.text(key).equals("any") ? List.of() : keys.read(key, List.of(), PERMITTED, SelectorText::addresses);
    }

    private void lifetimes(PadEntry.Builder builder) {
        Duration hard = keys.read("ike-lifetime", Duration.ofHours(4), Units.DURATION, Units::positiveDuration);
        Duration soft = keys.read(
                "ike-lifetime-soft", hard.multipliedBy(9).dividedBy(10), Units.DURATION, Units::positiveDuration);
        if (soft.compareTo(hard) >= 0) {
            keys.refuse("ike-lifetime-soft", "accepted: a time below ike-lifetime");
        }
        Duration reauthentication = keys.read(
                "reauth-time", Duration.ZERO, Units.DURATION + "; 0s (the default) for never", Units::duration);
        if (reauthentication.compareTo(hard) >= 0) {
            keys.refuse("reauth-time", "accepted: a time below ike-lifetime, or 0s for never");
        }
        builder.ikeSoftLifetime(soft).ikeHardLifetime(hard).reauthenticationTime(reauthentication);
    }

    private void start(PadEntry.Builder builder) {
        Start start = keys.word("start", Start.class, false).orElse(Start.ON_DEMAND);
        String remote = keys.text("remote-address");
        if (start == Start.AT_START && (remote.isEmpty() || remote.equals("any"))) {
            keys.refuse(
                    "start", "accepted: on-demand or by-hand, or else a remote-address: nobody knows where to begin");
        } else {
            builder.start(start);
        }
    }

    private Retransmission retransmission() {
        Retransmission standard = Retransmission.DEFAULT;
        return new Retransmission(
                keys.read("retransmit-first", standard.first(), Units.DURATION, Units::positiveDuration),
                keys.read("retransmit-factor", standard.factor(), "a number from 1.0 to 10.0", PeerParser::factor),
                keys.number("retransmit-tries", standard.tries(), 1, 100));
    }

    private enum Switch {
        ON,
        OFF
    }

    private static Identity oneIdentity(String text) {
        Identity identity = Identity.parse(text);
        if (identity.isPattern()) {
            throw new IllegalArgumentException("\"" + text + "\" stands for several");
        }
        return identity;
    }

    private static String pool(String text) {
        if (!text.matches(ConfigurationCompiler.NAME)) {
            throw new IllegalArgumentException("\"" + text + "\" is no name");
        }
        return text;
    }

    private static List<InetAddress> requested(String text) {
        List<InetAddress> wanted = Keys.list(PeerParser::wanted).apply(text);
        if (wanted.stream().map(Addresses::isIpv4).distinct().count() != wanted.size()) {
            throw new IllegalArgumentException("there are two of one family");
        }
        return wanted;
    }

    private static InetAddress wanted(String text) {
        return switch (text) {
            case "ipv4" -> Addresses.of(new byte[4]);
            case "ipv6" -> Addresses.of(new byte[16]);
            default -> Addresses.parse(text);
        };
    }

    private static double factor(String text) {
        if (!text.matches("[0-9]{1,2}(\\.[0-9]{1,3})?")) {
            throw new IllegalArgumentException("\"" + text + "\" is none");
        }
        double value = Double.parseDouble(text);
        if (value < 1 || value > 10) {
            throw new IllegalArgumentException("\"" + text + "\" is none");
        }
        return value;
    }
}
