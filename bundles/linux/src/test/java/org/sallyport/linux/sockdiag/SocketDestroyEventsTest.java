package org.sallyport.linux.sockdiag;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.sallyport.linux.internal.SystemCalls;
import org.sallyport.linux.process.Descriptor;
import org.sallyport.linux.socket.SharedSocket;

@Timeout(value = 30, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SocketDestroyEventsTest {
    @BeforeEach
    void privileged() {
        assumeTrue(System.getProperty("user.name").equals("root"), "sock_diag events need CAP_NET_ADMIN");
    }

    @Test
    void tellsOfEverySocketThatIsGone() {
        try (SocketDestroyEvents events = SocketDestroyEvents.open()) {
            Set<Long> expected = new HashSet<>();
            for (int family : new int[] {2, 10}) {
                for (int type : new int[] {SharedSocket.TYPE_STREAM, SharedSocket.TYPE_DATAGRAM}) {
                    SharedSocket socket = bound(family, type);
                    expected.add(socket.cookie());
                    assertThat(SocketDump.cookies()).contains(socket.cookie());
                    socket.close();
                }
            }
            while (!expected.isEmpty()) {
                switch (events.next()) {
                    case SocketDestroyEvents.Event.Destroyed(List<Long> cookies) -> cookies.forEach(expected::remove);
                    case SocketDestroyEvents.Event.Overrun() -> expected.retainAll(SocketDump.cookies());
                    case SocketDestroyEvents.Event.Stopped() -> throw new AssertionError("nobody stopped it");
                }
            }
        }
    }

    @Test
    void anOverrunIsTold() throws Exception {
        try (SocketDestroyEvents events = SocketDestroyEvents.open()) {
            for (int i = 0; i < 40_000; i++) {
                bound(2, SharedSocket.TYPE_DATAGRAM).close();
            }
            // The kernel tells of destroyed sockets from a queue of its own, which may lag behind.
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(15);
            while (!dropped() && System.nanoTime() < deadline) {
                Thread.sleep(20);
            }
            assertThat(sawOverrun(events)).isTrue();
        }
    }

    /** Whether the kernel could not deliver something of sock_diag's: the ninth column of proc(5)'s net/netlink. */
    private static boolean dropped() throws IOException {
        return Files.readAllLines(Path.of("/proc/net/netlink")).stream()
                .skip(1)
                .map(line -> line.strip().split("\\s+", -1))
                .anyMatch(columns -> columns[1].equals("4") && !columns[8].equals("0"));
    }

    @Test
    void receivingCanBeStopped() {
        try (SocketDestroyEvents events = SocketDestroyEvents.open()) {
            events.stop();

            assertThat(events.next()).isEqualTo(new SocketDestroyEvents.Event.Stopped());
        }
    }

    private static boolean sawOverrun(SocketDestroyEvents events) {
        for (int i = 0; i < 40_000; i++) {
            if (events.next() instanceof SocketDestroyEvents.Event.Overrun) {
                return true;
            }
        }
        return false;
    }

    private static SharedSocket bound(int family, int type) {
        SharedSocket socket = new SharedSocket(new Descriptor(SystemCalls.socket(family, type, 0)));
        assertThat(socket.bind(new InetSocketAddress(family == 2 ? "127.0.0.1" : "::1", 0)))
                .isZero();
        return socket;
    }
}
