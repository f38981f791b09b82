package org.sallyport.ike.internal.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.sallyport.api.flow.AddressRange;
import org.sallyport.api.flow.Addresses;
import org.sallyport.api.negotiation.NegotiationResult;
import org.sallyport.api.policy.Policy;
import org.sallyport.api.pool.AddressLease;
import org.sallyport.api.pool.AddressPool;
import org.sallyport.api.pool.AddressRequest;
import org.sallyport.api.pool.AddressUnavailableException;
import org.sallyport.api.pool.HostConfiguration;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.reason.ReasonCode;
import org.sallyport.ike.internal.core.state.Phase;

/** Two negotiators, of which one gives the other its address (RFC 7296 section 2.19). */
class AddressHandshakeTest {
    private static final InetAddress ANY_IP4 = Addresses.parse("0.0.0.0");
    private static final InetAddress GIVEN = Addresses.parse("10.9.0.7");

    private final World world = new World(11);
    private final Pool pool = new Pool();

    /** Gives everybody one address. */
    private static final class Pool implements AddressPool {
        private final List<AddressRequest> requests = new ArrayList<>();
        private final List<AddressLease> released = new ArrayList<>();
        private List<AddressLease> standing = List.of();
        private List<InetAddress> gives = List.of(GIVEN);
        private boolean empty;

        @Override
        public HostConfiguration lease(AddressRequest request) throws AddressUnavailableException {
            requests.add(request);
            if (empty) {
                throw new AddressUnavailableException(Reason.of(ReasonCode.POOL_EXHAUSTED, "phones", 1));
            }
            return new HostConfiguration(
                    gives,
                    List.of(Addresses.parse("10.2.0.53")),
                    List.of(AddressRange.parse("10.2.0.0/16")),
                    List.of("corp.example"));
        }

        @Override
        public void release(AddressLease lease) {
            released.add(lease);
        }

        @Override
        public void standing(List<AddressLease> leases) {
            standing = leases;
        }
    }

    @BeforeEach
    void introduce() {
        Node.introduce(world.a, world.b);
        client(List.of(ANY_IP4));
        world.b.peers.peers.clear();
        world.b.peers.peers.add(world.b.peer(world.a).pools(List.of("phones")).build());
        world.b.peers.policies.clear();
        world.b.peers.policies.add(
                world.b.policy("clients", world.a, "10.2.0.0/16", "10.9.0.0/24").build());
        world.b.pools.bindPool(pool, Map.of(AddressPool.NAME, "phones"));
    }

    private void client(List<InetAddress> wanted) {
        world.a.peers.peers.clear();
        world.a.peers.peers.add(world.a.peer(world.b).requestedAddresses(wanted).build());
    }

    private void policy(String local, boolean assigned) {
        Policy.Builder policy = world.a.policy("office", world.b, local, "10.2.0.0/16");
        world.a.peers.policies.clear();
        world.a.peers.policies.add(assigned ? policy.localAssigned(true).build() : policy.build());
    }

    private NegotiationResult negotiate() {
        long negotiation = world.a.negotiate("office", world.now + 5 * 1000 * World.MS, world.now);
        world.run(1000 * World.MS);
        return java.util.Objects.requireNonNull(world.a.results.get(negotiation), "it is still under way");
    }

    private ReasonCode refusal() {
        return ((NegotiationResult.Refused) negotiate()).reason().code();
    }

    private ReasonCode refusalByBob() {
        return world.b.notices.stream()
                .filter(Effect.ChildFailed.class::isInstance)
                .map(n -> ((Effect.ChildFailed) n).reason().code())
                .findFirst()
                .orElseThrow();
    }

    private void established() {
        policy("0.0.0.0/0", true);
        assertThat(negotiate()).isInstanceOf(NegotiationResult.Established.class);
    }

    @Test
    void theClientIsGivenAnAddressAndAChildSaForItAlone() {
        established();
        assertThat(world.a.only().state().children).singleElement().satisfies(c -> assertThat(c.selectors)
                .isEqualTo(Node.selectors("10.9.0.7", "10.2.0.0/16")));
        assertThat(world.b.only().state().children).singleElement().satisfies(c -> assertThat(c.selectors)
                .isEqualTo(Node.selectors("10.2.0.0/16", "10.9.0.7")));
        assertThat(pool.requests).singleElement().satisfies(r -> {
            assertThat(r.wanted()).containsExactly(ANY_IP4);
            assertThat(r.identity()).hasToString("alice.example");
        });
    }

    @Test
    void theClientLearnsOfServersSubnetsAndDomains() {
        established();
        HostConfiguration learnt = new HostConfiguration(
                List.of(GIVEN),
                List.of(Addresses.parse("10.2.0.53")),
                List.of(AddressRange.parse("10.2.0.0/16")),
                List.of("corp.example"));
        assertThat(world.a.assigned)
                .containsOnly(Map.entry(world.a.only().state().id().orElseThrow(), learnt));
        assertThat(world.a.notices).anyMatch(n -> n instanceof Effect.AddressesAssigned a && a.toUs());
        assertThat(world.b.notices).anyMatch(n -> n instanceof Effect.AddressesAssigned a && !a.toUs());
    }

