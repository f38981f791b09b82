package org.sallyport.linux.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.sallyport.linux.LinuxException;

@Timeout(value = 30, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RouteLookupTest {
    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
    /** To an address of this host the route is from that address. */
    private static final InetAddress OTHER = InetAddress.ofLiteral("::1");

    @Test
    void asksTheRoutingOfThisNamespace() {
        try (RouteLookup routes = new RouteLookup()) {
            assertThat(routes.sourceFor(new InetSocketAddress(LOOPBACK, 80), 0, 0))
                    .isEqualTo(LOOPBACK);
            assertThat(routes.sourceFor(new InetSocketAddress("127.8.8.8", 0), 0, 0))
                    .isEqualTo(LOOPBACK);
        }
    }

    @Test
    void everyAnswerIsForItsOwnDestination() {
        try (RouteLookup routes = new RouteLookup()) {
            assertThat(routes.sourceFor(new InetSocketAddress(LOOPBACK, 80), 0, 0))
                    .isEqualTo(LOOPBACK);
            assertThatThrownBy(() -> routes.sourceFor(new InetSocketAddress("255.255.255.255", 80), 0, 0))
                    .isInstanceOf(LinuxException.class);
            assertThat(routes.sourceFor(new InetSocketAddress(OTHER, 80), 0, 0)).isEqualTo(OTHER);
            assertThat(routes.sourceFor(new InetSocketAddress(LOOPBACK, 80), 0, 0))
                    .isEqualTo(LOOPBACK);
        }
    }

    @Test
    void saysWhereThereIsNoWay() {
        try (RouteLookup routes = new RouteLookup()) {
            assertThatThrownBy(() -> routes.sourceFor(new InetSocketAddress(LOOPBACK, 80), 0, Integer.MAX_VALUE))
                    .isInstanceOf(LinuxException.class);
        }
    }
}
