package org.sallyport.linux.seccomp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.sallyport.linux.ErrnoNames;
import org.sallyport.linux.LinuxException;
import org.sallyport.linux.internal.SystemCalls;
import org.sallyport.linux.process.Descriptor;
import org.sallyport.linux.process.PidDescriptor;
import org.sallyport.linux.process.ProcessMemory;
import org.sallyport.linux.socket.RawAddress;
import org.sallyport.linux.socket.SharedSocket;

@Timeout(value = 30, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class NotificationListenerTest {
    private static final Architecture HERE = Architecture.current();

    private final Path folder;

    NotificationListenerTest(@TempDir Path folder) {
        this.folder = folder;
    }

    @Test
    void aHeldConnectIsSeenWithItsAddressAndGetsTheErrnoItIsAnsweredWith() throws Exception {
        String script = "s = socket.socket()\nprint(attempt(lambda: s.connect(('127.0.0.9', 4711))))";
        try (SupervisedPython python = SupervisedPython.run(folder, script)) {
            Notification call = python.nextCall();

            assertThat(HERE.socketCall(call.number())).contains(SocketCall.CONNECT);
            assertThat(call.architecture()).isEqualTo(HERE.auditValue());
            assertThat(call.tid()).isEqualTo(python.pid());
            assertThat(addressOf(call).internet()).contains(new InetSocketAddress("127.0.0.9", 4711));
            assertThat(python.listener().isValid(call.id())).isTrue();
            assertThat(python.listener().fail(call.id(), ErrnoNames.ETIMEDOUT)).isTrue();
            assertThat(python.listener().isValid(call.id())).isFalse();
            assertThat(python.line()).isEqualTo("ETIMEDOUT");
        }
    }

    @Test
    void theSupervisorConnectsTheDuplicateWithTheAddressItChecked() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            String script = "s = socket.socket()\nprint(attempt(lambda: s.connect(('127.0.0.1', "
                    + server.getLocalPort() + "))))\nprint(s.getpeername()[1])";
            try (SupervisedPython python = SupervisedPython.run(folder, script)) {
                Notification call = python.nextCall();
                try (PidDescriptor caller = PidDescriptor.ofThread(call.tid());
                        SharedSocket socket = new SharedSocket(caller.duplicate((int) call.first()))) {
                    assertThat(socket.protocol()).isEqualTo(SharedSocket.PROTOCOL_TCP);
                    assertThat(socket.type()).isEqualTo(SharedSocket.TYPE_STREAM);
                    assertThat(socket.domain()).isEqualTo(RawAddress.FAMILY_INET);
                    assertThat(socket.cookie()).isPositive();
                    assertThat(socket.nonBlocking()).isFalse();
                    assertThat(socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)))
                            .isZero();
                    assertThat(socket.localAddress().orElseThrow().getPort()).isPositive();
                    assertThat(socket.startConnect(addressOf(call))).isIn(0, ErrnoNames.EINPROGRESS);
                    assertThat(socket.nonBlocking()).isFalse();
                }
                assertThat(python.listener().proceed(call.id())).isTrue();
                assertThat(python.line()).isEqualTo("ok None");
                assertThat(python.line()).isEqualTo(Integer.toString(server.getLocalPort()));
            }
        }
    }

    @Test
    void datagramsWithAnAddressAreHeldAndThoseWithoutAreNot() throws Exception {
        try (DatagramSocket server = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            String script = """
                    s = socket.socket(type=socket.SOCK_DGRAM)
                    d = ('127.0.0.1', %d)
                    print(attempt(lambda: s.sendto(b'one', d)))
                    print(attempt(lambda: s.connect(d)))
                    print(attempt(lambda: s.send(b'two')))
                    """.formatted(server.getLocalPort());
            try (SupervisedPython python = SupervisedPython.run(folder, script)) {
                Notification sendto = python.nextCall();
                assertThat(HERE.socketCall(sendto.number())).contains(SocketCall.SENDTO);
                python.listener().proceed(sendto.id());
                assertThat(python.line()).isEqualTo("ok 3");
                Notification connect = python.nextCall();
                assertThat(HERE.socketCall(connect.number())).contains(SocketCall.CONNECT);
                python.listener().proceed(connect.id());
                assertThat(python.line()).isEqualTo("ok None");
                assertThat(python.line()).isEqualTo("ok 3");
            }
        }
    }

    @Test
    void ioUringCannotGoRoundTheFilter() throws Exception {
        String script = "print(libc.syscall(425, 4, 0), errno.errorcode[ctypes.get_errno()])";
        try (SupervisedPython python = SupervisedPython.run(folder, script)) {
            assertThat(python.line()).isEqualTo("-1 ENOSYS");
        }
    }

    @Test
    void aKilledCallersCallIsNoLongerValidAndTheListenerEnds() throws Exception {
        try (SupervisedPython python =
                SupervisedPython.run(folder, "s = socket.socket()\ns.connect(('127.0.0.9', 4711))")) {
            Notification call = python.nextCall();
            python.kill();

            assertThat(python.listener().isValid(call.id())).isFalse();
            assertThat(python.listener().fail(call.id(), ErrnoNames.EACCES)).isFalse();
            assertThat(python.listener().receive()).isEqualTo(new NotificationListener.Received.AllEnded());
        }
    }

    @Test
    void receivingCanBeStopped() throws Exception {
        try (SupervisedPython python = SupervisedPython.run(folder, "sys.stdin.readline()")) {
            Thread.ofVirtual().start(python.listener()::stop);

            assertThat(python.listener().receive()).isEqualTo(new NotificationListener.Received.Stopped());
        }
    }

    @Test
    void whatIsNoListenerIsRefused() {
        Descriptor plain = new Descriptor(SystemCalls.eventfd(0, 0));

        assertThatThrownBy(() -> new NotificationListener(plain))
                .isInstanceOf(LinuxException.class)
                .hasMessageContaining("anon_inode:[eventfd]");
        assertThatThrownBy(plain::number).isInstanceOf(IllegalStateException.class);
    }

    private static RawAddress addressOf(Notification call) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(call.third());
            ProcessMemory.read(call.tid(), call.second(), buffer);
            return RawAddress.of(buffer.toArray(ValueLayout.JAVA_BYTE));
        }
    }
}
