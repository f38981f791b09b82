package org.sallyport.lab.relay;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.sallyport.lab.Requirements;
import org.sallyport.lab.net.Namespace;
import org.sallyport.lab.peer.NumberedTraffic;
import org.sallyport.lab.peer.WebServer;
import org.sallyport.lab.topology.LabNetwork;

/** The relay between real namespaces: what it promises is measured from both sides of it. */
@Timeout(120)
class RelayTest {
    private static final List<String> INSIDE =
            List.of("198.51.100.0/24", "10.1.0.0/16", "fd00:1::/64", "2001:db8:1::/64");
    private static final long SEED = 2026;
    private static LabNetwork network;

    private Path directory;

    @BeforeAll
    static void createNetwork() {
        Requirements.root();
        network = LabNetwork.create("relay");
    }

    @BeforeEach
    void giveDirectory(@TempDir Path given) {
        directory = given;
    }

    @AfterAll
    static void removeNetwork() {
        if (network != null) {
            network.close();
        }
    }

    private Relay relay(Optional<String> nat) {
        return Relay.start(
                network.wan(),
                directory.resolve("relay.log"),
                SEED,
                LabNetwork.WAN_HOST_DEVICE,
                LabNetwork.WAN_GATEWAY_DEVICE,
                INSIDE,
                nat);
    }

    private static NumberedTraffic traffic(Duration interval) {
        return NumberedTraffic.start(
                network.host(), LabNetwork.HOST_OUTER, network.gateway(), LabNetwork.GATEWAY_OUTER, 9000, interval);
    }

    private static void runUntil(NumberedTraffic traffic, long sent) throws InterruptedException {
        while (traffic.sent() < sent) {
            Thread.sleep(5);
        }
    }

    @Test
    void delayIsAccurate() throws Exception {
        try (Relay relay = relay(Optional.empty())) {
            relay.both(Impairment.NONE.withDelay(Duration.ofMillis(20)));
            try (NumberedTraffic traffic = traffic(Duration.ofMillis(2))) {
                runUntil(traffic, 500);
                NumberedTraffic.Report report = traffic.finish(Duration.ofMillis(200));
                assertThat(report.lost()).isEmpty();
                assertThat(report.medianDelayMicros()).isBetween(20_000.0, 21_500.0);
            }
        }
    }

    @Test
    void thePacketsThatAreLostAreThoseTheSeedNames() throws Exception {
        try (Relay relay = relay(Optional.empty())) {
            relay.outbound(Impairment.NONE.withLoss(0.05));
            try (NumberedTraffic traffic = traffic(Duration.ofMillis(1))) {
                runUntil(traffic, 1000);
                NumberedTraffic.Report report = traffic.finish(Duration.ofMillis(200));
                Dice dice = new Dice(SEED);
                List<Long> named = LongStream.range(0, report.sent())
                        .filter(index -> dice.roll(Direction.OUTBOUND, index).loss() < 0.05)
                        .boxed()
                        .toList();
                assertThat(report.lost()).isEqualTo(named).isNotEmpty();
                assertThat(relay.outboundStatistics().lost()).isEqualTo(named.size());
                assertThat(relay.inboundStatistics().lost()).isZero();
            }
        }
    }

    @Test
    void duplicatesAndOvertakingShow() throws Exception {
        try (Relay relay = relay(Optional.empty())) {
            relay.outbound(Impairment.NONE.withDuplication(0.1).withReordering(0.1, Duration.ofMillis(10)));
            try (NumberedTraffic traffic = traffic(Duration.ofMillis(1))) {
                runUntil(traffic, 1000);
                NumberedTraffic.Report report = traffic.finish(Duration.ofMillis(200));
                assertThat(report.lost()).isEmpty();
                assertThat(report.duplicated())
                        .isEqualTo(relay.outboundStatistics().duplicated())
                        .isPositive();
                assertThat(report.reordered())
                        .isPositive()
                        .isLessThanOrEqualTo(relay.outboundStatistics().heldBack());
            }
        }
    }

    @Test
    void bandwidthIsKept() throws Exception {
        try (Relay relay = relay(Optional.empty());
                WebServer server = WebServer.start(network.gateway(), LabNetwork.GATEWAY_OUTER, 8080)) {
            assertThat(server).isNotNull();
            relay.inbound(Impairment.NONE.withBandwidth(40_000_000, 100_000));
            long started = System.nanoTime();
            String size = network.host()
                    .command(
                            "curl",
                            "-s",
                            "-o",
                            "/dev/null",
                            "-w",
                            "%{size_download}",
                            "--max-time",
                            "20",
                            "http://" + LabNetwork.GATEWAY_OUTER + ":8080/large")
                    .check();
            double seconds = (System.nanoTime() - started) / 1e9;
            double rate = Long.parseLong(size) * 8 / seconds;
            assertThat(rate).isBetween(25e6, 40e6);
        }
    }

