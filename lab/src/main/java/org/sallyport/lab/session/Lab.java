package org.sallyport.lab.session;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.sallyport.lab.appliance.Appliance;
import org.sallyport.lab.appliance.Distribution;
import org.sallyport.lab.appliance.Site;
import org.sallyport.lab.net.Namespace;
import org.sallyport.lab.peer.KernelPeer;
import org.sallyport.lab.peer.StrongSwan;
import org.sallyport.lab.peer.StrongSwanSettings;
import org.sallyport.lab.peer.WebServer;
import org.sallyport.lab.process.Command;
import org.sallyport.lab.relay.Relay;
import org.sallyport.lab.topology.LabNetwork;
import org.sallyport.lab.topology.RunDirectory;
import org.sallyport.lab.witness.Witness;

/**
 * A standing lab: the network, an appliance on the host, a second gateway of either kind, a web server behind each, and
 * witnesses on the outer wire and at the inner device. Closing removes all of it, in whatever state it is.
 */
public final class Lab implements AutoCloseable {
    /** The inner device of an appliance. */
    public static final String INNER_DEVICE = "sallyport0";
    /** Where the web servers listen. */
    public static final int HTTP_PORT = 8080;

    private static final Duration READY = Duration.ofSeconds(60);
    private static final String SECRET = "lab secret, known to both gates";
    private static final List<String> INSIDE =
            List.of("198.51.100.0/24", "10.1.0.0/16", "fd00:1::/64", "2001:db8:1::/64");

    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private final Distribution distribution;
    private final Progress progress;
    private final RunDirectory directory;
    private final LabNetwork network;
    private final Appliance host;
    private final Optional<Appliance> gateway;
    private final Optional<StrongSwan> strongSwan;
    private final Optional<KernelPeer> kernelPeer;
    private final Witness outer;
    private final Witness inner;
    private final Duration readyAfter;

    /**
     * What a lab is made of.
     *
     * @param label tells several labs of one process apart
     * @param peer who stands on the far side
     * @param host what the host's appliance is told
     * @param gateway what the gateway is told when it is an appliance
     * @param strongSwan what it is told when it is strongSwan
     * @param javaOptions further options for the appliances' Java, for tests that look inside
     */
    public record Plan(
            String label, PeerKind peer, Site host, Site gateway, StrongSwanSettings strongSwan, String javaOptions) {
        /** The lab as {@code ./sallyport lab} has it. */
        public static Plan standard(String label, PeerKind peer) {
            return new Plan(
                    label, peer, Site.host(SECRET), Site.gateway(SECRET), StrongSwanSettings.gateway(SECRET), "");
        }

        public Plan withHost(Site value) {
            return new Plan(label, peer, value, gateway, strongSwan, javaOptions);
        }

        public Plan withGateway(Site value) {
            return new Plan(label, peer, host, value, strongSwan, javaOptions);
        }

        public Plan withStrongSwan(StrongSwanSettings value) {
            return new Plan(label, peer, host, gateway, value, javaOptions);
        }

        public Plan withJavaOptions(String value) {
            return new Plan(label, peer, host, gateway, strongSwan, value);
        }
    }

    private Lab(Plan plan, Distribution distribution, Progress progress) {
        this.distribution = distribution;
        this.progress = progress;
        try {
            directory = kept(RunDirectory.create(plan.label().isEmpty() ? "lab" : plan.label()));
            progress.say("laying out the network");
            network = kept(LabNetwork.create(plan.label()));
            outer = kept(Witness.start(network.wan(), LabNetwork.WAN_HOST_DEVICE, directory.path(), ""));
            kept(WebServer.start(network.server(), LabNetwork.SERVER, HTTP_PORT));
            kept(WebServer.start(network.server(), LabNetwork.SERVER_V6, HTTP_PORT));
            kept(WebServer.start(network.host(), LabNetwork.HOST_INNER, HTTP_PORT));
            host = appliance(network.host(), "host", plan.host(), plan.javaOptions());
            gateway = plan.peer() == PeerKind.SALLYPORT
                    ? Optional.of(appliance(network.gateway(), "gw", plan.gateway(), plan.javaOptions()))
                    : Optional.empty();
            strongSwan = plan.peer() == PeerKind.STRONGSWAN ? Optional.of(swan(plan)) : Optional.empty();
            kernelPeer = plan.peer() == PeerKind.KERNEL ? Optional.of(machine(plan)) : Optional.empty();
            readyAfter = host.awaitReady(READY);
            progress.say(
                    "the host's appliance is ready, %.1f s after its start".formatted(readyAfter.toMillis() / 1e3));
            gateway.ifPresent(appliance -> appliance.awaitReady(READY));
            inner = kept(Witness.start(network.host(), INNER_DEVICE, directory.path(), ""));
        } catch (RuntimeException failure) {
            try {
                closeParts();
            } catch (RuntimeException further) {
                failure.addSuppressed(further);
            }
            throw failure;
        }
    }

    /** Starts everything and waits until it is ready. */
    public static Lab open(Plan plan, Distribution distribution, Progress progress) {
        return new Lab(plan, distribution, progress);
    }

    private Appliance appliance(Namespace namespace, String name, Site site, String javaOptions) {
        progress.say("starting the appliance in " + namespace);
        Path base = directory.path().resolve(name);
        Appliance appliance = kept(Appliance.create(namespace, distribution, base, site.files(base)));
        appliance.useJavaOptions(javaOptions);
        appliance.applyGuard();
        appliance.start();
        return appliance;
    }

