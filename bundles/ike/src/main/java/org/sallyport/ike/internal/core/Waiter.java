package org.sallyport.ike.internal.core;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import org.sallyport.api.flow.AddressRange;
import org.sallyport.api.flow.Flow;
import org.sallyport.api.flow.PortRange;
import org.sallyport.api.flow.Selectors;
import org.sallyport.api.flow.TrafficSelector;
import org.sallyport.api.negotiation.NegotiationRequest;

/**
 * Somebody who waits for a pair. Immutable.
 *
 * @param negotiation names the wait
 * @param request what is wanted
 * @param deadline boot time in nanoseconds when nobody waits any more
 */
public record Waiter(long negotiation, NegotiationRequest request, long deadline) {
    /** Returns a wait for the flow that asks alone, unless that is what is waited for, or no flow asks. */
    public Optional<Waiter> exact() {
        return request.trigger()
                .filter(request.selectors()::contains)
                .map(f -> new Selectors(
                        List.of(exact(f.protocol(), f.local(), f.localPort())),
                        List.of(exact(f.protocol(), f.remote(), f.remotePort()))))
                .filter(s -> !s.equals(request.selectors()))
                .map(s -> new Waiter(
                        negotiation,
                        new NegotiationRequest(request.policy(), request.peer(), s, request.trigger()),
                        deadline));
    }

    private static TrafficSelector exact(int protocol, InetAddress address, int port) {
        PortRange ports = port == Flow.OPAQUE_PORT ? PortRange.ANY : PortRange.of(port);
        return new TrafficSelector(protocol, ports, AddressRange.of(address));
    }
}
