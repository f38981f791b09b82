package org.sallyport.ike.internal.runtime;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.sallyport.api.admin.IkeSaView;
import org.sallyport.api.authentication.AuthenticationMethod;
import org.sallyport.api.authentication.EapMethod;
import org.sallyport.api.flow.AddressRange;
import org.sallyport.api.flow.Addresses;
import org.sallyport.api.flow.Flow;
import org.sallyport.api.flow.Selectors;
import org.sallyport.api.flow.TrafficSelector;
import org.sallyport.api.negotiation.Credentials;
import org.sallyport.api.negotiation.Identity;
import org.sallyport.api.negotiation.NegotiationRequest;
import org.sallyport.api.negotiation.NegotiationResult;
import org.sallyport.api.negotiation.PadEntry;
import org.sallyport.api.negotiation.SecretRef;
import org.sallyport.api.negotiation.Uniqueness;
import org.sallyport.api.policy.Action;
import org.sallyport.api.policy.Policy;
import org.sallyport.api.pool.AddressLease;
import org.sallyport.api.pool.AddressPool;
import org.sallyport.api.pool.AddressRequest;
import org.sallyport.api.pool.AddressUnavailableException;
import org.sallyport.api.pool.HostConfiguration;
import org.sallyport.api.proposal.Proposal;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.reason.ReasonCode;
import org.sallyport.api.sa.ConnectionId;
import org.sallyport.api.secret.SecretBytes;
import org.sallyport.crypto.CryptoRegistry;
import org.sallyport.crypto.StandardProviders;
import org.sallyport.ike.internal.address.AddressPools;
import org.sallyport.ike.internal.authentication.Authenticators;
import org.sallyport.ike.internal.core.FakePeers;
import org.sallyport.ike.internal.core.Tuning;
import org.sallyport.ike.internal.eap.MsChapV2Method;
import org.sallyport.linux.tcp.internal.KernelTcpStreams;
import org.sallyport.linux.udp.internal.KernelUdpPorts;
import org.sallyport.pki.internal.FileCredentials;
import org.sallyport.pki.internal.PublicKeyMethod;

/**
 * A negotiator in a process of its own, so that it can live in a network namespace: real ports, a fake SA table. Takes
 * commands on standard input, answers each with one line.
 */
final class NegotiatorProcess {
    private static final ConnectionId PEER = new ConnectionId("bob");

    private final FakePeers peers = new FakePeers();
    private final FakeSad sad = new FakeSad();
    private final CryptoRegistry crypto = CryptoRegistry.of(StandardProviders.all());
    private final KernelUdpPorts ports = new KernelUdpPorts();
    private final KernelTcpStreams streams = new KernelTcpStreams();
    private final AddressPools pools = new AddressPools();
    private final FakeAssigned assigned = new FakeAssigned();
    private String secret = "a secret of both";
    private IkeNegotiator negotiator;

    private final String local;
    private final String remote;

    private NegotiatorProcess(String local, String remote) {
        this.local = local;
        this.remote = remote;
        configure(Map.of());
        pools.bindPool(new OneAddress(), Map.of(AddressPool.NAME, "phones"));
        negotiator = start();
    }

    /** Replaces what the peer and the two policies say: what is not among the keys is as by default. */
    private void configure(Map<String, List<String>> keys) {
        PadEntry peer = peer(keys);
        Policy first = policy("net1", keys, "10.1.1.0/24", "10.2.1.0/24");
        Policy second = policy("net2", keys, "10.1.2.0/24", "10.2.2.0/24");
        peers.peers.clear();
        peers.policies.clear();
        peers.peers.add(peer);
        peers.policies.addAll(List.of(first, second));
    }

