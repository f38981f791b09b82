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

    @Test
    void asksTheRoutingOfThisNamespace() {
        assertThat(RouteLookup.sourceFor(new InetSocketAddress(LOOPBACK, 80), 0, 0))
                .isEqualTo(LOOPBACK);
        assertThat(RouteLookup.sourceFor(new InetSocketAddress("127.8.8.8", 0), 0, 0))
                .isEqualTo(LOOPBACK);
    }

    @Test
    void saysWhereThereIsNoWay() {
        assertThatThrownBy(() -> RouteLookup.sourceFor(new InetSocketAddress(LOOPBACK, 80), 0, Integer.MAX_VALUE))
                .isInstanceOf(LinuxException.class);
    }
}
