package org.sallyport.lab.net;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.sallyport.lab.Requirements;
import org.sallyport.lab.peer.WebServer;
import org.sallyport.lab.process.Command;
import org.sallyport.lab.topology.RunDirectory;

@Timeout(60)
class PortForwardTest {
    @Test
    void aServerInsideIsReachedOnThisMachinesLoopback() {
        Requirements.root();
        try (Namespace namespace = Namespace.create(RunDirectory.prefix() + "-forward");
                WebServer server = WebServer.start(namespace, "127.0.0.1", 8443);
                PortForward forward = PortForward.open(namespace, "127.0.0.1", 8443)) {
            assertThat(server).isNotNull();
            assertThat(Command.of("curl", "-s", "--max-time", "5", "http://127.0.0.1:" + forward.port() + "/")
                            .check())
                    .contains(WebServer.CANARY);
            assertThat(Command.of("curl", "-s", "--max-time", "5", "http://127.0.0.1:" + forward.port() + "/large")
                            .check())
                    .hasSizeGreaterThan(1 << 24);
        }
    }
}
