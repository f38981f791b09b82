package org.sallyport.interceptor.internal.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.sallyport.api.flow.AddressRange;
import org.sallyport.api.flow.Addresses;
import org.sallyport.api.flow.Flow;
import org.sallyport.api.flow.FlowRequest;
import org.sallyport.api.flow.IpProtocol;
import org.sallyport.api.flow.Requester;
import org.sallyport.api.flow.Selectors;
import org.sallyport.api.flow.TrafficSelector;
import org.sallyport.api.sa.ChildSaId;
import org.sallyport.linux.socket.RawAddress;
import org.sallyport.linux.socket.SharedSocket;

@Timeout(value = 30, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SocketWatchTest {
    private final FakeSurroundings.FakeSad sad = new FakeSurroundings().sad();
    private final ChildSaId lineage = sad.establish(
                    "lab",
                    new Selectors(
                            List.of(TrafficSelector.of(AddressRange.ANY_IPV4)),
                            List.of(TrafficSelector.of(AddressRange.ANY_IPV4))))
            .lineage();

    @BeforeEach
    void privileged() {
        assumeTrue(System.getProperty("user.name").equals("root"), "socket events need CAP_NET_ADMIN");
    }

    @Test
    void aLeaseEndsWithItsSocketAndNotBefore() throws Exception {
        SocketWatch watch = new SocketWatch(sad);
        try (SharedSocket staying = leased(SharedSocket.TYPE_STREAM)) {
            SharedSocket going = leased(SharedSocket.TYPE_DATAGRAM);
            assertThat(sad.useCount(lineage)).isEqualTo(2);

            going.close();

            until(1);
            assertThat(sad.sockets()).containsExactly(staying.cookie());
        } finally {
            watch.stop();
        }
    }

    @Test
    void leasesOfSocketsThatClosedUnnoticedEndAtTheStart() throws Exception {
        leased(SharedSocket.TYPE_DATAGRAM).close();
        try (SharedSocket staying = leased(SharedSocket.TYPE_STREAM)) {
            SocketWatch watch = new SocketWatch(sad);
            until(1);
            watch.stop();

            assertThat(sad.sockets()).containsExactly(staying.cookie());
        }
    }

    private SharedSocket leased(int type) {
        SharedSocket socket = SharedSocket.create(RawAddress.FAMILY_INET, type);
        assertThat(socket.bind(new InetSocketAddress(Addresses.parse("127.0.0.1"), 0)))
                .isZero();
        Flow flow = new Flow(0, IpProtocol.UDP, Addresses.parse("127.0.0.1"), 1, Addresses.parse("127.0.0.2"), 2);
        assertThat(sad.lease(lineage, FlowRequest.ofSocket(flow, Requester.UNKNOWN, socket.cookie())))
                .isPresent();
        return socket;
    }

    private void until(int leases) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (sad.sockets().size() > leases && System.nanoTime() < deadline) {
            Thread.sleep(10);
        }
        assertThat(sad.sockets()).hasSize(leases);
    }
}
