package org.sallyport.benchmarks.throughput;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.sallyport.lab.net.Namespace;
import org.sallyport.lab.process.Background;
import org.sallyport.lab.process.Command;
import org.sallyport.lab.topology.LabNetwork;
import org.sallyport.lab.topology.RunDirectory;

/** Debian's wireguard-go on both sides. */
record WireGuard(RunDirectory directory, LabNetwork network, Background host, Background gateway) implements Tunnel {
    private static final int PORT = 51820;
    private static final String DEVICE = "wg0";
    private static final Duration START = Duration.ofSeconds(20);
    // Its control socket has one place for all namespaces: each side gets a /run of its own.
    private static final String SCRIPT = """
            mount -t tmpfs tmpfs /run && mkdir /run/wireguard || exit 1
            wireguard-go -f wg0 &
            trap 'kill $!' TERM
            until [ -S /run/wireguard/wg0.sock ]; do sleep 0.05; done
            wg setconf wg0 "$1" && echo "ready $!"
            wait
            """;

    static WireGuard open() {
        RunDirectory directory = RunDirectory.create("wireguard");
        LabNetwork network = LabNetwork.create("wireguard");
        String ours = Command.of("wg", "genkey").check().strip();
        String theirs = Command.of("wg", "genkey").check().strip();
        Background gateway = start(
                network.gateway(),
                directory.directory("gateway"),
                configuration(theirs, ours, LabNetwork.HOST_INNER + "/32", LabNetwork.HOST_OUTER));
        Background host = start(
                network.host(),
                directory.directory("host"),
                configuration(ours, theirs, LabNetwork.SERVER_NET, LabNetwork.GATEWAY_OUTER));
        lead(network.gateway(), LabNetwork.HOST_INNER + "/32");
        lead(network.host(), LabNetwork.SERVER_NET, "src", LabNetwork.HOST_INNER);
        return new WireGuard(directory, network, host, gateway);
    }

    private static String configuration(String own, String peer, String inside, String outside) {
        return """
                [Interface]
                PrivateKey = %s
                ListenPort = %d
                [Peer]
                PublicKey = %s
                AllowedIPs = %s
                Endpoint = %s:%d
                """.formatted(own, PORT, publicKey(peer), inside, outside, PORT);
    }

    private static String publicKey(String own) {
        return Command.of("sh", "-c", "echo '" + own + "' | wg pubkey").check().strip();
    }

    private static Background start(Namespace place, Path folder, String configuration) {
        Path file = folder.resolve("wg0.conf");
        try {
            Files.writeString(file, configuration);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        Background started = place.start(
                folder.resolve("wireguard.out"),
                Map.of(),
                "unshare",
                "--mount",
                "--propagation",
                "private",
                "sh",
                "-c",
                SCRIPT,
                "sh",
                file.toString());
        started.awaitOutput("ready ", START);
        return started;
    }

    private static void lead(Namespace place, String network, String... further) {
        place.ip("link", "set", DEVICE, "up");
        String[] line = new String[5 + further.length];
        System.arraycopy(new String[] {"route", "add", network, "dev", DEVICE}, 0, line, 0, 5);
        System.arraycopy(further, 0, line, 5, further.length);
        place.ip(line);
    }

    @Override
    public String name() {
        return Throughput.WIREGUARD;
    }

    @Override
    public List<Long> carriers() {
        return List.of(carrier(host), carrier(gateway));
    }

    private static long carrier(Background side) {
        String output = side.output();
        return Long.parseLong(
                output.substring(output.indexOf("ready ") + "ready ".length()).strip());
    }

    @Override
    public void close() {
        host.close();
        gateway.close();
        network.close();
        directory.close();
    }
}
