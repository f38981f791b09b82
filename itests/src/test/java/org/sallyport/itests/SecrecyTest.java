package org.sallyport.itests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.sallyport.lab.appliance.Appliance;
import org.sallyport.lab.appliance.EventLog;
import org.sallyport.lab.process.Command;
import org.sallyport.lab.session.Lab;
import org.sallyport.lab.session.PeerKind;
import org.sallyport.lab.witness.KeySearch;

/** What the peer knows the keys to be stands in nothing that the appliance writes, however talkative it is. */
@Timeout(180)
class SecrecyTest {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final List<String> SHOWN = List.of(
            "sallyport:status",
            "sallyport:sa-list",
            "sallyport:ike-list",
            "sallyport:policy-list",
            "sallyport:peer-list",
            "sallyport:connection-list",
            "sallyport:lease-list",
            "sallyport:held-list",
            "sallyport:traffic-list",
            "sallyport:drop-list",
            "sallyport:problem-list",
            "sallyport:capture-list");

    @RegisterExtension
    static final LabWatcher WATCHER = new LabWatcher();

    @AfterEach
    void closeLab() {
        WATCHER.close();
    }

    @Test
    void noKeyIsInALogADumpOrAnAnswer() throws IOException {
        Lab.Plan plan = Lab.Plan.standard("secrecy", PeerKind.STRONGSWAN);
        LabFixture fixture = WATCHER.watch(
                LabFixture.open(plan.withStrongSwan(plan.strongSwan().withKeyLog())));
        Lab lab = fixture.lab();
        Appliance host = lab.host();
        host.shell("log:set", "TRACE", "org.sallyport");

        assertThat(lab.fetch().httpStatus()).isEqualTo(200);
        long now = EventLog.now();
        fixture.hostShell().rekeyChild();
        host.journal().await(now, "child-sa-rekeyed", SOON);
        fixture.hostShell().rekeyIke();
        host.journal().await(now, "ike-sa-rekeyed", SOON);
        assertThat(lab.fetch().httpStatus()).isEqualTo(200);
        Map<Path, byte[]> written = written(host);
        fixture.forgetSas();
        written.putAll(written(host));

        Map<String, byte[]> keys = new HashMap<>(lab.strongSwan().keys());
        assertThat(keys.keySet())
                .as("the peer's own list of keys: of both IKE SAs and all three Child SAs")
                .hasSizeGreaterThan(20)
                .anyMatch(name -> name.contains("SKEYSEED"))
                .anyMatch(name -> name.contains("encryption"));
        keys.put("pre-shared key", plan.host().secret().getBytes(StandardCharsets.UTF_8));
        KeySearch search = KeySearch.of(keys);
        written.forEach((file, octets) ->
                assertThat(search.in(octets)).as(file.toString()).isEmpty());

        byte[] planted = keys.values().iterator().next();
        host.shell("log:log", "leak:" + HexFormat.of().formatHex(planted));
        assertThat(search.in(Files.readAllBytes(host.base().resolve("data/log/sallyport.log"))))
                .as("the search finds what is there")
                .isNotEmpty();
    }

    /** What the appliance wrote and shows: logs, caches, configuration, thread dumps and answers; not the secrets' files. */
    private static Map<Path, byte[]> written(Appliance host) throws IOException {
        Map<Path, byte[]> written = new HashMap<>();
        try (Stream<Path> files = Files.walk(host.base())) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path name = host.base().relativize(file);
                if (!name.startsWith("etc/secrets") && !name.toString().endsWith(".jar")) {
                    written.put(name, Files.readAllBytes(file));
                }
            }
        }
        for (String command : SHOWN) {
            written.put(Path.of(command), host.shell(command, "--json").getBytes(StandardCharsets.UTF_8));
        }
        written.put(Path.of("config-list"), host.shell("config:list").getBytes(StandardCharsets.UTF_8));
        written.put(Path.of("threads"), threads(host).getBytes(StandardCharsets.UTF_8));
        return written;
    }

    private static String threads(Appliance host) {
        String jcmd = ProcessHandle.current()
                .info()
                .command()
                .map(java -> java.replaceAll("java$", "jcmd"))
                .orElse("jcmd");
        Command.Result dump = Command.of(jcmd, Long.toString(host.pid()), "Thread.print")
                .within(SOON)
                .run();
        return dump.output() + dump.errors();
    }
}