    @Test
    void nothingPassesWhenTheRelayIsDead() {
        Relay relay = relay(Optional.empty());
        assertThat(ping()).isTrue();
        network.wan().processes().stream()
                .flatMap(pid -> ProcessHandle.of(pid).stream())
                .forEach(process -> {
                    process.destroyForcibly();
                    process.onExit().join();
                });
        assertThat(ping()).isFalse();
        relay.close();
        assertThat(ping()).isTrue();
    }

    private static boolean ping() {
        return network.host()
                .call(() -> InetAddress.ofLiteral(LabNetwork.GATEWAY_OUTER).isReachable(1000));
    }

    @Test
    void theTranslatorHidesTheInsideAndRebinds() throws Exception {
        try (Relay relay = relay(Optional.of("192.0.2.1"));
                DatagramSocket outside = socket(network.gateway(), LabNetwork.GATEWAY_OUTER, 4500);
                DatagramSocket inside = socket(network.host(), LabNetwork.HOST_OUTER, 4500);
                WebServer server = WebServer.start(network.gateway(), LabNetwork.GATEWAY_OUTER, 8081)) {
            assertThat(server).isNotNull();
            InetSocketAddress first = seenAs(inside, outside);
            assertThat(first.getAddress().getHostAddress()).isEqualTo("192.0.2.1");
            assertThat(first.getPort()).isNotEqualTo(4500);
            assertThat(seenAs(inside, outside)).isEqualTo(first);
            assertThat(answered(outside, first, inside)).isTrue();
            assertThat(network.host()
                            .command(
                                    "curl",
                                    "-s",
                                    "-o",
                                    "/dev/null",
                                    "-w",
                                    "%{http_code}",
                                    "--max-time",
                                    "5",
                                    "http://" + LabNetwork.GATEWAY_OUTER + ":8081/")
                            .check())
                    .isEqualTo("200");
            assertThat(ping()).isTrue();

            relay.rebind();
            assertThat(answered(outside, first, inside)).isFalse();
            InetSocketAddress second = seenAs(inside, outside);
            assertThat(second).isNotEqualTo(first);
            assertThat(answered(outside, second, inside)).isTrue();
            assertThat(answered(outside, first, inside)).isFalse();
        }
    }

    @Test
    void theTranslatorLetsNoStrangerIn() throws Exception {
        try (Relay relay = relay(Optional.of("192.0.2.1"));
                DatagramSocket known = socket(network.gateway(), LabNetwork.GATEWAY_OUTER, 4500);
                DatagramSocket stranger = socket(network.gateway(), LabNetwork.GATEWAY_OUTER, 4501);
                DatagramSocket inside = socket(network.host(), LabNetwork.HOST_OUTER, 4500)) {
            assertThat(relay).isNotNull();
            InetSocketAddress mapped = seenAs(inside, known);
            assertThat(answered(stranger, mapped, inside)).isFalse();
            assertThat(answered(known, mapped, inside)).isTrue();
        }
    }

    private static DatagramSocket socket(Namespace namespace, String address, int port) {
        DatagramSocket socket = namespace.call(() -> new DatagramSocket(new InetSocketAddress(address, port)));
        namespace.call(() -> {
            socket.setSoTimeout(500);
            return socket;
        });
        return socket;
    }

    private static InetSocketAddress seenAs(DatagramSocket inside, DatagramSocket outside) throws Exception {
        byte[] hello = "hello".getBytes(StandardCharsets.UTF_8);
        inside.send(new DatagramPacket(
                hello, hello.length, new InetSocketAddress(LabNetwork.GATEWAY_OUTER, outside.getLocalPort())));
        DatagramPacket packet = new DatagramPacket(new byte[100], 100);
        outside.receive(packet);
        assertThat(new String(packet.getData(), 0, packet.getLength(), StandardCharsets.UTF_8))
                .isEqualTo("hello");
        return (InetSocketAddress) packet.getSocketAddress();
    }

    private static boolean answered(DatagramSocket outside, InetSocketAddress to, DatagramSocket inside)
            throws Exception {
        outside.send(new DatagramPacket(new byte[] {1}, 1, to));
        List<Integer> lengths = new ArrayList<>();
        try {
            DatagramPacket packet = new DatagramPacket(new byte[100], 100);
            inside.receive(packet);
            lengths.add(packet.getLength());
        } catch (SocketTimeoutException nothing) {
            return false;
        }
        return lengths.equals(List.of(1));
    }
}
