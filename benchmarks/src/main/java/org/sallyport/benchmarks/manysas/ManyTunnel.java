package org.sallyport.benchmarks.manysas;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.sallyport.benchmarks.ProcessCpu;
import org.sallyport.lab.appliance.Appliance;
import org.sallyport.lab.appliance.Distribution;
import org.sallyport.lab.appliance.Site;
import org.sallyport.lab.process.CommandFailedException;
import org.sallyport.lab.session.Lab;
import org.sallyport.lab.session.PeerKind;
import org.sallyport.lab.session.Progress;
import org.sallyport.lab.topology.LabNetwork;
import org.sallyport.lab.witness.ClearTextCounter;

/**
 * Two whole appliances, with Child SAs for each address of one network and one Child SA for all of another. Since one IKE
 * SA has a bound on its Child SAs, every 1,024 addresses have a connection of their own, between the same two outer
 * addresses. Used by one thread.
 */
final class ManyTunnel implements AutoCloseable {
    /** Addresses of one connection. */
    static final int PER_CONNECTION = 1024;

    private static final String PROPOSAL = "aes128gcm16-esn-noesn";
    private static final String MANY = "10.64.0.0/16";
    private static final String FIRST_OF_MANY = "10.64.0.0";
    private static final String ONE = "10.65.0.0/16";
    private static final String FIRST_OF_ONE = "10.65.0.0";
    private static final String CHURNED = "10.66.0.0/16";
    private static final String FIRST_OF_CHURNED = "10.66.0.0";
    private static final Pattern WORKERS = Pattern.compile("sallyport-(in|out)-[0-9]*");
    private static final Duration LISTING = Duration.ofMinutes(2);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Lab lab;
    private final Spread spread;
    private final ClearTextCounter witness;
    private final int sas;

    private ManyTunnel(Lab lab, int sas) {
        this.lab = lab;
        this.sas = sas;
        this.witness = lab.kept(ClearTextCounter.start(
                lab.network().wan(),
                List.of(LabNetwork.WAN_HOST_DEVICE, LabNetwork.WAN_GATEWAY_DEVICE),
                List.of(LabNetwork.HOST_OUTER, LabNetwork.GATEWAY_OUTER),
                LabNetwork.HOST_INNER,
                lab.directory()));
        this.spread = lab.kept(Spread.open(lab.network(), lab.directory()));
    }

    /**
     * Starts both and waits until they are ready; no SA stands yet.
     *
     * @param sas how many addresses get an SA of their own
     */
    static ManyTunnel open(int sas, Progress progress) {
        Lab.Plan plan = Lab.Plan.standard("many", PeerKind.SALLYPORT);
        plan = plan.withHost(site(plan.host(), sas, true)).withGateway(site(plan.gateway(), sas, false));
        Lab lab = Lab.open(plan, Distribution.find(), progress);
        try {
            // They would look at every packet, and take what is measured.
            lab.stopOuterWitness();
            lab.stopInnerWitness();
            lab.network().offload();
            route(lab.network());
            return new ManyTunnel(lab, sas);
        } catch (RuntimeException failure) {
            lab.close();
            throw failure;
        }
    }

    /** Every address is the server's; what left in clear would arrive. */
    private static void route(LabNetwork network) {
        for (String net : List.of(MANY, ONE, CHURNED)) {
            network.server().ip("route", "add", "local", net, "dev", "lo");
            network.gateway().ip("route", "add", net, "via", LabNetwork.SERVER);
            network.wan().ip("route", "add", net, "via", LabNetwork.GATEWAY_OUTER);
        }
    }

    private static Site site(Site standard, int sas, boolean host) {
        Site site = standard;
        for (int i = 0; i * PER_CONNECTION < sas; i++) {
            String peer = "many" + i;
            site = site.withFile("org.sallyport.peer-" + peer + ".cfg", peer(i, host))
                    .withFile(
                            "org.sallyport.policy-" + peer + ".cfg",
                            policy(20 + i, peer, block(i), host, "pfp = remote-address\n"));
        }
        return site.withFile("org.sallyport.policy-one.cfg", policy(10, Site.PEER, ONE, host, ""))
                .withFile("org.sallyport.policy-churn.cfg", policy(11, Site.PEER, CHURNED, host, ""));
    }

    /** The addresses of one connection: a prefix of 22 bits. */
    private static String block(int number) {
        int first = number * PER_CONNECTION;
        return "10.64.%d.0/22".formatted(first >> 8);
    }

