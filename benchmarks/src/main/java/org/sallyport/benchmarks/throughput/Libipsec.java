package org.sallyport.benchmarks.throughput;

import java.time.Duration;
import java.util.List;
import org.sallyport.lab.peer.StrongSwan;
import org.sallyport.lab.peer.StrongSwanSettings;
import org.sallyport.lab.process.Wait;
import org.sallyport.lab.topology.LabNetwork;
import org.sallyport.lab.topology.RunDirectory;

/** strongSwan with its user-space data plane on both sides, as Debian ships it. */
record Libipsec(RunDirectory directory, LabNetwork network, StrongSwan host, StrongSwan gateway) implements Tunnel {
    private static final String SECRET = "known to both charons";
    private static final String IKE = "aes256gcm16-prfsha256-x25519";
    private static final String ESP = "aes128gcm16-noesn";
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    static Libipsec open() {
        RunDirectory directory = RunDirectory.create("libipsec");
        LabNetwork network = LabNetwork.create("libipsec");
        StrongSwan gateway = StrongSwan.start(
                network.gateway(),
                directory.directory("gateway"),
                StrongSwanSettings.gateway(SECRET).withProposals(IKE, ESP));
        StrongSwan host = StrongSwan.start(
                network.host(),
                directory.directory("host"),
                StrongSwanSettings.host(SECRET).withProposals(IKE, ESP));
        host.initiate();
        Wait.until("strongSwan's Child SA", PATIENCE, () -> !host.installedChildren()
                .isEmpty());
        return new Libipsec(directory, network, host, gateway);
    }

    @Override
    public String name() {
        return Throughput.LIBIPSEC;
    }

    @Override
    public List<Long> carriers() {
        return List.of(host.pid(), gateway.pid());
    }

    @Override
    public void close() {
        host.close();
        gateway.close();
        network.close();
        directory.close();
    }
}
