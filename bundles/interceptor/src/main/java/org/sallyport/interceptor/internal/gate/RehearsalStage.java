package org.sallyport.interceptor.internal.gate;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.sallyport.api.flow.AddressRange;
import org.sallyport.api.flow.Flow;
import org.sallyport.api.flow.FlowRequest;
import org.sallyport.api.flow.Requester;
import org.sallyport.api.flow.Selectors;
import org.sallyport.api.flow.TrafficSelector;
import org.sallyport.api.negotiation.Identity;
import org.sallyport.api.negotiation.Negotiation;
import org.sallyport.api.negotiation.NegotiationRequest;
import org.sallyport.api.negotiation.NegotiationResult;
import org.sallyport.api.negotiation.Negotiator;
import org.sallyport.api.negotiation.Pad;
import org.sallyport.api.negotiation.PadEntry;
import org.sallyport.api.negotiation.SecretRef;
import org.sallyport.api.policy.Action;
import org.sallyport.api.policy.Origin;
import org.sallyport.api.policy.Policy;
import org.sallyport.api.policy.PolicyGeneration;
import org.sallyport.api.policy.Spd;
import org.sallyport.api.policy.Verdict;
import org.sallyport.api.proposal.Proposal;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.sa.ChildSaId;
import org.sallyport.api.sa.ConnectionId;
import org.sallyport.api.sa.DataPlane;
import org.sallyport.api.sa.IkeSaId;
import org.sallyport.api.sa.InstalledSa;
import org.sallyport.api.sa.IpsecProtocol;
import org.sallyport.api.sa.Lease;
import org.sallyport.api.sa.LeaseHolder;
import org.sallyport.api.sa.Leases;
import org.sallyport.api.sa.SaKeys;
import org.sallyport.api.sa.SaPairHandle;
import org.sallyport.api.sa.SaSpec;
import org.sallyport.api.sa.SaTable;
import org.sallyport.api.sa.SpiKey;

/** A world of one protect policy, where every negotiation succeeds at once and nothing is carried. */
final class RehearsalStage implements Surroundings, Spd, PolicyGeneration, Pad, SaTable, Leases, DataPlane, Negotiator {
    private static final ConnectionId PEER = new ConnectionId("rehearsal");
    private static final IkeSaId IKE_SA = new IkeSaId(PEER, 1);
    private static final ChildSaId LINEAGE = new ChildSaId(IKE_SA, 1);
    private static final SpiKey SPI = new SpiKey(IpsecProtocol.ESP, 256);
    private static final SaPairHandle HANDLE = new SaPairHandle(LINEAGE, SPI, SPI);

    private final ScheduledExecutorService timer;
    private final Policy policy = Policy.builder("rehearsal", Action.PROTECT)
            .selectors(new Selectors(
                    List.of(TrafficSelector.of(AddressRange.ANY_IPV4)),
                    List.of(TrafficSelector.of(AddressRange.ANY_IPV4))))
            .peer(PEER)
            .proposals(List.of(Proposal.parse("aes128gcm16")))
            .build();
    private final PadEntry peer = PadEntry.builder(PEER)
            .localIdentity(Identity.parse("here.invalid"))
            .remoteIdentity(Identity.parse("there.invalid"))
            .secret(new SecretRef("none"))
            .ikeProposals(List.of(Proposal.parse("aes128gcm16-prfsha256-x25519")))
            .build();
    private volatile boolean established;

    /** Makes a stage whose negotiations end on this timer. */
    RehearsalStage(ScheduledExecutorService timer) {
        this.timer = timer;
    }

    /** Ends the SA. */
    void clear() {
        established = false;
    }

    private record NoLease(ChildSaId lineage, LeaseHolder holder) implements Lease {
        @Override
        public void close() {}
    }

    @Override
    public Negotiation negotiate(NegotiationRequest request, Duration deadline) {
        CompletableFuture<NegotiationResult> result = new CompletableFuture<>();
        var unused = timer.schedule(
                () -> {
                    established = true;
                    result.complete(new NegotiationResult.Established(HANDLE));
                },
                100,
                TimeUnit.MICROSECONDS);
        return new Negotiation() {
            @Override
            public CompletableFuture<NegotiationResult> result() {
                return result;
            }

            @Override
            public void cancel() {}
        };
    }

