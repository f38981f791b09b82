package org.sallyport.ike.internal.core;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.sallyport.api.negotiation.NegotiationResult;

class HandshakeTest {
    private static final long SECOND = 1000 * World.MS;

    @Test
    void aPairStandsAfterTwoExchanges() {
        World world = new World(1);
        long negotiation = world.a.negotiate("p0", world.now + 5 * SECOND, world.now);
        world.run(SECOND);
        assertThat(world.a.results.get(negotiation)).isInstanceOf(NegotiationResult.Established.class);
        assertThat(world.sent.stream().map(s -> s.summary().exchange()))
                .containsExactly("IKE_SA_INIT", "IKE_SA_INIT", "IKE_AUTH", "IKE_AUTH");
        assertThat(world.a.outbound).isEqualTo(swapped(world.b.inbound));
        assertThat(world.b.outbound).isEqualTo(swapped(world.a.inbound));
        assertThat(world.a.checkpoints).hasSize(1);
        assertThat(world.b.checkpoints).hasSize(1);
    }

    private static java.util.Map<Integer, Node.Half> swapped(java.util.Map<Integer, Node.Half> halves) {
        java.util.Map<Integer, Node.Half> other = new java.util.HashMap<>();
        halves.forEach((spi, h) -> other.put(
                spi,
                new Node.Half(
                        h.key(),
                        h.policy(),
                        new org.sallyport.api.flow.Selectors(
                                h.selectors().remote(), h.selectors().local()))));
        return other;
    }
}
