package org.sallyport.spd.internal.config;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.sallyport.api.flow.AddressRange;
import org.sallyport.api.flow.TrafficSelector;
import org.sallyport.api.login.Login;
import org.sallyport.api.negotiation.PadEntry;
import org.sallyport.api.negotiation.SecretSource;
import org.sallyport.api.policy.Action;
import org.sallyport.api.policy.Policy;
import org.sallyport.api.policy.PolicySet;
import org.sallyport.api.sa.IpsecMode;
import org.sallyport.spd.internal.kernel.Enforcement;
import org.sallyport.spd.internal.kernel.InexpressibleException;
import org.sallyport.spd.internal.kernel.KernelPlan;

/** Reads all files together: each on its own, then whether they fit each other and the kernel. Thread safe. */
public final class ConfigurationCompiler {
    static final String NAME = "[A-Za-z0-9][A-Za-z0-9._-]{0,63}";
    private static final Comparator<Policy> ORDER =
            Comparator.comparingInt(Policy::order).thenComparing(Policy::name);

    /** Policies after peers: what a policy says may depend on how its peer starts. */
    private static final Comparator<ConfigurationFile> READING = Comparator.comparing(
                    (ConfigurationFile f) -> f.kind() == ConfigurationFile.Kind.POLICY)
            .thenComparing(ConfigurationFile::file);

    private final Optional<SecretSource> secrets;
    private final HostAccounts accounts;

    /**
     * @param secrets opens secrets to see whether they can be used; empty where that does not matter
     * @param accounts who there is on this host
     */
    public ConfigurationCompiler(Optional<SecretSource> secrets, HostAccounts accounts) {
        this.secrets = secrets;
        this.accounts = accounts;
    }

    /**
     * Reads everything.
     *
     * @param files what an administrator wrote
     * @param provided what other providers contribute
     * @param assigned the addresses that peers assigned to this host, by the peers' names
     * @param logins who is logged in at this host; empty while that is not known, and then whatever protects or discards is
     *     in force
     */
    public Configuration.Outcome compile(
            Collection<ConfigurationFile> files,
            Collection<PolicySet> provided,
            Map<String, List<InetAddress>> assigned,
            Optional<Set<Login>> logins) {
        return new Run(files, provided, assigned, logins).compile();
    }

    private final class Run {
        private final Collection<ConfigurationFile> files;
        private final Collection<PolicySet> provided;
        private final Map<String, List<InetAddress>> assigned;
        private final Optional<Set<Login>> logins;
        private final Problems problems = new Problems();
        private final Map<String, Policy> policies = new HashMap<>();
        private final Map<String, String> origins = new HashMap<>();
        private final Map<String, PadEntry> peers = new TreeMap<>();
        private final Map<String, String> peerFiles = new HashMap<>();
        private Enforcement enforcement = Enforcement.DEFAULT;
        private Administration administration = Administration.DEFAULT;

        Run(
                Collection<ConfigurationFile> files,
                Collection<PolicySet> provided,
                Map<String, List<InetAddress>> assigned,
                Optional<Set<Login>> logins) {
            this.files = files;
            this.provided = provided;
            this.assigned = assigned;
            this.logins = logins;
        }

        Configuration.Outcome compile() {
            files.stream().sorted(READING).forEach(this::read);
            provided.forEach(set -> set.policies().forEach(p -> add(set.provider(), p)));
            peersAreDistinct();
            Map<Boolean, List<Policy>> byForce = policies.values().stream()
                    .flatMap(p -> AssignedLocals.expand(p, assigned).stream())
                    .filter(this::fits)
                    .filter(this::expressible)
                    .sorted(ORDER)
                    .collect(Collectors.partitioningBy(this::inForce));
            List<Policy> ordered = byForce.getOrDefault(true, List.of());
            Configuration sound = new Configuration(
                    ordered,
                    byForce.getOrDefault(false, List.of()),
                    new ArrayList<>(peers.values()),
                    enforcement,
                    administration,
                    Overlaps.of(
                            ordered.stream()
                                    .filter(p -> !AssignedLocals.isRest(p))
                                    .toList(),
                            name -> fileOf(origins, name)));
            return new Configuration.Outcome(sound, problems.found());
        }

        private boolean inForce(Policy policy) {
            return policy.login()
                    .map(condition -> logins.map(condition::holds).orElse(policy.action() != Action.BYPASS))
                    .orElse(true);
        }

        private void read(ConfigurationFile file) {
            switch (file.kind()) {
                case ENFORCEMENT -> {
                    enforcement = EnforcementParser.parse(file, problems);
                    administration = EnforcementParser.administration(file, problems);
                }
                case PEER -> {
                    if (named(file)) {
                        peerFiles.put(file.name(), file.file());
                        PeerParser.parse(file, problems, secrets).ifPresent(p -> peers.put(file.name(), p));
                    }
                }
                case POLICY -> {
                    if (named(file)) {
                        PolicyParser.parse(file, problems, peers, accounts).forEach(p -> add(file.file(), p));
                    }
                }
            }
        }

