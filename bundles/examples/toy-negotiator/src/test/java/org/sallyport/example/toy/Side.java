package org.sallyport.example.toy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.sallyport.api.flow.AddressRange;
import org.sallyport.api.flow.Addresses;
import org.sallyport.api.flow.Flow;
import org.sallyport.api.flow.Requester;
import org.sallyport.api.flow.Selectors;
import org.sallyport.api.flow.TrafficSelector;
import org.sallyport.api.negotiation.ConnectionEvent;
import org.sallyport.api.negotiation.Identity;
import org.sallyport.api.negotiation.NegotiationRequest;
import org.sallyport.api.negotiation.Pad;
import org.sallyport.api.negotiation.PadEntry;
import org.sallyport.api.negotiation.SecretRef;
import org.sallyport.api.negotiation.SecretSource;
import org.sallyport.api.policy.Action;
import org.sallyport.api.policy.Origin;
import org.sallyport.api.policy.Policy;
import org.sallyport.api.policy.PolicyGeneration;
import org.sallyport.api.policy.Spd;
import org.sallyport.api.policy.Verdict;
import org.sallyport.api.proposal.Proposal;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.reason.ReasonCode;
import org.sallyport.api.sa.ChildSaId;
import org.sallyport.api.sa.ConnectionId;
import org.sallyport.api.sa.Encapsulation;
import org.sallyport.api.sa.IkeSaId;
import org.sallyport.api.sa.IpsecProtocol;
import org.sallyport.api.sa.Path;
import org.sallyport.api.sa.SaKeys;
import org.sallyport.api.sa.SaPairHandle;
import org.sallyport.api.sa.SaRefusedException;
import org.sallyport.api.sa.SaSpec;
import org.sallyport.api.sa.SaTable;
import org.sallyport.api.sa.SpiKey;
import org.sallyport.api.secret.SecretBytes;
import org.sallyport.crypto.CryptoRegistry;
import org.sallyport.crypto.StandardProviders;

/** One of two sides of the protocol in memory: an SA table that remembers, and datagrams that a test carries. */
final class Side implements Surroundings, SaTable {
    private static final CryptoRegistry CRYPTO = CryptoRegistry.of(StandardProviders.all());

    /** A pair as the table has it. */
    static final class Pair {
        final SaSpec spec;
        final byte[] in;
        byte[] out = {};
        int peerSpi;
        boolean retired;

        Pair(SaSpec spec, byte[] in) {
            this.spec = spec;
            this.in = in;
        }
    }

    /** A datagram on its way. */
    @SuppressWarnings("ArrayRecordComponent")
    record Datagram(InetSocketAddress to, byte[] octets) {}

    final String name;
    final InetSocketAddress address;
    final ArrayDeque<Datagram> sent = new ArrayDeque<>();
    final Map<SpiKey, Pair> pairs = new TreeMap<>(java.util.Comparator.comparingInt(SpiKey::spi));
    final List<SpiKey> reserved = new ArrayList<>();
    final Map<SpiKey, Reason> ended = new HashMap<>();
    final List<ConnectionEvent> events = new ArrayList<>();
    final Protocol protocol;
    String secret = "a secret of both";
    PadEntry peer;
    Policy policy;
    private int nextSpi;

    Side(String name, String other, String address, String otherAddress, String local, String remote) {
        this.name = name;
        this.nextSpi = (name.hashCode() & 0xffff) | 0x10000;
        this.address = new InetSocketAddress(Addresses.parse(address), 4545);
        peer = PadEntry.builder(new ConnectionId(other))
                .localIdentity(Identity.parse(name + ".example"))
                .remoteIdentity(Identity.parse(other + ".example"))
                .remoteAddress(Addresses.parse(otherAddress))
                .secret(new SecretRef("secret"))
                .ikeProposals(List.of(Proposal.parse("aes128gcm16-prfsha256-x25519")))
                .retransmission(new PadEntry.Retransmission(Duration.ofMillis(100), 2.0, 3))
                .deadPeerInterval(Duration.ofSeconds(10))
                .build();
        policy = policy(other, local, remote).build();
        protocol = new Protocol(this);
    }

    static Policy.Builder policy(String peer, String local, String remote) {
        return Policy.builder("p", Action.PROTECT)
                .selectors(new Selectors(
                        List.of(TrafficSelector.of(AddressRange.parse(local))),
                        List.of(TrafficSelector.of(AddressRange.parse(remote)))))
                .peer(new ConnectionId(peer))
                .negotiator("toy")
                .proposals(List.of(Proposal.esp("aes256gcm16-esn-noesn")));
    }

    Ticket negotiate(long now, Duration deadline) {
        Ticket ticket = new Ticket(
                new NegotiationRequest(policy, peer, policy.selectors(), Optional.empty()), now + deadline.toNanos());
        protocol.negotiate(ticket, now);
        return ticket;
    }

