package org.sallyport.lab.relay;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.sallyport.lab.net.Namespace;
import org.sallyport.lab.process.Command;
import org.sallyport.lab.process.CommandFailedException;
import org.sallyport.lab.process.Wait;

/**
 * The impairment relay of a routing namespace: everything that arrives on either of its two devices passes through it.
 * Without it, or when it dies, nothing passes. Safe for use by many threads.
 */
public final class Relay implements AutoCloseable {
    private static final String DEVICE = "relay0";
    private static final String TABLE = "100";
    private static final String MARK = "100";
    private static final String NFT_TABLE = "relay";
    private static final Duration START = Duration.ofSeconds(20);

    private final Namespace namespace;
    private final List<String> devices;
    private final Process process;
    private final Path log;
    private final BufferedReader answers;
    private final BufferedWriter orders;
    private boolean ikeOnly;

    private Relay(Namespace namespace, List<String> devices, Process process, Path log) {
        this.log = log;
        this.namespace = namespace;
        this.devices = devices;
        this.process = process;
        this.answers = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        this.orders = new BufferedWriter(new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8));
    }

    /**
     * Puts a relay that does nothing yet between two devices of a routing namespace.
     *
     * @param log where its complaints go
     * @param insideDevice the device towards the inside
     * @param outsideDevice the device towards the outside
     * @param insideNetworks the networks that are inside, as prefixes
     * @param natAddress the public address behind which the inside hides, when it does
     */
    public static Relay start(
            Namespace namespace,
            Path log,
            long seed,
            String insideDevice,
            String outsideDevice,
            List<String> insideNetworks,
            Optional<String> natAddress) {
        List<String> line = new ArrayList<>(List.of(
                java(),
                "-XX:+UseSerialGC",
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                RelayProcess.class.getName(),
                DEVICE,
                Long.toString(seed),
                String.join(",", insideNetworks)));
        natAddress.ifPresent(line::add);
        Process process = launch(namespace.inside(line), log);
        Relay relay = new Relay(namespace, List.of(insideDevice, outsideDevice), process, log);
        try {
            relay.expect("ready");
            relay.route(natAddress);
        } catch (RuntimeException failure) {
            relay.close();
            throw failure;
        }
        return relay;
    }

    private static Process launch(List<String> line, Path log) {
        try {
            return new ProcessBuilder(line)
                    .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    private void route(Optional<String> natAddress) {
        for (String key : List.of("all", "default", DEVICE)) {
            namespace.sysctl("net.ipv4.conf." + key + ".rp_filter", "0");
        }
        // A burst waits in the line's own queue, which is counted, not in the device's.
        namespace.ip("link", "set", DEVICE, "txqueuelen", "10000", "up");
        for (String family : List.of("-4", "-6")) {
            namespace.ip(family, "route", "add", "default", "dev", DEVICE, "table", TABLE);
            namespace.ip(family, "route", "add", "unreachable", "default", "metric", "4000000000", "table", TABLE);
        }
        rules("add").forEach(Command::check);
        // Whoever hides behind the translator has no route back of its own, as on the Internet.
        natAddress.ifPresent(address -> namespace.ip("route", "replace", "unreachable", address + "/32"));
    }

    /** What has the packets of both devices take the relay's table. */
    private List<Command> rules(String verb) {
        List<Command> rules = new ArrayList<>();
        for (String family : List.of("-4", "-6")) {
            for (String device : devices) {
                List<String> rule = new ArrayList<>(List.of("ip", family, "rule", verb, "iif", device));
                rule.addAll(ikeOnly ? List.of("fwmark", MARK) : List.of());
                rule.addAll(List.of("lookup", TABLE, "priority", "100"));
                rules.add(namespace.command(rule.toArray(String[]::new)));
            }
        }
        return rules;
    }

    /**
     * Has nothing but IKE pass through the relay from here on: all else goes the kernel's own way, where a burst waits for
     * nobody. Needs {@code nft}.
     */
    public Relay ikeOnly() {
        nft("add table inet " + NFT_TABLE);
        nft("add chain inet " + NFT_TABLE + " ike { type filter hook prerouting priority mangle ; }");
        nft("add rule inet " + NFT_TABLE + " ike udp dport 500 meta mark set " + MARK);
        // On the port of ESP in UDP the non-ESP marker tells IKE apart (RFC 3948 section 2.2).
        nft("add rule inet " + NFT_TABLE + " ike udp dport 4500 @th,64,32 0 meta mark set " + MARK);
        rules("del").forEach(Command::check);
        ikeOnly = true;
        rules("add").forEach(Command::check);
        return this;
    }

    private void nft(String order) {
        namespace.command("nft", order).check();
    }

    /** Changes what is done to packets that leave the inside. */
    public Relay outbound(Impairment impairment) {
        order("outbound " + impairment.text());
        return this;
    }

    /** Changes what is done to packets that enter the inside. */
    public Relay inbound(Impairment impairment) {
        order("inbound " + impairment.text());
        return this;
    }

    /** Changes both directions. */
    public Relay both(Impairment impairment) {
        return outbound(impairment).inbound(impairment);
    }

    /** The translator forgets its ports. */
    public void rebind() {
        order("rebind");
    }

    public LineStatistics outboundStatistics() {
        return statistics("outbound");
    }

    public LineStatistics inboundStatistics() {
        return statistics("inbound");
    }

    private LineStatistics statistics(String direction) {
        try {
            ObjectMapper json = new ObjectMapper();
            JsonNode all = json.readTree(ask("statistics"));
            return json.treeToValue(all.get(direction), LineStatistics.class);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private void order(String line) {
        String answer = ask(line);
        if (!answer.equals("done")) {
            throw new CommandFailedException("the relay answers to \"" + line + "\": " + answer);
        }
    }

    private synchronized String ask(String line) {
        try {
            orders.write(line);
            orders.newLine();
            orders.flush();
            String answer = answers.readLine();
            if (answer == null) {
                throw new CommandFailedException("the relay has ended");
            }
            return answer;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private void expect(String greeting) {
        try {
            Wait.until("the relay", START, () -> answers.ready() || !process.isAlive());
            if (!greeting.equals(answers.readLine())) {
                throw new CommandFailedException("the relay did not start: " + Files.readString(log));
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Takes the relay away; the namespace routes as before. */
    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(5, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException interrupted) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        rules("del").forEach(Command::run);
        for (String family : List.of("-4", "-6")) {
            namespace.command("ip", family, "route", "flush", "table", TABLE).run();
        }
        if (ikeOnly) {
            namespace.command("nft", "delete", "table", "inet", NFT_TABLE).run();
        }
    }
}
