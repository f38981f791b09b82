package org.sallyport.linux.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.sallyport.linux.ErrnoNames;
import org.sallyport.linux.LinuxException;

@Timeout(value = 30, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class UnixListenerTest {
    private final Path folder;

    UnixListenerTest(@TempDir Path folder) {
        this.folder = folder;
    }

    @Test
    void tellsWhoConnected() {
        Path path = folder.resolve("socket");
        try (UnixListener listener = UnixListener.listen(path, "rw-rw-rw-");
                UnixConnection client = UnixConnection.connect(path);
                UnixConnection server = listener.accept().orElseThrow()) {
            assertThat(server.peer().pid())
                    .isEqualTo((int) ProcessHandle.current().pid());
            client.write("hello".getBytes(StandardCharsets.UTF_8));
            assertThat(new String(server.read(64), StandardCharsets.UTF_8)).isEqualTo("hello");
            server.timeout(Duration.ofMillis(50));
            assertThatThrownBy(() -> server.read(64))
                    .isInstanceOfSatisfying(
                            LinuxException.class, e -> assertThat(e.errno()).isEqualTo(ErrnoNames.EAGAIN));
        }
        assertThat(path).doesNotExist();
    }

    @Test
    void acceptingCanBeStopped() {
        try (UnixListener listener = UnixListener.listen(folder.resolve("socket"), "rw-------")) {
            Thread.ofVirtual().start(listener::stop);

            assertThat(listener.accept()).isEmpty();
        }
    }

    @Test
    void anAbandonedSocketIsReplacedAndALivingOneIsNot() throws Exception {
        Path path = folder.resolve("socket");
        Process dead = new ProcessBuilder(
                        "python3", "-c", "import socket; s=socket.socket(1); s.bind('" + path + "'); s.listen()")
                .start();
        assertThat(dead.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(path).exists();

        try (UnixListener listener = UnixListener.listen(path, "rw-------")) {
            assertThatThrownBy(() -> UnixListener.listen(path, "rw-------")).hasMessageContaining("listens there");
            listener.stop();
        }
    }

    @Test
    void somethingElseOfThatNameStays() throws Exception {
        Path path = Files.writeString(folder.resolve("socket"), "precious");

        assertThatThrownBy(() -> UnixListener.listen(path, "rw-------")).hasMessageContaining("something else");
        assertThat(path).hasContent("precious");
    }
}
