package org.sallyport.classifier.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.net.InetSocketAddress;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sallyport.api.flow.Addresses;
import org.sallyport.api.sa.Epoch;
import org.sallyport.classifier.internal.path.KernelPathMtu;
import org.sallyport.linux.udp.EspSocket;
import org.sallyport.linux.udp.SendBatch;
import org.sallyport.linux.udp.UdpDestination;
import org.sallyport.linux.udp.internal.KernelUdpPorts;

/** A router says that a packet of ours was too long, and the kernel believes it, since a socket of ours has its ports. */
@Timeout(30)
class LearntMtuTest {
    private final KernelUdpPorts ports = new KernelUdpPorts();
    private Namespace gateway;
    private Namespace router;

    @BeforeEach
    void build() {
        gateway = new Namespace();
        router = new Namespace();
        gateway.ip("link", "add", "wire", "type", "veth", "peer", "name", "wire", "netns", router.name());
        router.ip("link", "add", "far", "type", "veth", "peer", "name", "farther");
        for (Namespace side : new Namespace[] {gateway, router}) {
            String host = side == gateway ? "1" : "2";
            side.ip("addr", "add", "192.0.2." + host + "/24", "dev", "wire");
            side.ip("addr", "add", "2001:db8::" + host + "/64", "dev", "wire", "nodad");
            side.ip("link", "set", "wire", "up");
        }
        router.ip("link", "set", "far", "up");
        router.ip("link", "set", "farther", "up");
        router.execute("sysctl", "-q", "-w", "net.ipv4.ip_forward=1", "net.ipv6.conf.all.forwarding=1");
        router.ip("route", "add", "198.51.100.0/24", "dev", "far", "mtu", "lock", "1300");
        router.ip("route", "add", "2001:db8:9::/64", "dev", "far", "mtu", "lock", "1300");
        gateway.ip("route", "add", "default", "via", "192.0.2.2");
        gateway.ip("-6", "route", "add", "default", "via", "2001:db8::2");
    }

    @AfterEach
    void close() {
        ports.close();
        if (gateway != null) {
            gateway.close();
        }
        if (router != null) {
            router.close();
        }
    }

    @ParameterizedTest
    @CsvSource({"192.0.2.1, 198.51.100.9, 28", "2001:db8::1, 2001:db8:9::9, 48"})
    void whatARouterSaysIsKnownAndHeeded(String ours, String theirs, int headers) throws Exception {
        gateway.inside(() -> {
            InetSocketAddress local = new InetSocketAddress(Addresses.parse(ours), 4500);
            InetSocketAddress remote = new InetSocketAddress(Addresses.parse(theirs), 4500);
            ports.leaseIke(Epoch.FIRST, () -> {});
            EspSocket socket =
                    ports.leaseEsp(Epoch.FIRST, 2, () -> {}).sockets().getLast();
            try (KernelPathMtu kernel = new KernelPathMtu();
                    Arena arena = Arena.ofShared()) {
                assertThat(kernel.mtu(local, remote)).hasValue(1500);
                SendBatch batch = socket.newSendBatch(arena, 1 << 16, true);
                UdpDestination to = socket.destination(local, remote);
                assertThat(send(socket, batch, to, 1301 - headers)).isEqualTo(1);
                while (kernel.mtu(local, remote).equals(OptionalInt.of(1500))) {
                    Thread.sleep(5);
                }
                assertThat(kernel.mtu(local, remote)).hasValue(1300);
                assertThat(send(socket, batch, to, 1300 - headers)).isEqualTo(1);
                assertThat(batch.takeTooLong()).isNull();
                assertThat(send(socket, batch, to, 1301 - headers)).isEqualTo(-90);
                assertThat(batch.takeTooLong()).isEqualTo(remote.getAddress());
            }
            return true;
        });
    }

    private static int send(EspSocket socket, SendBatch batch, UdpDestination to, int octets) {
        batch.reserve(octets);
        batch.commit(octets, to, 0, true);
        return socket.send(batch);
    }
}
