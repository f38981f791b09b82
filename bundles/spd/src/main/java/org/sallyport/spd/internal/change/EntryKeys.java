package org.sallyport.spd.internal.change;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.sallyport.api.flow.Addresses;
import org.sallyport.api.negotiation.PadEntry;
import org.sallyport.api.policy.Action;
import org.sallyport.api.policy.Lifetimes;
import org.sallyport.api.policy.Policy;
import org.sallyport.spd.internal.config.Configuration;

/** Entries as keys and values in readable form, defaults included, so that two can be compared by what they mean. */
final class EntryKeys {
    static final String ORDER = "order";

    private EntryKeys() {}

    static Map<String, String> of(Policy policy) {
        Map<String, String> keys = new TreeMap<>();
        keys.put(ORDER, Integer.toString(policy.order()));
        keys.put("action", word(policy.action()));
        keys.put("local", list(policy.selectors().local()));
        keys.put("remote", list(policy.selectors().remote()));
        policy.networkInterface().ifPresent(i -> keys.put("interface", i));
        if (policy.action() == Action.PROTECT) {
            policy.peer().ifPresent(p -> keys.put("peer", p.name()));
            keys.put("ipsec-protocol", word(policy.ipsecProtocol()));
            keys.put("mode", word(policy.mode()));
            keys.put("proposals", list(policy.proposals()));
            keys.put("negotiator", policy.negotiator());
            keys.put("pfp", policy.pfp().stream().map(EntryKeys::word).sorted().collect(Collectors.joining(", ")));
            keys.put("hold-time", time(policy.holdTime()));
            keys.put("replay-window", Integer.toString(policy.replayWindow()));
            keys.put("linger", policy.linger().map(EntryKeys::time).orElse("lifetime"));
            keys.put("packet-refusal", word(policy.packetRefusal()));
            keys.put("dscp", dscp(policy.outerDscp()));
            keys.put("df", word(policy.outerDf()));
            keys.put("tcp-mss", tcpMss(policy.tcpMss()));
            keys.put("tfc-padding", tfcPadding(policy.tfcPadding()));
            keys.put("dscp-sas", policy.sharing().groups());
            keys.put("worker-sas", policy.sharing().byWorker() ? "on" : "off");
            lifetimes(policy.lifetimes(), keys);
        }
        return keys;
    }

    private static void lifetimes(Lifetimes lifetimes, Map<String, String> keys) {
        keys.put("lifetime-time", time(lifetimes.hardTime()));
        keys.put("lifetime-time-soft", time(lifetimes.softTime()));
        keys.put("lifetime-bytes", amount(lifetimes.hardOctets()));
        keys.put("lifetime-bytes-soft", amount(lifetimes.softOctets()));
        keys.put("lifetime-packets", amount(lifetimes.hardPackets()));
        keys.put("lifetime-packets-soft", amount(lifetimes.softPackets()));
    }

    static Map<String, String> of(PadEntry peer) {
        Map<String, String> keys = new TreeMap<>();
        keys.put("local-address", address(peer.localAddress()));
        keys.put("remote-address", address(peer.remoteAddress()));
        keys.put("local-identity", peer.localIdentity().toString());
        keys.put("remote-identity", peer.remoteIdentity().toString());
        keys.put("local-auth", peer.localAuthentication());
        keys.put("remote-auth", peer.remoteAuthentication());
        peer.secret().ifPresent(s -> keys.put("secret-file", s.file()));
        peer.credentials().values().forEach((key, values) -> keys.put(key, list(values)));
        keys.put("revocation", word(peer.credentials().revocation()));
        keys.put("auth-lifetime", time(peer.authenticationLifetime()));
        keys.put("ike-proposals", list(peer.ikeProposals()));
        keys.put("permitted-local", peer.permittedLocal().isEmpty() ? "any" : list(peer.permittedLocal()));
        keys.put("permitted-remote", peer.permittedRemote().isEmpty() ? "any" : list(peer.permittedRemote()));
        keys.put("dpd-interval", time(peer.deadPeerInterval()));
        keys.put("ike-lifetime", time(peer.ikeHardLifetime()));
        keys.put("ike-lifetime-soft", time(peer.ikeSoftLifetime()));
        keys.put("retransmit-first", time(peer.retransmission().first()));
        keys.put("retransmit-factor", Double.toString(peer.retransmission().factor()));
        keys.put("retransmit-tries", Integer.toString(peer.retransmission().tries()));
        keys.put("start", word(peer.start()));
        keys.put("pool", peer.pools().isEmpty() ? "none" : list(peer.pools()));
        keys.put("request-address", peer.requestedAddresses().isEmpty() ? "none" : requested(peer));
        keys.put("unique", word(peer.uniqueness()));
        keys.put("reauth-time", time(peer.reauthenticationTime()));
        keys.put("encapsulation", word(peer.encapsulation()));
        keys.put("tcp-fallback", peer.tcpFallback() ? "on" : "off");
        keys.put("mobike", peer.mobike() ? "on" : "off");
        return keys;
    }

    static Map<String, String> of(Configuration configuration) {
        Map<String, String> keys = new TreeMap<>();
        keys.put("guard", configuration.enforcement().guard() ? "on" : "off");
        keys.put("forwarded-default", word(configuration.enforcement().forwardedDefault()));
        keys.put(
                "admin-ports",
                configuration.administration().ports().isEmpty()
                        ? "none"
                        : configuration.administration().ports().stream()
                                .sorted()
                                .map(String::valueOf)
                                .collect(Collectors.joining(", ")));
        keys.put("confirm-within", time(configuration.administration().confirmWithin()));
        return keys;
    }

    private static String requested(PadEntry peer) {
        return peer.requestedAddresses().stream()
                .map(a -> a.isAnyLocalAddress() ? (Addresses.isIpv4(a) ? "ipv4" : "ipv6") : a.getHostAddress())
                .collect(Collectors.joining(", "));
    }

    private static String list(List<?> values) {
        return values.stream().map(String::valueOf).collect(Collectors.joining(", "));
    }

    private static String address(Optional<InetAddress> address) {
        return address.map(InetAddress::getHostAddress).orElse("any");
    }

    private static String dscp(OptionalInt value) {
        return value.isEmpty() ? "copy" : Integer.toString(value.getAsInt());
    }

    private static String tcpMss(OptionalInt most) {
        if (most.isEmpty()) {
            return "keep";
        }
        return most.getAsInt() == Policy.MSS_FITTING ? "fit" : Integer.toString(most.getAsInt());
    }

    private static String tfcPadding(OptionalInt octets) {
        if (octets.isEmpty()) {
            return "none";
        }
        return octets.getAsInt() == Policy.PADDED_FITTING ? "mtu" : Integer.toString(octets.getAsInt());
    }

    private static String amount(long amount) {
        return amount == 0 ? "none" : Long.toString(amount);
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Returns a time in the largest unit that states it exactly, as it may stand in a file. */
    private static String time(Duration time) {
        long millis = time.toMillis();
        if (millis % 1000 != 0) {
            return millis + "ms";
        }
        long seconds = millis / 1000;
        if (seconds == 0 || seconds % 60 != 0) {
            return seconds + "s";
        }
        return seconds % 3600 != 0 ? seconds / 60 + "m" : seconds / 3600 + "h";
    }
}
