package org.sallyport.linux.sockdiag;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(20)
class SocketListTest {
    /** Java's sockets are of IPv6; where that is spoken to by IPv4 the addresses are mapped ones. */
    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1"})
    void bothEndsOfAConnection(String loopback) throws Exception {
        InetAddress address = InetAddress.getByName(loopback);
        try (ServerSocket server = new ServerSocket(0, 5, address);
                Socket client = new Socket(address, server.getLocalPort());
                Socket accepted = server.accept()) {
            List<EstablishedSocket> ours = SocketList.established().stream()
                    .filter(s -> s.localPort() == server.getLocalPort() || s.remotePort() == server.getLocalPort())
                    .toList();
            assertThat(ours)
                    .hasSize(2)
                    .allSatisfy(s -> assertThat(s.local()).isEqualTo(address))
                    .allSatisfy(s -> assertThat(s.remote()).isEqualTo(address))
                    .allSatisfy(s -> assertThat(s.userId()).isEqualTo(ownUserId()))
                    .extracting(EstablishedSocket::localPort)
                    .containsExactlyInAnyOrder(client.getLocalPort(), accepted.getLocalPort());
            assertThat(SocketDump.cookies())
                    .containsAll(ours.stream().map(EstablishedSocket::cookie).toList());
        }
    }

    @Test
    void notWhoOnlyListens() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            assertThat(SocketList.established())
                    .extracting(EstablishedSocket::localPort)
                    .doesNotContain(server.getLocalPort());
        }
    }

    private static int ownUserId() throws Exception {
        return (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    }
}
