package org.sallyport.lab.topology;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.sallyport.lab.Requirements;
import org.sallyport.lab.net.Namespace;
import org.sallyport.lab.peer.StrongSwan;
import org.sallyport.lab.peer.StrongSwanSettings;
import org.sallyport.lab.peer.WebServer;
import org.sallyport.lab.process.Command;
import org.sallyport.lab.witness.CapturedPacket;
import org.sallyport.lab.witness.TcpCounters;
import org.sallyport.lab.witness.Witness;

/** The network, the witnesses and the peer, without any appliance: what they show must be right before they judge one. */
@Timeout(120)
class LabNetworkTest {
    private static final byte[] CANARY = WebServer.CANARY.getBytes(StandardCharsets.UTF_8);
    private static final String URL = "http://" + LabNetwork.SERVER + ":8080/";

    @BeforeAll
    static void rootOnly() {
        Requirements.root();
    }

    @Test
    void clearTextIsSeenOnTheOuterWireWhenNothingProtectsIt(@TempDir Path directory) {
        try (LabNetwork network = LabNetwork.create("clear");
                WebServer server = WebServer.start(network.server(), LabNetwork.SERVER, 8080);
                Witness outer = Witness.start(network.wan(), LabNetwork.WAN_HOST_DEVICE, directory, "")) {
            assertThat(server).isNotNull();
            TcpCounters before = TcpCounters.of(network.host());
            assertThat(curl(network.host(), URL)).isEqualTo("200");
            List<CapturedPacket> seen = outer.settled();
            assertThat(seen.stream().filter(CapturedPacket::isSyn)).hasSize(1);
            assertThat(seen.stream().filter(packet -> packet.contains(CANARY))).isNotEmpty();
            TcpCounters counted = TcpCounters.of(network.host()).since(before);
            assertThat(counted.activeOpens()).isEqualTo(1);
            assertThat(counted.retransmitted()).isZero();
        }
    }

    @Test
    void ipv6ReachesTheServerToo() {
        try (LabNetwork network = LabNetwork.create("six");
                WebServer server = WebServer.start(network.server(), LabNetwork.SERVER_V6, 8080)) {
            assertThat(server).isNotNull();
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
                                    "--interface",
                                    LabNetwork.HOST_INNER_V6,
                                    "http://[" + LabNetwork.SERVER_V6 + "]:8080/")
                            .check())
                    .isEqualTo("200");
        }
    }

    @Test
    void twoStrongSwansProtectThePage(@TempDir Path directory) throws Exception {
        try (LabNetwork network = LabNetwork.create("swans");
                WebServer server = WebServer.start(network.server(), LabNetwork.SERVER, 8080);
                StrongSwan gateway = StrongSwan.start(
                        network.gateway(),
                        Files.createDirectory(directory.resolve("gw")),
                        StrongSwanSettings.gateway("correct horse"));
                StrongSwan host = StrongSwan.start(
                        network.host(),
                        Files.createDirectory(directory.resolve("host")),
                        StrongSwanSettings.host("correct horse"));
                Witness outer = Witness.start(network.wan(), LabNetwork.WAN_HOST_DEVICE, directory, "")) {
            assertThat(server).isNotNull();
            host.initiate();
            assertThat(host.installedChildren()).hasSize(1);
            assertThat(gateway.installedChildren()).hasSize(1);
            assertThat(gateway.ikeSas()).isEqualTo(1);
            assertThat(curl(network.host(), URL)).isEqualTo("200");
            List<CapturedPacket> seen = outer.settled();
            assertThat(seen).noneMatch(packet -> packet.contains(CANARY)).noneMatch(CapturedPacket::isTcp);
            assertThat(seen).anyMatch(packet -> packet.ike().isPresent()).anyMatch(packet -> packet.esp()
                    .isPresent());
            int before = gateway.installedChildren().getFirst().spiIn();
            gateway.rekeyChild();
            gateway.rekeyIke();
            org.sallyport.lab.process.Wait.until(
                    "the new Child SA", Duration.ofSeconds(5), () -> gateway.installedChildren().stream()
                            .anyMatch(child -> child.spiIn() != before));
            host.deleteIke();
            org.sallyport.lab.process.Wait.until("the end of the SA", Duration.ofSeconds(5), () -> gateway.children()
                    .isEmpty());
        }
    }

    private static String curl(Namespace from, String url) {
        return from.command(
                        "curl",
                        "-s",
                        "-o",
                        "/dev/null",
                        "-w",
                        "%{http_code}",
                        "--max-time",
                        "10",
                        "--interface",
                        LabNetwork.HOST_INNER,
                        url)
                .within(Duration.ofSeconds(20))
                .run()
                .output();
    }

    @Test
    void aNamespaceIsGoneWithItsProcesses(@TempDir Path directory) {
        Namespace namespace = Namespace.create(RunDirectory.prefix() + "-gone");
        long pid;
        try (namespace) {
            pid = namespace
                    .start(directory.resolve("sleep.log"), java.util.Map.of(), "sleep", "600")
                    .pid();
            assertThat(namespace.processes()).contains(pid);
        }
        assertThat(Namespace.names()).doesNotContain(namespace.name());
        assertThat(ProcessHandle.of(pid).filter(ProcessHandle::isAlive)).isEmpty();
        assertThat(Command.of("ip", "netns", "exec", namespace.name(), "true")
                        .run()
                        .succeeded())
                .isFalse();
    }
}