    private PadEntry peer(Map<String, List<String>> keys) {
        return PadEntry.builder(PEER)
                .localAddress(Addresses.parse(local))
                .remoteAddress(Addresses.parse(remote))
                .localIdentity(Identity.parse(one(keys, "local-identity", "alice.example")))
                .remoteIdentity(Identity.parse(one(keys, "remote-identity", "bob.example")))
                .secret(new SecretRef("file"))
                .localAuthentication(one(keys, "local-auth", AuthenticationMethod.PSK))
                .remoteAuthentication(one(keys, "remote-auth", AuthenticationMethod.PSK))
                .credentials(Credentials.of(keys, Credentials.Revocation.IF_PRESENT))
                .ikeProposals(List.of(Proposal.ike(one(keys, "ike-proposals", "aes128gcm16-prfsha256-x25519"))))
                .pools(keys.getOrDefault("pool", List.of()))
                .requestedAddresses(keys.getOrDefault("request-address", List.of()).stream()
                        .map(Addresses::parse)
                        .toList())
                .deadPeerInterval(seconds(keys, "dpd-interval", "60"))
                .reauthenticationTime(seconds(keys, "reauth-time", "0"))
                .authenticationLifetime(seconds(keys, "auth-lifetime", "0"))
                .uniqueness(Uniqueness.valueOf(one(keys, "unique", "NO")))
                .mobike(keys.containsKey("mobike"))
                .retransmission(new PadEntry.Retransmission(Duration.ofMillis(300), 1.5, 3))
                .build();
    }

    private static Policy policy(String name, Map<String, List<String>> keys, String ourNetwork, String theirNetwork) {
        Policy.Builder policy = Policy.builder(name, Action.PROTECT);
        if (keys.containsKey("request-address")) {
            policy.localAssigned(true);
        }
        return policy.peer(PEER)
                .selectors(new Selectors(
                        List.of(TrafficSelector.of(AddressRange.parse(one(keys, "policy-local", ourNetwork)))),
                        List.of(TrafficSelector.of(AddressRange.parse(one(keys, "policy-remote", theirNetwork))))))
                .proposals(keys.getOrDefault("esp-proposals", List.of("aes128gcm16-noesn")).stream()
                        .map(Proposal::esp)
                        .toList())
                .build();
    }

    private static Duration seconds(Map<String, List<String>> keys, String key, String fallback) {
        return Duration.ofSeconds(Long.parseLong(one(keys, key, fallback)));
    }

    private static String one(Map<String, List<String>> keys, String key, String fallback) {
        return keys.getOrDefault(key, List.of(fallback)).getFirst();
    }

    private SecretBytes open(SecretRef reference) {
        return SecretBytes.owning(secret.getBytes(StandardCharsets.UTF_8));
    }

    private Authenticators authenticators() {
        FileCredentials files = new FileCredentials(this::open);
        Authenticators all = new Authenticators(this::open, List.of(files));
        all.bindMethod(
                new PublicKeyMethod(List.of(files), Clock.systemUTC()),
                Map.of(AuthenticationMethod.NAME, AuthenticationMethod.PUBKEY));
        all.bindEap(new MsChapV2Method(), Map.of(EapMethod.NAME, "eap-mschapv2"));
        return all;
    }

    private IkeNegotiator start() {
        return new IkeNegotiator(
                () -> {}, sad, peers, peers, authenticators(), pools, assigned, sad, crypto, ports, streams, tuning());
    }

    /** The waits that a person does not notice and a test does. */
    private static Tuning tuning() {
        Tuning usual = Tuning.DEFAULT;
        return new Tuning(
                usual.halfOpenTime(),
                usual.maxHalfOpen(),
                usual.cookieThreshold(),
                usual.cookiePerAddress(),
                usual.maxPerAddress(),
                usual.maxChildren(),
                usual.maxWaiting(),
                usual.refusalPatience(),
                Duration.ofMillis(200),
                usual.activationTimeout(),
                Duration.ofSeconds(2),
                Duration.ofMillis(200),
                Duration.ofMillis(500),
                usual.childlessTime(),
                usual.keepAliveTime(),
                usual.answerTime(),
                usual.datagram());
    }

