package org.sallyport.linux.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.sallyport.linux.LinuxException;
import org.sallyport.linux.process.ProcessInspector;

@Timeout(value = 30, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RouteLookupTest {
    private static final int OWN_PID = (int) ProcessHandle.current().pid();
    private final RouteLookup routes = new RouteLookup();

    @Test
    void asksTheRoutingOfThisNamespace() {
        RouteLookup.Position here = new RouteLookup.Position(OWN_PID, ProcessInspector.ownNetworkNamespace(), 0, 0);

        assertThat(routes.sourceFor(new InetSocketAddress(InetAddress.getLoopbackAddress(), 80), here))
                .isEqualTo(InetAddress.getLoopbackAddress());
        assertThat(routes.sourceFor(new InetSocketAddress("127.8.8.8", 0), here))
                .isEqualTo(InetAddress.getLoopbackAddress());
    }

    @Test
    void entersAnotherNamespaceOnAThreadOfItsOwn() {
        // The own namespace under another number: the way of a foreign one, without privileges beyond setns.
        RouteLookup.Position elsewhere = new RouteLookup.Position(OWN_PID, 1, 0, 0);
        assumeTrue(System.getProperty("user.name").equals("root"), "entering a network namespace needs root");

        assertThat(routes.sourceFor(new InetSocketAddress(InetAddress.getLoopbackAddress(), 80), elsewhere))
                .isEqualTo(InetAddress.getLoopbackAddress());
        assertThatThrownBy(() -> routes.sourceFor(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 80),
                        new RouteLookup.Position(Integer.MAX_VALUE, 1, 0, 0)))
                .isInstanceOf(LinuxException.class);
    }
}