    Pair onlyPair() {
        if (pairs.size() != 1) {
            throw new AssertionError(name + " has " + pairs.keySet());
        }
        return pairs.values().iterator().next();
    }

    // ---- surroundings ----

    @Override
    public SaTable table() {
        return this;
    }

    @Override
    public Pad pad() {
        return new Pad() {
            @Override
            public Optional<PadEntry> named(ConnectionId connection) {
                return entries().stream()
                        .filter(e -> e.connection().equals(connection))
                        .findFirst();
            }

            @Override
            public Optional<PadEntry> find(Identity remote, Optional<Identity> local) {
                return entries().stream()
                        .filter(e -> e.remoteIdentity().matches(remote)
                                && local.stream().allMatch(e.localIdentity()::equals))
                        .findFirst();
            }

            @Override
            public List<PadEntry> candidates(InetAddress remote) {
                return entries();
            }

            @Override
            public List<PadEntry> entries() {
                return List.of(peer);
            }
        };
    }

    @Override
    public Spd spd() {
        return () -> new PolicyGeneration() {
            @Override
            public long number() {
                return 1;
            }

            @Override
            public List<Policy> policies() {
                return List.of(policy);
            }

            @Override
            public Optional<Policy> policy(String wanted) {
                return policies().stream().filter(p -> p.name().equals(wanted)).findFirst();
            }

            @Override
            public Verdict judge(Flow flow, Requester requester, Origin origin) {
                throw new AssertionError("nobody asks that");
            }

            @Override
            public Verdict judge(
                    boolean ipv4,
                    long localHigh,
                    long localLow,
                    int localPort,
                    long remoteHigh,
                    long remoteLow,
                    int remotePort,
                    int protocolNumber,
                    Origin origin) {
                throw new AssertionError("nobody asks that");
            }
        };
    }

    @Override
    public SecretSource secrets() {
        return reference -> SecretBytes.owning(secret.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    @Override
    public CryptoRegistry crypto() {
        return CRYPTO;
    }

    @Override
    public SecureRandom random() {
        return new SecureRandom();
    }

    @Override
    public void send(InetSocketAddress to, byte[] datagram) {
        sent.add(new Datagram(to, datagram));
    }

    @Override
    public Path path(PadEntry entry, InetSocketAddress remote) {
        return new Path(address, remote, "", Encapsulation.UDP, 1500);
    }

    @Override
    public int port() {
        return 4545;
    }

    @Override
    public void tell(ConnectionEvent event) {
        events.add(event);
    }

    // ---- the SA table ----

    @Override
    public IkeSaId openIkeSa(ConnectionId connection) {
        return new IkeSaId(connection, ++nextSpi);
    }

    @Override
    public ChildSaId openLineage(IkeSaId ikeSa) {
        return new ChildSaId(ikeSa, ++nextSpi);
    }

    @Override
    public SpiKey reserveSpi(IpsecProtocol esp) {
        SpiKey key = new SpiKey(esp, ++nextSpi);
        reserved.add(key);
        return key;
    }

    @Override
    public void installInbound(SpiKey inbound, SaSpec spec, SaKeys keys) throws SaRefusedException {
        if (!reserved.contains(inbound) || !policy.selectors().contains(spec.selectors())) {
            throw new SaRefusedException(Reason.of(ReasonCode.TS_UNACCEPTABLE, "?", spec.selectors()));
        }
        pairs.put(inbound, new Pair(spec, octets(keys)));
    }

    @Override
    public SaPairHandle activateOutbound(SpiKey inbound, int peerSpi, SaKeys keys) {
        Pair pair = java.util.Objects.requireNonNull(pairs.get(inbound), "inbound comes first");
        pair.out = octets(keys);
        pair.peerSpi = peerSpi;
        return new SaPairHandle(pair.spec.lineage(), inbound, new SpiKey(inbound.protocol(), peerSpi));
    }

    private static byte[] octets(SaKeys keys) {
        byte[] key = keys.encryption().use(byte[]::clone);
        byte[] salt = keys.salt().use(byte[]::clone);
        if (key.length != 32 || salt.length != 4 || keys.integrity().length() != 0) {
            throw new AssertionError("no keys of AES-256-GCM");
        }
        return Messages.join(key, salt);
    }

    @Override
    public void retire(SpiKey inbound) {
        java.util.Objects.requireNonNull(pairs.get(inbound)).retired = true;
    }

    @Override
    public void delete(SpiKey inbound, Reason reason) {
        if (reserved.remove(inbound)) {
            pairs.remove(inbound);
            ended.put(inbound, reason);
        }
    }

    @Override
    public Optional<ChildSaId> find(String policyName, Flow flow) {
        return Optional.empty();
    }

    @Override
    public Optional<SaPairHandle> handle(ChildSaId lineage) {
        return Optional.empty();
    }
}