    @SuppressWarnings("SystemOut") // standard output is how the test hears of it
    public static void main(String[] arguments) throws IOException {
        NegotiatorProcess process = new NegotiatorProcess(arguments[0], arguments[1]);
        PrintStream out = System.out;
        out.println("running");
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null && !line.equals("quit"); line = in.readLine()) {
            out.println(process.command(line.split(" ", 2)));
        }
        process.negotiator.stop();
        process.ports.close();
        process.streams.close();
    }

    /** A pool of one address, for whoever asks. */
    private static final class OneAddress implements AddressPool {
        private int given;

        @Override
        public synchronized HostConfiguration lease(AddressRequest request) throws AddressUnavailableException {
            if (given > 0) {
                throw new AddressUnavailableException(Reason.of(ReasonCode.POOL_EXHAUSTED, "phones", 1));
            }
            given++;
            return new HostConfiguration(
                    List.of(Addresses.parse("10.9.0.7")),
                    List.of(Addresses.parse("10.1.0.53")),
                    List.of(AddressRange.parse("10.1.1.0/24")),
                    List.of("corp.example"));
        }

        @Override
        public synchronized void release(AddressLease lease) {
            given--;
        }

        @Override
        public synchronized void standing(List<AddressLease> leases) {
            given = leases.size();
        }
    }

    private static Map<String, List<String>> keys(List<String> pairs) {
        Map<String, List<String>> keys = new HashMap<>();
        for (String pair : pairs) {
            String[] both = pair.split("=", 2);
            keys.put(both[0], List.of(both[1].split(",")));
        }
        return keys;
    }

    private String command(String[] words) {
        try {
            return switch (words[0]) {
                case "negotiate" -> negotiate(words[1]);
                case "secret" -> {
                    secret = words[1];
                    yield "ok";
                }
                case "rekey-child" -> {
                    sad.pairs().stream()
                            .filter(p -> p.state().equals("active"))
                            .forEach(p -> negotiator.rekey(p.spec().lineage()));
                    yield "ok";
                }
                case "rekey-ike" -> {
                    negotiator.list().forEach(v -> negotiator.rekey(v.id()));
                    yield "ok";
                }
                case "delete-child" -> {
                    sad.pairs().forEach(p -> negotiator.delete(p.spec().lineage(), byTest()));
                    yield "ok";
                }
                case "delete-ike" -> {
                    negotiator.list().forEach(v -> negotiator.delete(v.id(), byTest()));
                    yield "ok";
                }
                case "replace" -> {
                    IkeNegotiator old = negotiator;
                    negotiator = start();
                    old.stop();
                    yield "ok";
                }
                case "ike" ->
                    negotiator.list().stream()
                            .map(NegotiatorProcess::text)
                            .toList()
                            .toString();
                case "configure" -> {
                    configure(words.length == 1 ? Map.of() : keys(List.of(words[1].split(" ", -1))));
                    yield "ok";
                }
                case "addresses" ->
                    negotiator.list().stream()
                            .map(IkeSaView::addresses)
                            .toList()
                            .toString();
                case "assigned" -> assigned.all.values().toString();
                case "keys" -> sad.keys().toString();
                case "fewest" -> Integer.toString(sad.fewest());
                case "pairs" -> sad.pairs().toString();
                case "selectors" ->
                    sad.pairs().stream().map(p -> p.spec().selectors()).toList().toString();
                default -> "what?";
            };
        } catch (RuntimeException
                | InterruptedException
                | java.util.concurrent.ExecutionException
                | java.util.concurrent.TimeoutException e) {
            return "failed " + e;
        }
    }

    private static Reason byTest() {
        return Reason.of(ReasonCode.DELETED_BY_ADMINISTRATOR, "a test");
    }

    private static String text(IkeSaView view) {
        return view.initiatorSpi() + "_" + view.responderSpi() + " " + view.state();
    }

    private String negotiate(String name)
            throws InterruptedException, java.util.concurrent.ExecutionException,
                    java.util.concurrent.TimeoutException {
        Policy policy = peers.policy(name).orElseThrow();
        String network = name.substring(3);
        Flow flow = new Flow(
                0, 6, Addresses.parse("10.1." + network + ".1"), 40000, Addresses.parse("10.2." + network + ".1"), 80);
        long from = System.nanoTime();
        NegotiationResult result = negotiator
                .negotiate(
                        new NegotiationRequest(policy, peers.peers.getFirst(), policy.selectors(), Optional.of(flow)),
                        Duration.ofSeconds(20))
                .result()
                .toCompletableFuture()
                .get(25, TimeUnit.SECONDS);
        long took = (System.nanoTime() - from) / 1000;
        return switch (result) {
            case NegotiationResult.Established ignored -> "established in " + took + " us";
            case NegotiationResult.Refused refused -> "refused " + refused.reason();
            case NegotiationResult.Unreachable unreachable -> "unreachable " + unreachable.reason();
        };
    }
}
