package org.sallyport.itests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.sallyport.lab.appliance.Distribution;
import org.sallyport.lab.net.Namespace;
import org.sallyport.lab.peer.WebServer;
import org.sallyport.lab.process.Command;
import org.sallyport.lab.topology.RunDirectory;

/** {@code ./sallyport} as a person uses it on a machine, here in a namespace of its own. */
@Timeout(240)
class CommandsTest {
    private static final int NOT_RUNNING = 3;

    @Test
    void anInstanceStartsRunsAProgramStopsAndIsCleaned() throws IOException {
        LabFixture.assumeRoot();
        try (RunDirectory directory = RunDirectory.create("commands");
                Namespace machine = Namespace.create(RunDirectory.prefix() + "-commands");
                WebServer server = WebServer.start(machine, "127.0.0.1", 8080)) {
            assertThat(server).isNotNull();
            Path base = directory.path().resolve("instance");
            assertThat(sallyport(machine, "status", "--base", base.toString()).status())
                    .isEqualTo(NOT_RUNNING);

            Command.Result start = sallyport(machine, "start", "--base", base.toString());
            assertThat(start.succeeded()).as(start.output() + start.errors()).isTrue();
            assertThat(start.output()).contains("ready").contains("https://localhost:8443/");
            Files.writeString(
                    base.resolve("etc/org.sallyport.interceptor.cfg"), "socket = " + base.resolve("hold.sock") + "\n");

            assertThat(sallyport(machine, "status", "--base", base.toString()).status())
                    .isZero();
            assertThat(sallyport(machine, "shell", "--base", base.toString(), "sallyport:policy-list")
                            .succeeded())
                    .isTrue();
            org.sallyport.lab.process.Wait.until(
                    "the socket to move", Duration.ofSeconds(10), () -> Files.exists(base.resolve("hold.sock")));
            Command.Result run =
                    sallyport(machine, "run", "--base", base.toString(), "--", "curl", "-s", "http://127.0.0.1:8080/");
            assertThat(run.output()).as(run.errors()).contains(WebServer.CANARY);

            assertThat(sallyport(machine, "clean", "--base", base.toString()).errors())
                    .contains("stop first");
            assertThat(sallyport(machine, "stop", "--base", base.toString()).output())
                    .contains("the guard stays");
            assertThat(sallyport(machine, "status", "--base", base.toString()).status())
                    .isEqualTo(NOT_RUNNING);
            assertThat(sallyport(machine, "clean", "--base", base.toString(), "--all")
                            .succeeded())
                    .isTrue();
            assertThat(base).doesNotExist();
            assertThat(machine.command("nft", "list", "ruleset").check()).isBlank();
        }
    }

    private static Command.Result sallyport(Namespace machine, String... arguments) {
        List<String> line = new ArrayList<>(
                List.of(Distribution.find().root().resolve("sallyport").toString()));
        line.addAll(List.of(arguments));
        return Command.of(machine.inside(line))
                .with("SALLYPORT_BUILD", "never")
                .within(Duration.ofMinutes(2))
                .run();
    }
}
