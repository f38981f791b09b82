package org.sallyport.capture.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.sallyport.api.sa.IpsecProtocol;
import org.sallyport.api.sa.SpiKey;

/** Counts on the loopback beside tcpdump. */
@Timeout(60)
class LiveCaptureTest {
    private static final int PACKETS = 500;
    private static final Duration TCPDUMP_LAGS = Duration.ofSeconds(1);
    private static final int SPI = 0x5a11901d;

    @Test
    void countsWhatTcpdumpCounts() throws Exception {
        assumeThat(isRoot()).as("capturing needs root").isTrue();
        LiveCapture capture = new LiveCapture("lo", "sallyport0", true);
        Process tcpdump = new ProcessBuilder(
                        "tcpdump",
                        "-i",
                        "lo",
                        "-n",
                        "-l",
                        "--immediate-mode",
                        "udp dst port 4500 and udp[8:4] = " + SPI)
                .redirectErrorStream(true)
                .start();
        try (BufferedReader lines = tcpdump.inputReader()) {
            waitForStart(lines);
            waitUntil(() -> capture.counters().running());
            send();
            waitUntil(() -> capture.counters().esp().getOrDefault(new SpiKey(IpsecProtocol.ESP, SPI), 0L) >= PACKETS);
            Thread.sleep(TCPDUMP_LAGS);
            tcpdump.toHandle().destroy();
            assertThat(capture.counters().esp().get(new SpiKey(IpsecProtocol.ESP, SPI)))
                    .isEqualTo(counted(lines))
                    .isEqualTo(PACKETS);
            assertThat(capture.counters().kernelDropped()).isZero();
        } finally {
            tcpdump.destroyForcibly();
            capture.stop();
        }
    }

    @Test
    void copiesNothingButSynsWhereProtectedFlowsAreInClearByRight() throws Exception {
        assumeThat(isRoot()).as("capturing needs root").isTrue();
        LiveCapture capture = new LiveCapture("lo", "lo", true);
        try {
            waitUntil(() -> capture.counters().running());
            send();
            InetSocketAddress closed = new InetSocketAddress(InetAddress.getLoopbackAddress(), 9);
            try (SocketChannel channel = SocketChannel.open()) {
                assertThatThrownBy(() -> channel.connect(closed)).isInstanceOf(IOException.class);
            }
            waitUntil(() -> !capture.counters().firstSyns().isEmpty());
            assertThat(capture.counters().firstSyns()).isNotEmpty();
            assertThat(capture.counters().esp()).isEmpty();
        } finally {
            capture.stop();
        }
    }

    @Test
    void copiesNoEspUnlessItIsToBeCounted() throws Exception {
        assumeThat(isRoot()).as("capturing needs root").isTrue();
        LiveCapture capture = new LiveCapture("lo", "sallyport0", false);
        try {
            waitUntil(() -> capture.counters().running());
            send();
            assertThat(capture.counters().espCounted()).isFalse();
            assertThat(capture.counters().esp()).isEmpty();
            capture.restart("udp port 4500");
            waitUntil(() -> capture.counters().running());
            send();
            waitUntil(() -> !capture.counters().esp().isEmpty());
            assertThat(capture.counters().espCounted()).isTrue();
            assertThat(capture.counters().esp()).containsKey(new SpiKey(IpsecProtocol.ESP, SPI));
        } finally {
            capture.stop();
        }
    }

    private static long counted(BufferedReader lines) {
        return lines.lines()
                .filter(l -> l.contains(" UDP") || l.contains("ESP"))
                .count();
    }

    private static void waitForStart(BufferedReader lines) throws IOException {
        Optional<String> line;
        do {
            line = Optional.ofNullable(lines.readLine());
        } while (line.isPresent() && !line.get().contains("listening on"));
        assertThat(line).as("tcpdump started").isPresent();
    }

    private static void send() throws IOException, InterruptedException {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        try (DatagramSocket socket = new DatagramSocket(0, loopback)) {
            for (int i = 1; i <= PACKETS; i++) {
                byte[] esp = Packets.esp(SPI, i, 100);
                socket.send(new DatagramPacket(esp, esp.length, loopback, 4500));
                Thread.sleep(Duration.ofNanos(200_000));
            }
        }
    }

    private interface Condition {
        boolean holds();
    }

    private static void waitUntil(Condition condition) throws InterruptedException {
        Instant end = Instant.now().plusSeconds(15);
        while (!condition.holds() && Instant.now().isBefore(end)) {
            Thread.sleep(20);
        }
    }

    private static boolean isRoot() {
        return "root".equals(System.getProperty("user.name"));
    }
}
