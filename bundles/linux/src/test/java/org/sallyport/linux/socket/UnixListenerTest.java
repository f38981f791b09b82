package org.sallyport.linux.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
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
    void descriptorsComeWithWhatIsRead() throws Exception {
        Path path = folder.resolve("socket");
        Path file = Files.writeString(folder.resolve("file"), "content");
        try (UnixListener listener = UnixListener.listen(path, "rw-------")) {
            sendDescriptors(path, "[os.open('" + file + "', 0)]");
            try (UnixConnection server = listener.accept().orElseThrow();
                    ReceivedMessage message = server.receive(64, 1)) {
                assertThat(StandardCharsets.UTF_8.decode(message.bytes()).toString())
                        .isEqualTo("state");
                assertThat(message.descriptors())
                        .singleElement()
                        .satisfies(descriptor -> assertThat(descriptor.target()).isEqualTo(file.toString()));
            }
        }
    }

    @Test
    void moreDescriptorsThanAllowedAreRefusedAndClosed() throws Exception {
        Path path = folder.resolve("socket");
        Path file = Files.writeString(folder.resolve("file"), "content");
        try (UnixListener listener = UnixListener.listen(path, "rw-------")) {
            sendDescriptors(path, "[os.open('" + file + "', 0) for _ in range(3)]");
            try (UnixConnection server = listener.accept().orElseThrow()) {
                assertThatThrownBy(() -> server.receive(64, 1)).hasMessageContaining("more than 1 descriptors");
            }
        }
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            assertThat(open.filter(descriptor -> refersTo(descriptor, file))).isEmpty();
        }
    }

    private static boolean refersTo(Path descriptor, Path file) {
        try {
            return Files.readSymbolicLink(descriptor).equals(file);
        } catch (IOException closedMeanwhile) {
            return false;
        }
    }

    private static void sendDescriptors(Path path, String descriptors) throws Exception {
        String script = "import os, socket\ns = socket.socket(socket.AF_UNIX)\ns.connect('" + path + "')\n"
                + "socket.send_fds(s, [b'state'], " + descriptors + ")\n";
        Process sender = new ProcessBuilder("python3", "-c", script).inheritIO().start();
        assertThat(sender.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(sender.exitValue()).isZero();
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
