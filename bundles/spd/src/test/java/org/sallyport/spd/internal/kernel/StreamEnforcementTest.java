package org.sallyport.spd.internal.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.sallyport.api.flow.Addresses;
import org.sallyport.linux.tcp.IkeStreamLease;
import org.sallyport.linux.tcp.internal.KernelTcpStreams;
import org.sallyport.spd.Samples;
import org.sallyport.spd.TestNamespace;
import org.sallyport.spd.internal.config.ConfigurationFile;

/** Where policy protects everything: which TCP connections to and from port 4500 the kernel lets pass (RFC 9329). */
@Timeout(60)
class StreamEnforcementTest {
    private static final ConfigurationFile PEER =
            Samples.peer("west", "remote-address = 192.0.2.2", "encapsulation = tcp");
    private static final int PORT = 4500;
    private static final int PATIENCE_MILLIS = 700;

    private GuardedHost guarded;
    private TestNamespace host;
    private TestNamespace far;
    private KernelTcpStreams streams;

    @BeforeEach
    void protectEverything() {
        guarded = new GuardedHost();
        host = guarded.host;
        far = guarded.far;
        guarded.enforce(
                Samples.policy("all", "local = 0.0.0.0/0", "remote = 0.0.0.0/0", "other-family = discard"), PEER);
        // With selectors that cover the link the host answers no ARP requests: what is dropped here, the guard drops.
        String device = host.exec("cat /sys/class/net/v0/address").strip();
        far.ip("neigh replace 192.0.2.1 lladdr " + device + " dev v1 nud permanent");
        streams = host.in(KernelTcpStreams::new);
    }

    @AfterEach
    void close() {
        streams.close();
        guarded.close();
    }

    private IkeStreamLease ike() {
        return streams.leaseIke(streams.nextEpoch(), () -> {});
    }

    private static ServerSocket listener(String address, int port) {
        try {
            ServerSocket made = new ServerSocket(port, 8, InetAddress.getByName(address));
            made.setSoTimeout(PATIENCE_MILLIS);
            return made;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static boolean connects(String local, int localPort, String remote, int port) {
        try (Socket socket = new Socket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(local, localPort));
            socket.connect(new InetSocketAddress(remote, port), PATIENCE_MILLIS);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static boolean accepts(ServerSocket listener) throws IOException {
        try (Socket accepted = listener.accept()) {
            return accepted.isConnected();
        } catch (SocketTimeoutException e) {
            return false;
        }
    }

    @Test
    void ourListenerIsReachedAndNobodyElsesIs() throws Exception {
        assertThat(far.in(() -> connects("192.0.2.2", 0, "192.0.2.1", PORT)))
                .as("nobody listens")
                .isFalse();
        try (ServerSocket program = host.in(() -> listener("192.0.2.1", PORT))) {
            assertThat(far.in(() -> connects("192.0.2.2", 0, "192.0.2.1", PORT)))
                    .as("a program has the port")
                    .isFalse();
            assertThat(program.isBound()).isTrue();
        }
        IkeStreamLease ike = ike();
        host.in(() -> {
            ike.listen(true);
            return true;
        });
        assertThat(far.in(() -> connects("192.0.2.2", 0, "192.0.2.1", PORT))).isTrue();
    }

    @Test
    void weReachAPeerAndNoProgramDoes() throws Exception {
        try (ServerSocket peer = far.in(() -> listener("192.0.2.2", PORT))) {
            assertThat(host.in(() -> connects("192.0.2.1", 0, "192.0.2.2", PORT)))
                    .isFalse();
            IkeStreamLease ike = ike();
            host.in(() ->
                    ike.open(Addresses.parse("192.0.2.1"), new InetSocketAddress(Addresses.parse("192.0.2.2"), PORT)));
            assertThat(accepts(peer)).isTrue();
        }
    }

    @Test
    void thePortOpensNoWayToAnother() throws Exception {
        try (ServerSocket program = host.in(() -> listener("192.0.2.1", 4501))) {
            assertThat(far.in(() -> connects("192.0.2.2", PORT, "192.0.2.1", 4501)))
                    .isFalse();
            assertThat(accepts(program)).isFalse();
        }
    }
}
