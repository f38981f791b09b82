package org.sallyport.interceptor.internal.gate;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.sallyport.api.flow.Admission;
import org.sallyport.api.flow.Flow;
import org.sallyport.api.flow.FlowRequest;
import org.sallyport.api.flow.IpProtocol;
import org.sallyport.api.flow.PacketGate;
import org.sallyport.api.flow.Requester;
import org.sallyport.api.policy.Origin;
import org.sallyport.api.sa.ChildSaId;
import org.sallyport.api.sa.LeaseHolder;
import org.sallyport.linux.sockdiag.FoundSocket;

/**
 * The gate for packets: finds the socket behind a flow, if it is one of this host's, and has it hold the lease. Where
 * there is none, or none that is for this flow alone, the flow holds the lease itself as long as the data plane knows it.
 */
final class PacketAdmission implements PacketGate {
    /**
     * A connection that arrives has a socket of its own only when its handshake is over. Leasing is never urgent: an SA is
     * not given up in the moment in which it is used.
     */
    private static final List<Duration> LOOKS =
            List.of(Duration.ofMillis(250), Duration.ofMillis(500), Duration.ofSeconds(2), Duration.ofSeconds(8));

    private final Gate gate;
    private final Surroundings surroundings;
    private final SocketOwners owners;
    private final Executor executor;
    private final ScheduledExecutorService timer;

    /**
     * @param executor where leases are made
     * @param timer runs what comes later; its tasks are short
     */
    PacketAdmission(
            Gate gate,
            Surroundings surroundings,
            SocketOwners owners,
            Executor executor,
            ScheduledExecutorService timer) {
        this.gate = gate;
        this.surroundings = surroundings;
        this.owners = owners;
        this.executor = executor;
        this.timer = timer;
    }

    @Override
    public Admission admit(Flow flow) {
        return gate.admitCalled(flow)
                .orElseGet(() -> gate.admitParked(
                        owners.find(flow).map(socket -> request(flow, socket)).orElseGet(() -> withoutSocket(flow))));
    }

    /** What a connection still sends when its program has closed it is its program's. */
    private FlowRequest withoutSocket(Flow flow) {
        FlowRequest ofPackets = ofPackets(flow);
        Optional<Long> closing = byName(flow) ? owners.closing(flow) : Optional.empty();
        return closing.flatMap(cookie -> gate.formerCaller(new LeaseHolder.Socket(cookie)))
                .map(former -> new FlowRequest(flow, former, ofPackets.holder(), Origin.HOST))
                .orElse(ofPackets);
    }

    @Override
    public void begun(Flow flow, ChildSaId lineage) {
        lookLater(flow, lineage, 0);
    }

    @Override
    public void ended(Flow flow) {
        surroundings.leases().ifPresent(leases -> leases.ended(new LeaseHolder.Packets(flow)));
    }

    private void lookLater(Flow flow, ChildSaId lineage, int look) {
        if (look < LOOKS.size()) {
            var unused = timer.schedule(
                    () -> executor.execute(() -> look(flow, lineage, look)),
                    LOOKS.get(look).toMillis(),
                    TimeUnit.MILLISECONDS);
        }
    }

    private void look(Flow flow, ChildSaId lineage, int look) {
        if (!owners.isLocal(flow)) {
            leaseToPackets(flow, lineage);
            return;
        }
        Optional<FoundSocket> socket = owners.find(flow);
        if (socket.isPresent() && socket.get().connected() && socket.get().settled()) {
            if (byName(flow)) {
                leaseByName(flow, socket.get());
            } else {
                leaseToSocket(flow, lineage, socket.get());
            }
            return;
        }
        if (socket.isEmpty() && (flow.protocol() == IpProtocol.TCP || flow.protocol() == IpProtocol.UDP)) {
            // Its socket is gone already: what is still in flight needs no lease.
            surroundings.leases().ifPresent(leases -> leases.abandoned(flow));
            return;
        }
        if (look == 0 && !holdsLease(flow, socket)) {
            leaseToPackets(flow, lineage);
        }
        if (flow.protocol() == IpProtocol.TCP) {
            lookLater(flow, lineage, look + 1);
        }
    }

    /** A socket that sends datagrams to many was leased this flow when it asked. */
    private boolean holdsLease(Flow flow, Optional<FoundSocket> socket) {
        return socket.flatMap(s -> surroundings.leases().flatMap(leases -> leases.find(request(flow, s))))
                .isPresent();
    }

    private void leaseToPackets(Flow flow, ChildSaId lineage) {
        surroundings.leases().ifPresent(leases -> leases.lease(lineage, ofPackets(flow)));
    }

    /** What carries the flow is for its requester, whatever SA the peer has chosen. */
    private void leaseByName(Flow flow, FoundSocket socket) {
        gate.lease(request(flow, socket));
        surroundings.leases().ifPresent(leases -> leases.ended(new LeaseHolder.Packets(flow)));
    }

    /**
     * A socket that was destroyed between the question and the lease would hold it for ever: hence asked twice, unless it had
     * its lease before it was found alive.
     */
    private void leaseToSocket(Flow flow, ChildSaId lineage, FoundSocket socket) {
        surroundings.leases().ifPresent(leases -> {
            FlowRequest request = request(flow, socket);
            boolean heldBefore = leases.find(request)
                    .filter(lease -> lease.lineage().equals(lineage))
                    .isPresent();
            if (!heldBefore) {
                leases.lease(lineage, request);
            }
            if (heldBefore || lives(flow, socket)) {
                leases.ended(new LeaseHolder.Packets(flow));
            } else {
                leases.ended(new LeaseHolder.Socket(socket.cookie()));
            }
        });
    }

    private boolean lives(Flow flow, FoundSocket socket) {
        return owners.find(flow).filter(now -> now.cookie() == socket.cookie()).isPresent();
    }

    private FlowRequest request(Flow flow, FoundSocket socket) {
        LeaseHolder holder = new LeaseHolder.Socket(socket.cookie());
        Requester requester = gate.caller(holder).orElseGet(() -> requester(flow, socket));
        return new FlowRequest(flow, requester, socket.settled() ? holder : new LeaseHolder.Packets(flow), Origin.HOST);
    }

    /** To know more than the user takes long, and matters only where policy asks for it. */
    private Requester requester(Flow flow, FoundSocket socket) {
        if (byName(flow)) {
            return owners.requester(flow, socket);
        }
        return socket.settled() ? Requester.builder().userId(socket.userId()).build() : Requester.UNKNOWN;
    }

    private boolean byName(Flow flow) {
        return surroundings
                .spd()
                .filter(spd -> spd.current()
                        .judge(flow, Requester.UNKNOWN, Origin.HOST)
                        .byName())
                .isPresent();
    }

    private FlowRequest ofPackets(Flow flow) {
        return FlowRequest.ofPackets(flow, owners.isLocal(flow) ? Origin.HOST : Origin.FORWARDED);
    }
}