    @Test
    void theAddressIsFreeAgainWhenTheIkeSaEnds() {
        established();
        assertThat(pool.released).isEmpty();
        world.a.feed(
                world.a.only(),
                new Event.DeleteIke(Reason.of(ReasonCode.DELETED_BY_ADMINISTRATOR, "a test")),
                world.now);
        world.run(1000 * World.MS);
        assertThat(pool.released).singleElement().satisfies(l -> assertThat(l.pool())
                .isEqualTo("phones"));
        assertThat(world.a.assigned).isEmpty();
    }

    @Test
    void aHotUpdateKeepsTheAddressOnBothSides() {
        established();
        world.a.restart(world.now);
        world.b.restart(world.now);
        assertThat(pool.released).isEmpty();
        assertThat(world.b.only().state().leases)
                .singleElement()
                .satisfies(l -> assertThat(l.configuration().addresses()).containsExactly(GIVEN));
        assertThat(world.a.only().state().assigned.addresses()).containsExactly(GIVEN);
        world.b.pools.follow(() -> world.b.only().state().leases);
        assertThat(pool.standing).isEqualTo(world.b.only().state().leases);
        world.b.feed(
                world.b.only(),
                new Event.DeleteIke(Reason.of(ReasonCode.DELETED_BY_ADMINISTRATOR, "a test")),
                world.now);
        world.run(1000 * World.MS);
        assertThat(pool.released).hasSize(1);
        assertThat(world.a.assigned).isEmpty();
    }

    @Test
    void aPoolThatComesLaterHearsWhatItGave() {
        established();
        world.b.pools.follow(() -> world.b.only().state().leases);
        world.b.pools.unbindPool(pool);
        pool.standing = List.of();
        world.b.pools.bindPool(pool, Map.of(AddressPool.NAME, "phones"));
        assertThat(pool.standing).hasSize(1);
    }

    @Test
    void anExhaustedPoolCostsTheClientItsChildSa() {
        pool.empty = true;
        policy("0.0.0.0/0", true);
        assertThat(refusal()).isEqualTo(ReasonCode.ADDRESS_NOT_ASSIGNED);
        assertThat(refusalByBob()).isEqualTo(ReasonCode.POOL_EXHAUSTED);
        assertThat(world.a.notices.toString()).contains("INTERNAL_ADDRESS_FAILURE");
        assertThat(world.b.established()).isZero();
    }

    @Test
    void aPoolThatIsNotThereIsNamed() {
        world.b.pools.unbindPool(pool);
        policy("0.0.0.0/0", true);
        assertThat(refusal()).isEqualTo(ReasonCode.ADDRESS_NOT_ASSIGNED);
        assertThat(refusalByBob()).isEqualTo(ReasonCode.CAPABILITY_ABSENT);
    }

    @Test
    void whoDoesNotAskGetsNoChildSa() {
        client(List.of());
        policy("10.9.0.7", false);
        NegotiationResult result = negotiate();
        assertThat(((NegotiationResult.Refused) result).reason().text()).contains("FAILED_CP_REQUIRED");
        assertThat(refusalByBob()).isEqualTo(ReasonCode.ADDRESS_NOT_REQUESTED);
        assertThat(world.b.established()).isEqualTo(1);
        assertThat(world.b.only().state().children).isEmpty();
    }

    @Test
    void nobodyGetsAChildSaForAnAddressThatIsNotItsOwn() {
        policy("10.9.0.8", false);
        NegotiationResult result = negotiate();
        assertThat(((NegotiationResult.Refused) result).reason().text()).contains("TS_UNACCEPTABLE");
        assertThat(world.b.only().state().children).isEmpty();
    }

    @Test
    void anotherFamilyThanWasAskedForIsNotTaken() {
        pool.gives = List.of(Addresses.parse("2001:db8::7"));
        policy("0.0.0.0/0", true);
        assertThat(refusal()).isEqualTo(ReasonCode.ADDRESS_NOT_ASSIGNED);
        assertThat(refusalByBob()).isEqualTo(ReasonCode.INTERNAL_ERROR);
    }

    @Test
    void aGatewayWithoutPoolsAssignsNothing() {
        world.b.peers.peers.clear();
        world.b.peers.peers.add(world.b.peer(world.a).build());
        policy("0.0.0.0/0", true);
        assertThat(refusal()).isEqualTo(ReasonCode.ADDRESS_NOT_ASSIGNED);
        world.run(2000 * World.MS);
        assertThat(world.b.sessions).allMatch(s -> s.state().phase != Phase.ESTABLISHED);
        assertThat(world.a.assigned).isEmpty();
    }

    @Test
    void aFurtherChildSaIsForTheAssignedAddressToo() {
        established();
        world.a.peers.policies.add(world.a
                .policy("printers", world.b, "0.0.0.0/0", "10.2.3.0/24")
                .localAssigned(true)
                .build());
        long negotiation = world.a.negotiate("printers", world.now + 5 * 1000 * World.MS, world.now);
        world.run(1000 * World.MS);
        assertThat(world.a.results.get(negotiation)).isInstanceOf(NegotiationResult.Established.class);
        assertThat(world.a.only().state().children)
                .extracting(c -> c.selectors)
                .containsExactly(Node.selectors("10.9.0.7", "10.2.0.0/16"), Node.selectors("10.9.0.7", "10.2.3.0/24"));
    }
}
