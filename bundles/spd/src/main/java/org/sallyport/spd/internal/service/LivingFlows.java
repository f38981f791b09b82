package org.sallyport.spd.internal.service;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.sallyport.api.admin.FlowChange;
import org.sallyport.api.admin.LeaseView;
import org.sallyport.api.flow.Flow;
import org.sallyport.api.flow.IpProtocol;
import org.sallyport.api.flow.Requester;
import org.sallyport.api.policy.Action;
import org.sallyport.api.policy.Origin;
import org.sallyport.api.policy.Policy;
import org.sallyport.api.policy.Verdict;
import org.sallyport.api.sa.LeaseHolder;
import org.sallyport.linux.sockdiag.EstablishedSocket;

/** The flows that live on this host, and what becomes of them between two generations. Not thread safe. */
final class LivingFlows {
    private final LivingSas sas;
    private final HostConnections connections;

    private record Living(Requester requester, Origin origin) {}

    LivingFlows(LivingSas sas, HostConnections connections) {
        this.sas = sas;
        this.connections = connections;
    }

    /** Returns the flows whose verdict differs. */
    List<FlowChange> changes(InForce before, InForce after) {
        Set<Integer> ports = administrationPorts(before, after);
        List<FlowChange> changes = new ArrayList<>();
        flows().forEach((flow, living) -> {
            Verdict was = before.generation().judge(flow, living.requester, living.origin);
            Verdict is = after.generation().judge(flow, living.requester, living.origin);
            boolean cut = living.origin == Origin.HOST
                    && flow.protocol() == IpProtocol.TCP
                    && ports.contains(flow.localPort())
                    && carries(before, was, flow)
                    && !carries(after, is, flow);
            if (cut || !same(was, is)) {
                changes.add(new FlowChange(flow, living.requester, was, is, cut));
            }
        });
        return changes;
    }

    /** Returns the connections of administrators that would be cut off. */
    List<Flow> cutOff(InForce before, InForce after) {
        return changes(before, after).stream()
                .filter(FlowChange::cutsAdministratorOff)
                .map(FlowChange::flow)
                .toList();
    }

    private static Set<Integer> administrationPorts(InForce before, InForce after) {
        Set<Integer> ports =
                new HashSet<>(before.configuration().administration().ports());
        ports.addAll(after.configuration().administration().ports());
        return ports;
    }

    private Map<Flow, Living> flows() {
        Map<Flow, Living> flows = new LinkedHashMap<>();
        for (LeaseView lease : sas.leases()) {
            Origin origin = lease.holder() instanceof LeaseHolder.Socket ? Origin.HOST : Origin.FORWARDED;
            lease.flows().forEach(flow -> flows.put(flow, new Living(lease.requester(), origin)));
        }
        for (EstablishedSocket socket : connections.outside()) {
            Flow flow = new Flow(
                    0, IpProtocol.TCP, socket.local(), socket.localPort(), socket.remote(), socket.remotePort());
            Requester owner = Requester.builder().userId(socket.userId()).build();
            flows.putIfAbsent(flow, new Living(owner, Origin.HOST));
        }
        return flows;
    }

    /** Two entries that protect do so by SAs of their own; two that do not, alike. */
    private static boolean same(Verdict was, Verdict is) {
        return was.action() == is.action()
                && (was.action() != Action.PROTECT
                        || was.policy().map(Policy::name).equals(is.policy().map(Policy::name)));
    }

    /** Tells whether packets of the flow get through: without a guard, what is discarded does as well. */
    private boolean carries(InForce generation, Verdict verdict, Flow flow) {
        Optional<String> policy = verdict.policy().map(Policy::name);
        return switch (verdict.action()) {
            case BYPASS -> true;
            case PROTECT -> policy.filter(name -> sas.carries(name, flow)).isPresent();
            case DISCARD -> !generation.configuration().enforcement().guard();
        };
    }
}
