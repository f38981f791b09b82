package org.sallyport.ike.internal.address;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.sallyport.api.flow.Addresses;
import org.sallyport.api.negotiation.Identity;
import org.sallyport.api.negotiation.PadEntry;
import org.sallyport.api.pool.AddressLease;
import org.sallyport.api.pool.AddressPool;
import org.sallyport.api.pool.AddressRequest;
import org.sallyport.api.pool.AddressUnavailableException;
import org.sallyport.api.pool.HostConfiguration;
import org.sallyport.api.proposal.Proposal;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.reason.ReasonCode;
import org.sallyport.api.sa.ConnectionId;
import org.sallyport.api.sa.IkeSaId;
import org.sallyport.ike.internal.core.Outcome;
import org.sallyport.ike.internal.core.Question;

/** Whatever a pool does, who asked is answered. */
class AddressPoolsTest {
    private static final InetAddress ANY_IP4 = Addresses.parse("0.0.0.0");
    private static final InetAddress ANY_IP6 = Addresses.parse("::");
    private static final ConnectionId PHONES = new ConnectionId("phones");

    private final AddressPools pools = new AddressPools();
    private final List<AddressLease> released = new ArrayList<>();

    private interface Lease {
        HostConfiguration of(AddressRequest request) throws AddressUnavailableException;
    }

    private void pool(String name, Lease lease) {
        pools.bindPool(
                new AddressPool() {
                    @Override
                    public HostConfiguration lease(AddressRequest request) throws AddressUnavailableException {
                        return lease.of(request);
                    }

                    @Override
                    public void release(AddressLease lease) {
                        released.add(lease);
                    }
                },
                Map.of(AddressPool.NAME, name));
    }

    private static HostConfiguration given(String... addresses) {
        List<InetAddress> all =
                java.util.Arrays.stream(addresses).map(Addresses::parse).toList();
        return new HostConfiguration(all, List.of(), List.of(), List.of());
    }

    private Outcome ask(InetAddress... wanted) {
        PadEntry peer = PadEntry.builder(PHONES)
                .localIdentity(Identity.parse("gw.example"))
                .remoteIdentity(Identity.parse("*"))
                .ikeProposals(List.of(Proposal.ike("aes128gcm16-prfsha256-x25519")))
                .pools(List.of("one", "two"))
                .build();
        return pools.answer(new Question.LeaseAddresses(
                new AddressRequest(new IkeSaId(PHONES, 1), peer, Identity.parse("phone.example"), List.of(wanted))));
    }

    private static Reason reason(Outcome outcome) {
        return ((Outcome.Failure) outcome).reason();
    }

    private static List<AddressLease> leases(Outcome outcome) {
        return ((Question.Leased) ((Outcome.Value) outcome).value()).leases();
    }

    @Test
    void eachFamilyComesFromTheFirstPoolThatHasIt() {
        pool("one", r -> given("10.9.0.1"));
        pool("two", r -> {
            assertThat(r.wanted()).containsExactly(ANY_IP6);
            return given("2001:db8::1");
        });
        assertThat(leases(ask(ANY_IP4, ANY_IP6))).extracting(AddressLease::pool).containsExactly("one", "two");
    }

    @Test
    void aFullPoolLeavesItToTheNext() {
        pool("one", r -> {
            throw new AddressUnavailableException(Reason.of(ReasonCode.POOL_EXHAUSTED, "one", 3));
        });
        assertThat(reason(ask(ANY_IP4)).code()).isEqualTo(ReasonCode.POOL_EXHAUSTED);
        pool("two", r -> given("10.9.0.1"));
        assertThat(leases(ask(ANY_IP4))).hasSize(1);
    }

    @Test
    void aFamilyThatNoPoolHasIsSaid() {
        pool("one", r -> HostConfiguration.NONE);
        pool("two", r -> HostConfiguration.NONE);
        assertThat(reason(ask(ANY_IP6)).text()).contains("family", "one, two");
        assertThat(released).as("what they gave is given back").hasSize(2);
    }

    @Test
    void whoThrowsOrAnswersRubbishGivesNothing() {
        pool("two", r -> HostConfiguration.NONE);
        pool("one", r -> {
            throw new IllegalStateException("out of order");
        });
        assertThat(reason(ask(ANY_IP4)).text()).contains("one", "out of order");
        pool("one", r -> {
            throw new NoClassDefFoundError("Gone");
        });
        assertThat(reason(ask(ANY_IP4)).code()).isEqualTo(ReasonCode.INTERNAL_ERROR);
        pool("one", r -> given("10.9.0.1", "10.9.0.2"));
        assertThat(reason(ask(ANY_IP4)).code()).isEqualTo(ReasonCode.INTERNAL_ERROR);
        pool("one", r -> given("2001:db8::1"));
        assertThat(reason(ask(ANY_IP4)).code()).isEqualTo(ReasonCode.INTERNAL_ERROR);
        pool("one", r -> given("0.0.0.0"));
        assertThat(reason(ask(ANY_IP4)).code()).isEqualTo(ReasonCode.INTERNAL_ERROR);
    }

    @Test
    void aPoolThatHangsHasNoMoreThanItsShareOfCalls() throws Exception {
        CountDownLatch inside = new CountDownLatch(AddressPools.MOST_CALLS);
        CountDownLatch go = new CountDownLatch(1);
        pool("one", r -> {
            inside.countDown();
            try {
                go.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return given("10.9.0.1");
        });
        pool("two", r -> HostConfiguration.NONE);
        List<Thread> asking = new ArrayList<>();
        for (int i = 0; i < AddressPools.MOST_CALLS; i++) {
            asking.add(Thread.startVirtualThread(() -> ask(ANY_IP4)));
        }
        assertThat(inside.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(reason(ask(ANY_IP4)).code()).isEqualTo(ReasonCode.LIMIT_REACHED);
        go.countDown();
        for (Thread each : asking) {
            each.join();
        }
        assertThat(leases(ask(ANY_IP4))).hasSize(1);
    }
}
