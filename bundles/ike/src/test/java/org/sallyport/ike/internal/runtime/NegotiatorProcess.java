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
import java.util.stream.Stream;
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
import org.sallyport.ike.internal.eap.MsChapV2Method;
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
    private final AddressPools pools = new AddressPools();
    private final FakeAssigned assigned = new FakeAssigned();
    private String secret = "a secret of both";
    private IkeNegotiator negotiator;

    private final String local;
    private final String remote;

    private final Map<String, List<String>> keys;
    private Duration deadPeerInterval = Duration.ofSeconds(2);

    private NegotiatorProcess(
            String local, String remote, String ikeProposal, String espProposal, Map<String, List<String>> keys) {
        this.local = local;
        this.remote = remote;
        this.keys = keys;
        configure(ikeProposal, espProposal);
        pools.bindPool(new OneAddress(), Map.of(AddressPool.NAME, "phones"));
        negotiator = start();
    }

    private void configure(String ikeProposal, String espProposal) {
        peers.peers.clear();
        peers.policies.clear();
        peers.peers.add(PadEntry.builder(PEER)
                .localAddress(Addresses.parse(local))
                .remoteAddress(Addresses.parse(remote))
                .localIdentity(Identity.parse(one(keys, "local-identity", "alice.example")))
                .remoteIdentity(Identity.parse(one(keys, "remote-identity", "bob.example")))
                .secret(new SecretRef("file"))
                .localAuthentication(one(keys, "local-auth", AuthenticationMethod.PSK))
                .remoteAuthentication(one(keys, "remote-auth", AuthenticationMethod.PSK))
                .credentials(Credentials.of(keys, Credentials.Revocation.IF_PRESENT))
                .ikeProposals(List.of(Proposal.ike(ikeProposal)))
                .pools(keys.getOrDefault("pool", List.of()))
                .requestedAddresses(keys.getOrDefault("request-address", List.of()).stream()
                        .map(Addresses::parse)
                        .toList())
                .deadPeerInterval(deadPeerInterval)
                .retransmission(new PadEntry.Retransmission(Duration.ofMillis(300), 1.5, 3))
                .build());
        for (int i = 1; i <= 2; i++) {
            String ourNetwork = one(keys, "policy-local", "10.1." + i + ".0/24");
            String theirNetwork = one(keys, "policy-remote", "10.2." + i + ".0/24");
            Policy.Builder policy = Policy.builder("net" + i, Action.PROTECT);
            if (keys.containsKey("request-address")) {
                policy.localAssigned(true);
            }
            peers.policies.add(policy.peer(PEER)
                    .selectors(new Selectors(
                            List.of(TrafficSelector.of(AddressRange.parse(ourNetwork))),
                            List.of(TrafficSelector.of(AddressRange.parse(theirNetwork)))))
                    .proposals(
                            Stream.of(espProposal.split(",")).map(Proposal::esp).toList())
                    .build());
        }
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
        return new IkeNegotiator(() -> {}, sad, peers, peers, authenticators(), pools, assigned, sad, crypto, ports);
    }

    @SuppressWarnings("SystemOut") // standard output is how the test hears of it
    public static void main(String[] arguments) throws IOException {
        NegotiatorProcess process = new NegotiatorProcess(
                arguments[0],
                arguments[1],
                arguments[2],
                arguments[3],
                keys(List.of(arguments).subList(4, arguments.length)));
        PrintStream out = System.out;
        out.println("running");
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null && !line.equals("quit"); line = in.readLine()) {
            out.println(process.command(line.split(" ", 2)));
        }
        process.negotiator.stop();
        process.ports.close();
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
                case "propose" -> {
                    String[] proposals = words[1].split(" ", 2);
                    configure(proposals[0], proposals[1]);
                    yield "ok";
                }
                case "dead-peer-interval" -> {
                    String[] interval = words[1].split(" ", 3);
                    deadPeerInterval = Duration.ofSeconds(Long.parseLong(interval[0]));
                    configure(interval[1], interval[2]);
                    yield "ok";
                }
                case "addresses" ->
                    negotiator.list().stream()
                            .map(IkeSaView::addresses)
                            .toList()
                            .toString();
                case "assigned" -> assigned.all.values().toString();
                case "keys" -> sad.keys().toString();
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