    private static String peer(int number, boolean host) {
        String own = (host ? "host" : "gw") + number + ".lab";
        String other = (host ? "gw" : "host") + number + ".lab";
        return """
                schema-version = 1
                local-address = %s
                remote-address = %s
                local-identity = %s
                remote-identity = %s
                auth = psk
                secret-file = secrets/%s.psk
                ike-proposals = aes256gcm16-prfsha256-x25519
                dpd-interval = 0s
                """.formatted(
                        host ? LabNetwork.HOST_OUTER : LabNetwork.GATEWAY_OUTER,
                        host ? LabNetwork.GATEWAY_OUTER : LabNetwork.HOST_OUTER,
                        own,
                        other,
                        Site.PEER);
    }

    private static String policy(int order, String peer, String network, boolean host, String further) {
        return """
                schema-version = 1
                order = %d
                action = protect
                peer = %s
                proposals = %s
                linger = lifetime
                local = %s
                remote = %s
                %s""".formatted(
                        order,
                        peer,
                        PROPOSAL,
                        host ? LabNetwork.HOST_INNER : network,
                        host ? network : LabNetwork.HOST_INNER,
                        host ? further : "");
    }

    /** Returns the addresses that have an SA each. */
    Spread.Addresses many() {
        return new Spread.Addresses(FIRST_OF_MANY, sas);
    }

    /** Returns as many that share one. */
    Spread.Addresses one() {
        return new Spread.Addresses(FIRST_OF_ONE, sas);
    }

    /** Returns one of those that share one. */
    Spread.Addresses oneFlow() {
        return new Spread.Addresses(FIRST_OF_ONE, 1);
    }

    /** Has every SA negotiated that is missing; answers how many seconds that took. */
    double negotiate() {
        spread.once(oneFlow());
        long began = System.nanoTime();
        for (int tries = 0; tries < 5; tries++) {
            if (spread.once(many()).lost() == 0) {
                return (System.nanoTime() - began) / 1e9;
            }
        }
        throw new CommandFailedException("not every address came to have an SA: " + carrying() + " of " + sas);
    }

    /** Sends, and answers what came of it. */
    Carried carry(Spread.Addresses to, Traffic traffic, int seconds) {
        double before = cpu();
        double workersBefore = workersCpu();
        Spread.Sent sent = spread.send(to, traffic, seconds);
        return Carried.of(sent, cpu() - before, workersCpu() - workersBefore);
    }

    private double cpu() {
        return appliances().stream()
                .mapToDouble(each -> ProcessCpu.seconds(each.pid()))
                .sum();
    }

    private double workersCpu() {
        return appliances().stream()
                .mapToDouble(each -> ProcessCpu.secondsOfThreads(each.pid(), WORKERS))
                .sum();
    }

    List<Appliance> appliances() {
        return List.of(lab.host(), lab.gateway());
    }

    /** Returns how many SAs of their own have carried packets to the gateway, as the gateway's window has seen them. */
    int carrying() {
        Set<String> carrying = new HashSet<>();
        String listed = lab.gateway()
                .shellCommand("sallyport:sa-list", "--json")
                .within(LISTING)
                .check();
        try {
            for (JsonNode row : JSON.readTree(listed)) {
                if (row.path("policy").asText().startsWith("many")
                        && row.path("received_packets").asLong() > 1) {
                    carrying.add(row.path("selectors").asText());
                }
            }
            return carrying.size();
        } catch (JsonProcessingException e) {
            throw new CommandFailedException("sa-list said no JSON: " + listed);
        }
    }

    /** Makes ready what disturbs both appliances' SA tables so many times a second. */
    List<ChurnBundle> churn(int aSecond) {
        return List.of(
                ChurnBundle.install(lab.host(), folder("churn-host"), churnSettings(aSecond, true)),
                ChurnBundle.install(lab.gateway(), folder("churn-gw"), churnSettings(aSecond, false)));
    }

    private Path folder(String name) {
        try {
            return Files.createDirectories(lab.directory().resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Map<String, String> churnSettings(int aSecond, boolean host) {
        return Map.of(
                "rate",
                Integer.toString(aSecond),
                "connection",
                Site.PEER,
                "policy",
                "churn",
                "identity",
                host ? "gw.lab" : "host.lab",
                "local",
                host ? LabNetwork.HOST_OUTER : LabNetwork.GATEWAY_OUTER,
                "remote",
                host ? LabNetwork.GATEWAY_OUTER : LabNetwork.HOST_OUTER,
                "inner",
                LabNetwork.HOST_INNER,
                "first",
                FIRST_OF_CHURNED,
                "host",
                Boolean.toString(host));
    }

    /** Returns how many packets crossed the outer wire in clear until now. */
    long inClear() {
        return witness.packets();
    }

    @Override
    public void close() {
        lab.close();
    }
}
