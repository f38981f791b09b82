package org.sallyport.itests;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.sallyport.lab.appliance.ApplianceShell;
import org.sallyport.lab.appliance.Distribution;
import org.sallyport.lab.process.Wait;
import org.sallyport.lab.session.ClearText;
import org.sallyport.lab.session.Lab;
import org.sallyport.lab.session.PeerKind;
import org.sallyport.lab.session.Progress;
import org.sallyport.lab.witness.CapturedPacket;

/** One lab for the tests of a class; when a test fails, what the lab wrote is kept below target/evidence. */
final class LabFixture implements AutoCloseable {
    private static final Path EVIDENCE = Path.of("target/evidence");

    private final Lab lab;
    private int looked;

    private LabFixture(Lab lab) {
        this.lab = lab;
    }

    /** Opens a lab; skips when this machine cannot have one. */
    static LabFixture open(Lab.Plan plan) {
        assumeRoot();
        return new LabFixture(Lab.open(plan, Distribution.find(), Progress.silent()));
    }

    /** Opens the standard lab. */
    static LabFixture open(String label, PeerKind peer) {
        return open(Lab.Plan.standard(label, peer));
    }

    static void assumeRoot() {
        Assumptions.assumeTrue("root".equals(System.getProperty("user.name")), "needs root for network namespaces");
        Assumptions.assumeTrue(Files.exists(Path.of("/dev/net/tun")), "needs /dev/net/tun");
    }

    Lab lab() {
        return lab;
    }

    /** The host's shell. */
    ApplianceShell hostShell() {
        return new ApplianceShell(lab.host());
    }

    /** The gateway's shell. */
    ApplianceShell gatewayShell() {
        return new ApplianceShell(lab.gateway());
    }

    /** Ends all SAs that the host has, and those that what closing connections still say to each other starts anew. */
    void forgetSas() {
        ApplianceShell shell = hostShell();
        Wait.until("no SA on the host", Duration.ofSeconds(40), () -> {
            if (!shell.hasNoSas()) {
                shell.deleteIke();
                return Wait.holds(Duration.ofSeconds(5), shell::hasNoSas);
            }
            return true;
        });
    }

    /** Copies a script of these tests to where the lab's programs find it. */
    Path script(String name) throws IOException {
        Path script = lab.directory().resolve(name);
        try (var source = LabFixture.class.getResourceAsStream("/" + name)) {
            Files.write(script, source.readAllBytes());
        }
        return script;
    }

    /** What gave something away on the outer wire since this was asked last. */
    List<CapturedPacket> clearTextSinceLast() {
        List<CapturedPacket> all = lab.outer().settled();
        List<CapturedPacket> fresh = all.subList(Math.min(looked, all.size()), all.size());
        looked = all.size();
        return fresh.stream().filter(ClearText::in).toList();
    }

    /** What the virtual machines of its appliances said that have crashed. */
    List<String> crashes() {
        return lab.appliances().stream()
                .flatMap(appliance -> appliance.crash().stream())
                .toList();
    }

    /** Copies what the lab wrote to a directory of this name. */
    void keepEvidence(String name) {
        Path target = EVIDENCE.resolve(name.replaceAll("[^A-Za-z0-9]+", "-"));
        for (String file : List.of(
                "host/data/log/journal.log",
                "host/data/log/sallyport.log",
                "host/data/log/crash.log",
                "host/karaf.out",
                "gw/data/log/journal.log",
                "gw/data/log/sallyport.log",
                "gw/data/log/crash.log",
                "gw/karaf.out",
                "strongswan/charon.log")) {
            keep(lab.directory().resolve(file), target.resolve(file.replace('/', '-')));
        }
        try (Stream<Path> captures = Files.list(lab.directory())) {
            captures.filter(file -> file.toString().endsWith(".pcap"))
                    .forEach(
                            file -> keep(file, target.resolve(file.getFileName().toString())));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static void keep(Path from, Path to) {
        try {
            if (Files.exists(from)) {
                Files.createDirectories(to.getParent());
                Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING);
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    @Override
    public void close() {
        lab.close();
    }
}