        private boolean named(ConfigurationFile file) {
            if (file.name().matches(NAME)) {
                return true;
            }
            problems.add(
                    file.file(),
                    "",
                    "",
                    "the name in the file's name, \"" + file.name()
                            + "\", is not accepted; accepted: up to 64 letters, digits, dots, dashes and underscores");
            return false;
        }

        private void add(String origin, Policy policy) {
            String earlier = origins.putIfAbsent(policy.name(), origin);
            if (earlier != null) {
                problems.add(origin, "", "", "policy \"" + policy.name() + "\" is there already, from " + earlier);
                return;
            }
            policies.put(policy.name(), policy);
        }

        /** Two peers that an identity cannot tell apart would be a matter of chance (RFC 4301 section 4.4.3.1). */
        private void peersAreDistinct() {
            Map<String, String> seen = new HashMap<>();
            for (PadEntry peer : peers.values()) {
                String pair = peer.localIdentity() + " " + peer.remoteIdentity();
                String earlier = seen.putIfAbsent(pair, peer.connection().name());
                if (earlier != null) {
                    problems.add(
                            fileOf(peerFiles, peer.connection().name()),
                            "remote-identity",
                            peer.remoteIdentity().toString(),
                            "peer \"" + earlier + "\" has the same remote-identity and local-identity; accepted:"
                                    + " a pair that no other peer has");
                }
            }
        }

        private boolean fits(Policy policy) {
            if (policy.peer().isEmpty()) {
                return true;
            }
            String name = policy.peer().get().name();
            PadEntry peer = peers.get(name);
            if (peer == null) {
                problems.add(fileOf(origins, policy.name()), "peer", name, absent(name));
                return false;
            }
            if (!permitted(peer, policy)) {
                problems.add(
                        fileOf(origins, policy.name()),
                        "peer",
                        name,
                        "selectors " + policy.selectors() + " are outside what " + peerFiles.get(name)
                                + " permits: permitted-local = " + ranges(peer.permittedLocal())
                                + ", permitted-remote = " + ranges(peer.permittedRemote()));
                return false;
            }
            return policy.mode() == IpsecMode.TUNNEL || fitsTransport(policy, peer);
        }

        /** Of an address that is not assigned yet nobody knows whether it is permitted. */
        private static boolean permitted(PadEntry peer, Policy policy) {
            if (!policy.awaitsAddress()) {
                return peer.permits(policy.selectors());
            }
            return policy.selectors().remote().stream()
                    .allMatch(s -> peer.permittedRemote().isEmpty()
                            || peer.permittedRemote().stream().anyMatch(r -> r.contains(s.addresses())));
        }

        /**
         * RFC 4301 section 4.1: transport mode has no addresses but those of the two hosts themselves, so that selectors
         * can hold no others. Of an address that is not configured nothing is known here.
         */
        private boolean fitsTransport(Policy policy, PadEntry peer) {
            if (policy.networkInterface().isPresent()) {
                problems.add(
                        fileOf(origins, policy.name()),
                        "mode",
                        "transport",
                        "interface limits the policy to forwarded traffic, which transport mode does not carry;"
                                + " accepted: tunnel, or no interface");
                return false;
            }
            return isOnly(policy, "local", policy.selectors().local(), peer.localAddress())
                    && isOnly(policy, "remote", policy.selectors().remote(), peer.remoteAddress());
        }

        private boolean isOnly(
                Policy policy, String side, List<TrafficSelector> selectors, Optional<InetAddress> address) {
            Optional<AddressRange> only = address.map(AddressRange::of);
            boolean fits = only.isEmpty()
                    || selectors.stream().allMatch(s -> s.addresses().equals(only.get()));
            if (!fits) {
                problems.add(
                        fileOf(origins, policy.name()),
                        side,
                        ranges(selectors),
                        "with mode = transport nobody but the two hosts themselves can speak; accepted: " + only.get()
                                + ", the " + side + "-address of the peer");
            }
            return fits;
        }

        private String absent(String name) {
            String broken = peerFiles.get(name);
            if (broken != null) {
                return "the peer's file " + broken + " has a mistake of its own";
            }
            return "there is no file org.sallyport.peer-" + name + ".cfg; "
                    + (peers.isEmpty() ? "no peer is configured" : "accepted: " + String.join(", ", peers.keySet()));
        }

        private boolean expressible(Policy policy) {
            try {
                KernelPlan.check(policy);
                return true;
            } catch (InexpressibleException e) {
                problems.add(fileOf(origins, policy.name()), e.key(), e.value(), e.words());
                return false;
            }
        }
    }

    private static String fileOf(Map<String, String> files, String name) {
        return files.getOrDefault(name, name);
    }

    private static String ranges(List<?> ranges) {
        return ranges.isEmpty() ? "any" : ranges.toString();
    }
}
