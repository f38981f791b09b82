package org.sallyport.lab.witness;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.sallyport.lab.Requirements;
import org.sallyport.lab.net.Namespace;
import org.sallyport.lab.topology.LabNetwork;

/** What counts as in clear, and what does not, told by a network without any appliance. */
@Timeout(60)
class ClearTextCounterTest {
    private static final int ESP_IN_UDP = 4500;

    private LabNetwork network;
    private ClearTextCounter counter;

    @BeforeAll
    static void rootOnly() {
        Requirements.root();
    }

    @BeforeEach
    void layOut(@TempDir Path directory) {
        network = LabNetwork.create("count");
        counter = ClearTextCounter.start(
                network.wan(),
                List.of(LabNetwork.WAN_HOST_DEVICE, LabNetwork.WAN_GATEWAY_DEVICE),
                List.of(LabNetwork.HOST_OUTER, LabNetwork.GATEWAY_OUTER),
                LabNetwork.HOST_INNER,
                directory);
    }

    @AfterEach
    void takeAway() {
        network.close();
    }

    @Test
    void ikeAndEspAndWhatTheLinkNeedsAreNotCounted() throws Exception {
        network.host().ip("neigh", "flush", "all");
        send(network.host(), LabNetwork.HOST_OUTER, 500, network.gateway(), LabNetwork.GATEWAY_OUTER, 500, sealed());
        send(
                network.host(),
                LabNetwork.HOST_OUTER,
                ESP_IN_UDP,
                network.gateway(),
                LabNetwork.GATEWAY_OUTER,
                ESP_IN_UDP,
                sealed());
        send(
                network.gateway(),
                LabNetwork.GATEWAY_OUTER,
                ESP_IN_UDP,
                network.host(),
                LabNetwork.HOST_OUTER,
                ESP_IN_UDP,
                sealed());
        assertThat(counter.packets()).isZero();
    }

    @Test
    void aProtectedPacketInClearIsCountedFromEitherSide() throws Exception {
        send(network.host(), LabNetwork.HOST_INNER, 7400, network.server(), LabNetwork.SERVER, 7400, words());
        assertThat(counter.packets()).isEqualTo(1);
        send(network.server(), LabNetwork.SERVER, 7400, network.host(), LabNetwork.HOST_INNER, 7400, words());
        assertThat(counter.packets()).isEqualTo(2);
    }

    @Test
    void anotherPortBetweenTheGatewaysIsCounted() throws Exception {
        send(
                network.host(),
                LabNetwork.HOST_OUTER,
                ESP_IN_UDP,
                network.gateway(),
                LabNetwork.GATEWAY_OUTER,
                7400,
                words());
        assertThat(counter.packets()).isEqualTo(1);
    }

    @Test
    void whatIsWrappedAndNotSealedIsCounted() throws Exception {
        send(
                network.host(),
                LabNetwork.HOST_OUTER,
                ESP_IN_UDP,
                network.gateway(),
                LabNetwork.GATEWAY_OUTER,
                ESP_IN_UDP,
                wrapped(12));
        assertThat(counter.packets()).isEqualTo(1);
        send(
                network.gateway(),
                LabNetwork.GATEWAY_OUTER,
                ESP_IN_UDP,
                network.host(),
                LabNetwork.HOST_OUTER,
                ESP_IN_UDP,
                wrapped(16));
        assertThat(counter.packets()).isEqualTo(2);
    }

    /** ESP as it should look: nothing in it is an inner header. */
    private static byte[] sealed() {
        byte[] octets = new byte[200];
        java.util.Arrays.fill(octets, (byte) 0xa5);
        return octets;
    }

    private static byte[] words() {
        return "in clear for all to read".getBytes(StandardCharsets.UTF_8);
    }

    /** SPI, sequence number and IV, and then an IPv4 header in clear, with our address at an offset. */
    private static byte[] wrapped(int addressAt) {
        byte[] octets = sealed();
        int inner = 16;
        octets[inner] = 0x45;
        ByteBuffer.wrap(octets)
                .put(
                        inner + addressAt,
                        InetAddress.ofLiteral(LabNetwork.HOST_INNER).getAddress());
        return octets;
    }

    /** Somebody listens there: the answer that nobody does would be counted as well, and rightly. */
    private void send(Namespace from, String local, int localPort, Namespace to, String remote, int port, byte[] octets)
            throws Exception {
        try (DatagramSocket receiver = socket(to, remote, port);
                DatagramSocket sender = socket(from, local, localPort)) {
            InetSocketAddress destination = new InetSocketAddress(InetAddress.ofLiteral(remote), port);
            sender.send(new DatagramPacket(octets, octets.length, destination));
            receiver.setSoTimeout(5000);
            receiver.receive(new DatagramPacket(new byte[octets.length], octets.length));
        }
    }

    private static DatagramSocket socket(Namespace namespace, String address, int port) {
        return namespace.call(() -> new DatagramSocket(new InetSocketAddress(InetAddress.ofLiteral(address), port)));
    }
}