    private StrongSwan swan(Plan plan) {
        progress.say("starting strongSwan in " + network.gateway());
        // It guards nothing by itself: what its table does not take would go on in clear, and would not be our fault.
        network.gateway().ip("route", "add", "unreachable", LabNetwork.HOST_INNER + "/32");
        network.gateway().ip("-6", "route", "add", "unreachable", LabNetwork.HOST_INNER_V6 + "/128");
        return kept(StrongSwan.start(network.gateway(), directory.directory("strongswan"), plan.strongSwan()));
    }

    private KernelPeer machine(Plan plan) {
        progress.say("booting a machine with strongSwan in the place of " + network.gateway());
        KernelPeer.Position position = new KernelPeer.Position(
                network.wan(),
                LabNetwork.WAN_GATEWAY_DEVICE,
                List.of(
                        new KernelPeer.Link(LabNetwork.WAN_GATEWAY_SIDE + "/24", LabNetwork.GATEWAY_OUTER + "/24"),
                        new KernelPeer.Link(
                                LabNetwork.WAN_GATEWAY_SIDE_V6 + "/64", LabNetwork.GATEWAY_OUTER_V6 + "/64")),
                List.of(LabNetwork.SERVER + "/24", LabNetwork.SERVER_V6 + "/64"));
        Path images = distribution.root().resolve("target/machine");
        KernelPeer peer =
                kept(network.replaceGateway(() -> KernelPeer.start(images, directory.directory("machine"), position)));
        peer.load(plan.strongSwan().swanctl());
        peer.run("mkdir -p /www && echo '%s' >/www/index.html && httpd -p %d -h /www"
                .formatted(WebServer.CANARY, HTTP_PORT));
        return peer;
    }

    /** Adds the branch, with strongSwan, to which the host has a second tunnel. */
    public Namespace addBranch(StrongSwanSettings settings) {
        Namespace branch = network.addBranch();
        branch.ip("route", "add", "unreachable", LabNetwork.HOST_INNER + "/32");
        kept(StrongSwan.start(branch, directory.directory("branch"), settings));
        return branch;
    }

    /** Has the lab close something with it, before everything that was there earlier. */
    public <T extends AutoCloseable> T kept(T part) {
        parts.push(part);
        return part;
    }

    public LabNetwork network() {
        return network;
    }

    public Path directory() {
        return directory.path();
    }

    public Distribution distribution() {
        return distribution;
    }

    /** The appliance where the application is. */
    public Appliance host() {
        return host;
    }

    /** How long the host's appliance took from its start until it was ready. */
    public Duration readyAfter() {
        return readyAfter;
    }

    /** The second gateway when it is an appliance. */
    public Appliance gateway() {
        return gateway.orElseThrow(() -> new IllegalStateException("the second gateway is strongSwan"));
    }

    /** The host's, and that of the second gateway when it is one. */
    public List<Appliance> appliances() {
        return Stream.concat(Stream.of(host), gateway.stream()).toList();
    }

    /** The second gateway when it is strongSwan. */
    public StrongSwan strongSwan() {
        return strongSwan.orElseThrow(() -> new IllegalStateException("the second gateway is an appliance"));
    }

    /** The second gateway when it is strongSwan in an emulated machine. */
    public KernelPeer kernelPeer() {
        return kernelPeer.orElseThrow(() -> new IllegalStateException("the second gateway is no emulated machine"));
    }

    /** The witness on the outer wire, on the host's side of the wide-area network. */
    public Witness outer() {
        return outer;
    }

    /** Ends the capture on the outer wire, before more comes than it could keep up with; what it saw stays readable. */
    public void stopOuterWitness() {
        parts.remove(outer);
        outer.close();
    }

    /** The same for the capture at the inner device. */
    public void stopInnerWitness() {
        parts.remove(inner);
        inner.close();
    }

    /** The witness at the host's inner device. */
    public Witness inner() {
        return inner;
    }

    /** How programs on the host come under the interceptor. */
    public Fetch.Launcher launcher() {
        return new Fetch.Launcher(distribution.launcher(), Site.socket(host.base()));
    }

    /** Fetches the server's page with an unmodified curl under the interceptor. */
    public Fetch fetch() {
        return fetch("http://" + LabNetwork.SERVER + ":" + HTTP_PORT + "/");
    }

    /** Fetches a page with an unmodified curl under the interceptor. */
    public Fetch fetch(String url) {
        return Fetch.run(network.host(), Optional.of(launcher()), url);
    }

    /** Fetches the page of the host from behind the second gateway; nothing intercepts it there. */
    public Fetch fetchFromServer() {
        return Fetch.run(network.server(), Optional.empty(), "http://" + LabNetwork.HOST_INNER + ":" + HTTP_PORT + "/");
    }

    /** Runs a program on the host under the interceptor. */
    public Command underInterceptor(String... program) {
        List<String> line = new ArrayList<>(
                List.of(launcher().program().toString(), launcher().socket().toString()));
        line.addAll(List.of(program));
        return Command.of(network.host().inside(line));
    }

    /** Puts the relay into the wide-area network. */
    public Relay relay(long seed, Optional<String> natAddress) {
        return kept(Relay.start(
                network.wan(),
                directory.path().resolve("relay.log"),
                seed,
                LabNetwork.WAN_HOST_DEVICE,
                LabNetwork.WAN_GATEWAY_DEVICE,
                INSIDE,
                natAddress));
    }

    @Override
    public void close() {
        closeParts();
    }

    private void closeParts() {
        RuntimeException first = null;
        while (!parts.isEmpty()) {
            try {
                parts.pop().close();
            } catch (Exception failure) {
                first = first == null
                        ? new IllegalStateException("cleaning up: " + failure.getMessage(), failure)
                        : first;
            }
        }
        if (first != null) {
            throw first;
        }
    }
}