    @Override
    public Verdict judge(Flow flow, Requester requester, Origin origin) {
        return new Verdict(policy.selectors().contains(flow) ? Action.PROTECT : Action.BYPASS, Optional.of(policy));
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
            int protocol,
            Origin origin) {
        return new Verdict(Action.PROTECT, Optional.of(policy));
    }

    @Override
    public Optional<ChildSaId> find(String policyName, Flow flow) {
        return established ? Optional.of(LINEAGE) : Optional.empty();
    }

    @Override
    public Optional<SaPairHandle> handle(ChildSaId lineage) {
        return Optional.of(HANDLE);
    }

    @Override
    public Optional<Lease> lease(ChildSaId lineage, FlowRequest request) {
        return Optional.of(new NoLease(lineage, request.holder()));
    }

    @Override
    public Optional<Lease> bind(ChildSaId lineage, FlowRequest request) {
        return lease(lineage, request);
    }

    @Override
    public void abandoned(Flow flow) {}

    @Override
    public Optional<Reason> full(Optional<ChildSaId> lineage) {
        return Optional.empty();
    }

    @Override
    public void flowsToldAnew() {}

    @Override
    public Optional<Lease> find(FlowRequest request) {
        return Optional.empty();
    }

    @Override
    public Optional<Spd> spd() {
        return Optional.of(this);
    }

    @Override
    public Optional<Pad> pad() {
        return Optional.of(this);
    }

    @Override
    public Optional<SaTable> saTable() {
        return Optional.of(this);
    }

    @Override
    public Optional<Leases> leases() {
        return Optional.of(this);
    }

    @Override
    public List<DataPlane> dataPlanes() {
        return List.of(this);
    }

    @Override
    public Optional<Negotiator> negotiator(String name) {
        return Optional.of(this);
    }

    @Override
    public PolicyGeneration current() {
        return this;
    }

    @Override
    public long number() {
        return 0;
    }

    @Override
    public List<Policy> policies() {
        return List.of(policy);
    }

    @Override
    public Optional<Policy> policy(String name) {
        return Optional.of(policy);
    }

    @Override
    public Optional<PadEntry> named(ConnectionId connection) {
        return Optional.of(peer);
    }

    @Override
    public Optional<PadEntry> find(Identity remote, Optional<Identity> local) {
        return Optional.of(peer);
    }

    @Override
    public List<PadEntry> candidates(InetAddress remote) {
        return List.of(peer);
    }

    @Override
    public List<PadEntry> entries() {
        return List.of(peer);
    }

    @Override
    public IkeSaId openIkeSa(ConnectionId connection) {
        return IKE_SA;
    }

    @Override
    public ChildSaId openLineage(IkeSaId ikeSa) {
        return LINEAGE;
    }

    @Override
    public SpiKey reserveSpi(IpsecProtocol protocol) {
        return SPI;
    }

    @Override
    public void installInbound(SpiKey inbound, SaSpec spec, SaKeys keys) {}

    @Override
    public SaPairHandle activateOutbound(SpiKey inbound, int peerSpi, SaKeys keys) {
        return HANDLE;
    }

    @Override
    public void retire(SpiKey inbound) {}

    @Override
    public void delete(SpiKey inbound, Reason reason) {}

    @Override
    public void ended(LeaseHolder holder) {}

    @Override
    public Set<Long> sockets() {
        return Set.of();
    }

    @Override
    public int useCount(ChildSaId lineage) {
        return 0;
    }

    @Override
    public void installInbound(InstalledSa sa) {}

    @Override
    public SaPairHandle activateOutbound(InstalledSa inbound, InstalledSa outbound) {
        return HANDLE;
    }

    @Override
    public void retire(InstalledSa outbound) {}

    @Override
    public void remove(InstalledSa sa) {}

    @Override
    public boolean parks() {
        return true;
    }

    @Override
    public void bind(Flow flow, ChildSaId lineage) {}

    @Override
    public void unbind(Flow flow) {}

    @Override
    public void rekey(ChildSaId lineage) {}

    @Override
    public void rekey(IkeSaId ikeSa) {}

    @Override
    public void delete(ChildSaId lineage, Reason reason) {}

    @Override
    public void delete(IkeSaId ikeSa, Reason reason) {}
}
