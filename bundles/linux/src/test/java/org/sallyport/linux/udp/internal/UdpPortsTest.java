package org.sallyport.linux.udp.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sallyport.api.flow.Addresses;
import org.sallyport.api.sa.Epoch;
import org.sallyport.linux.LeaseRevokedException;
import org.sallyport.linux.LinuxException;
import org.sallyport.linux.StaleEpochException;
import org.sallyport.linux.internal.TestNamespace;
import org.sallyport.linux.memory.RawMemory;
import org.sallyport.linux.poll.Poller;
import org.sallyport.linux.poll.Wakeup;
import org.sallyport.linux.udp.EspPortLease;
import org.sallyport.linux.udp.EspSocket;
import org.sallyport.linux.udp.IkeDatagram;
import org.sallyport.linux.udp.IkePortLease;
import org.sallyport.linux.udp.ReceiveBatch;
import org.sallyport.linux.udp.SendBatch;
import org.sallyport.linux.udp.UdpDestination;

@Timeout(60)
class UdpPortsTest {
    private static final Duration SOON = Duration.ofSeconds(3);
    private static final Duration NOW = Duration.ZERO;

    private TestNamespace namespace;
    private KernelUdpPorts ports;

    @BeforeEach
    void open() {
        namespace = new TestNamespace();
        ports = new KernelUdpPorts();
    }

    @AfterEach
    void close() {
        ports.close();
        namespace.close();
    }

    @Test
    void ikeOnPort500ArrivesWithTheAddressThatThePeerUsed() throws Exception {
        namespace.inside(() -> {
            IkePortLease ike = ports.leaseIke(Epoch.FIRST, () -> {});
            try (DatagramSocket peer = peerAt("127.0.0.9")) {
                send(peer, "127.0.0.5", 500, message(28, 7));
                IkeDatagram received = ike.receive(SOON).orElseThrow();
                assertThat(received.local()).isEqualTo(at("127.0.0.5", 500));
                assertThat(received.remote()).isEqualTo(peer.getLocalSocketAddress());
                assertThat(received.message()).isEqualTo(message(28, 7));
            }
            return true;
        });
    }

    @Test
    void ikeOnPort4500LosesItsMarkerAndGetsItBack() throws Exception {
        namespace.inside(() -> {
            IkePortLease ike = ports.leaseIke(Epoch.FIRST, () -> {});
            try (DatagramSocket peer = peerAt("127.0.0.1")) {
                send(peer, "127.0.0.1", 4500, withMarker(message(40, 3)));
                IkeDatagram received = ike.receive(SOON).orElseThrow();
                assertThat(received.local().getPort()).isEqualTo(4500);
                assertThat(received.message()).isEqualTo(message(40, 3));

                ike.send(new IkeDatagram(at("127.0.0.77", 4500), received.remote(), message(60, 4)));
                DatagramPacket answer = receive(peer);
                assertThat(answer.getSocketAddress()).isEqualTo(at("127.0.0.77", 4500));
                assertThat(payload(answer)).isEqualTo(withMarker(message(60, 4)));
            }
            return true;
        });
    }

    @Test
    void bothFamiliesGoThroughTheSameSockets() throws Exception {
        namespace.inside(() -> {
            IkePortLease ike = ports.leaseIke(Epoch.FIRST, () -> {});
            try (DatagramSocket peer = peerAt("::1")) {
                send(peer, "::1", 500, message(28, 1));
                IkeDatagram received = ike.receive(SOON).orElseThrow();
                assertThat(received.local()).isEqualTo(at("::1", 500));
                ike.send(new IkeDatagram(received.local(), received.remote(), message(28, 2)));
                assertThat(payload(receive(peer))).isEqualTo(message(28, 2));
            }
            return true;
        });
    }

    @Test
    void keepAlivesAndScrapsAreSwallowed() throws Exception {
        namespace.inside(() -> {
            IkePortLease ike = ports.leaseIke(Epoch.FIRST, () -> {});
            try (DatagramSocket peer = peerAt("127.0.0.1")) {
                send(peer, "127.0.0.1", 4500, new byte[] {(byte) 0xff});
                send(peer, "127.0.0.1", 4500, new byte[0]);
                send(peer, "127.0.0.1", 500, new byte[27]);
                send(peer, "127.0.0.1", 4500, new byte[31]);
                send(peer, "127.0.0.1", 500, message(28, 1));
                assertThat(ike.receive(SOON).orElseThrow().message()).isEqualTo(message(28, 1));
                assertThat(ike.receive(NOW)).isEmpty();

                ike.sendKeepAlive(at("127.0.0.1", 4500), address(peer));
                assertThat(payload(receive(peer))).isEqualTo(new byte[] {(byte) 0xff});
            }
            return true;
        });
    }

    @Test
    void espGoesToTheWorkerOfItsSpi() throws Exception {
        namespace.inside(() -> {
            IkePortLease ike = ports.leaseIke(Epoch.FIRST, () -> {});
            EspPortLease esp = ports.leaseEsp(Epoch.FIRST, 3, () -> {});
            try (DatagramSocket peer = peerAt("127.0.0.1");
                    Arena arena = Arena.ofShared()) {
                for (int spi = 300; spi < 330; spi++) {
                    send(peer, "127.0.0.1", 4500, esp(spi, 100));
                }
                send(peer, "127.0.0.1", 4500, withMarker(message(28, 9)));
                for (int worker = 0; worker < 3; worker++) {
                    EspSocket socket = esp.sockets().get(worker);
                    ReceiveBatch batch = socket.newReceiveBatch(arena, 64);
                    assertThat(socket.receive(batch)).isEqualTo(10);
                    for (int i = 0; i < batch.count(); i++) {
                        assertThat(RawMemory.netInt(batch.address(i)) % 3).isEqualTo(worker);
                        assertThat(batch.length(i)).isEqualTo(100);
                        assertThat(batch.segment(i)).isEqualTo(100);
                        assertThat(batch.remotePort(i)).isEqualTo(peer.getLocalPort());
                        assertThat(batch.remoteLow(i)).isEqualTo(0x0000_ffff_7f00_0001L);
                    }
                    assertThat(socket.receive(batch)).isZero();
                }
                assertThat(ike.receive(SOON).orElseThrow().message()).isEqualTo(message(28, 9));
                assertThat(ike.receive(NOW)).isEmpty();
            }
            return true;
        });
    }

    @Test
    void equalDatagramsLeaveAsOneSegmentedMessageAndArriveSingly() throws Exception {
        namespace.inside(() -> {
            EspPortLease esp = ports.leaseEsp(Epoch.FIRST, 1, () -> {});
            EspSocket socket = esp.sockets().getFirst();
            try (DatagramSocket peer = peerAt("127.0.0.1");
                    Arena arena = Arena.ofShared()) {
                peer.setReceiveBufferSize(1 << 20);
                UdpDestination to = socket.destination(at("127.0.0.3", 4500), address(peer));
                SendBatch batch = socket.newSendBatch(arena, 1 << 20, true);
                int[] lengths = {1000, 1000, 1000, 400, 1000, 1000, 1200, 30};
                for (int i = 0; i < lengths.length; i++) {
                    write(batch.reserve(1500), lengths[i], i);
                    batch.commit(lengths[i], to);
                }
                assertThat(socket.send(batch)).isEqualTo(lengths.length);
                for (int i = 0; i < lengths.length; i++) {
                    DatagramPacket packet = receive(peer);
                    assertThat(packet.getLength()).isEqualTo(lengths[i]);
                    assertThat(packet.getData()[0]).isEqualTo((byte) i);
                    assertThat(packet.getSocketAddress()).isEqualTo(at("127.0.0.3", 4500));
                }
                assertThat(batch.datagrams()).isZero();
                assertThat(batch.refused()).isZero();
            }
            return true;
        });
    }

    @Test
    void whatIsRefusedIsCountedAndTheRestIsSent() throws Exception {
        namespace.inside(() -> {
            EspPortLease esp = ports.leaseEsp(Epoch.FIRST, 1, () -> {});
            EspSocket socket = esp.sockets().getFirst();
            try (DatagramSocket peer = peerAt("127.0.0.1");
                    Arena arena = Arena.ofShared()) {
                InetSocketAddress any = at("0.0.0.0", 4500);
                UdpDestination unreachable = socket.destination(any, at("192.0.2.1", 4500));
                UdpDestination reachable = socket.destination(any, address(peer));
                SendBatch batch = socket.newSendBatch(arena, 1 << 20, true);
                for (int i = 0; i < 3; i++) {
                    write(batch.reserve(100), 100, i);
                    batch.commit(100, unreachable);
                }
                write(batch.reserve(100), 100, 42);
                batch.commit(100, reachable);
                assertThat(socket.send(batch)).isEqualTo(1);
                assertThat(batch.refused()).isEqualTo(3);
                assertThat(batch.lastErrno()).isEqualTo(101);
                assertThat(receive(peer).getData()[0]).isEqualTo((byte) 42);
            }
            return true;
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"192.0.2.1", "fd01::1"})
    void whatIsLongerThanThePathIsRefusedIfItIsToStayWholeAndElseFragmented(String address) throws Exception {
        boolean ipv4 = address.startsWith("192");
        namespace.ip("link", "add", "d0", "type", "veth", "peer", "name", "d1");
        namespace.ip("link", "set", "d0", "up");
        namespace.ip("link", "set", "d1", "up");
        if (ipv4) {
            namespace.ip("addr", "add", address + "/24", "dev", "d0");
        } else {
            namespace.ip("addr", "add", address + "/64", "dev", "d0", "nodad");
        }
        String peer = ipv4 ? "192.0.2.9" : "fd01::9";
        namespace.ip("neigh", "add", peer, "dev", "d0", "lladdr", "02:00:00:00:00:09");
        namespace.ip("route", "add", peer, "dev", "d0", "mtu", "1300");
        namespace.inside(() -> {
            EspSocket socket =
                    ports.leaseEsp(Epoch.FIRST, 1, () -> {}).sockets().getFirst();
            try (Arena arena = Arena.ofShared()) {
                SendBatch batch = socket.newSendBatch(arena, 1 << 20, true);
                UdpDestination to = socket.destination(at(ipv4 ? "0.0.0.0" : "::", 4500), at(peer, 4500));
                int most = ipv4 ? 1272 : 1252;
                int[] lengths = {most, most + 1, most + 1, most};
                boolean[] whole = {true, true, false, true};
                for (int i = 0; i < lengths.length; i++) {
                    write(batch.reserve(1500), lengths[i], i);
                    batch.commit(lengths[i], to, 0, whole[i]);
                }
                assertThat(batch.takeTooLong()).isNull();
                assertThat(socket.send(batch)).isEqualTo(3);
                assertThat(batch.refused()).isEqualTo(1);
                assertThat(batch.takeTooLong()).isEqualTo(Addresses.parse(peer));
                assertThat(batch.takeTooLong()).isNull();
            }
            assertThat(fragmentsMade(ipv4)).isEqualTo(2);
            return true;
        });
    }

    private static int fragmentsMade(boolean ipv4) throws IOException {
        if (!ipv4) {
            return Files.readAllLines(Path.of("/proc/thread-self/net/snmp6")).stream()
                    .filter(line -> line.startsWith("Ip6FragCreates"))
                    .mapToInt(line -> Integer.parseInt(line.strip().split("\\s+", -1)[1]))
                    .sum();
        }
        List<String[]> lines = Files.readAllLines(Path.of("/proc/thread-self/net/snmp")).stream()
                .filter(line -> line.startsWith("Ip: "))
                .map(line -> line.split(" ", -1))
                .toList();
        return Integer.parseInt(lines.get(1)[Arrays.asList(lines.get(0)).indexOf("FragCreates")]);
    }

    @Test
    void aBatchThatIsFullSaysSo() throws Exception {
        namespace.inside(() -> {
            EspSocket socket =
                    ports.leaseEsp(Epoch.FIRST, 1, () -> {}).sockets().getFirst();
            try (Arena arena = Arena.ofShared()) {
                SendBatch batch = socket.newSendBatch(arena, 65_536, true);
                UdpDestination to = socket.destination(at("0.0.0.0", 4500), at("127.0.0.1", 9));
                int fitted = 0;
                for (long at = batch.reserve(1500); at != 0; at = batch.reserve(1500)) {
                    batch.commit(1500, to);
                    fitted++;
                }
                assertThat(fitted).isEqualTo(43);
            }
            return true;
        });
    }

    @Test
    void segmentsThatOffloadJoinedFindTheirWay() throws Exception {
        namespace.inside(() -> {
            IkePortLease ike = ports.leaseIke(Epoch.FIRST, () -> {});
            EspPortLease esp = ports.leaseEsp(Epoch.FIRST, 1, () -> {});
            EspSocket socket = esp.sockets().getFirst();
            try (Arena arena = Arena.ofShared();
                    Wakeup wakeup = new Wakeup();
                    Poller poller = new Poller(4)) {
                socket.wakeWith(wakeup);
                poller.add(wakeup, 1);
                UdpDestination self = socket.destination(at("127.0.0.1", 4500), at("127.0.0.1", 4500));
                SendBatch out = socket.newSendBatch(arena, 1 << 20, true);
                ReceiveBatch in = socket.newReceiveBatch(arena, 8);

                put(out, esp(777, 64), self);
                put(out, withMarker(message(60, 5)), self);
                assertThat(socket.send(out)).isEqualTo(2);
                assertThat(socket.receive(in)).isEqualTo(1);
                assertThat(in.length(0)).isEqualTo(128);
                assertThat(in.segment(0)).isEqualTo(64);
                esp.passToIke(in, 0, 64, 64);
                IkeDatagram stray = ike.receive(SOON).orElseThrow();
                assertThat(stray.message()).isEqualTo(message(60, 5));
                assertThat(stray.local()).isEqualTo(at("127.0.0.1", 4500));
                assertThat(stray.remote()).isEqualTo(at("127.0.0.1", 4500));

                put(out, withMarker(message(60, 6)), self, 3);
                put(out, esp(888, 64), self, 3);
                assertThat(socket.send(out)).isEqualTo(2);
                assertThat(ike.receive(SOON).orElseThrow().message()).isEqualTo(message(60, 6));
                assertThat(poller.await(2000)).isEqualTo(1);
                assertThat(socket.receive(in)).isEqualTo(1);
                assertThat(RawMemory.netInt(in.address(0))).isEqualTo(888);
                assertThat(in.segment(0)).isEqualTo(64);
                assertThat(in.trafficClass(0)).isEqualTo(3);
            }
            return true;
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1"})
    void everyTrafficClassArrivesAsItLeft(String address) throws Exception {
        namespace.inside(() -> {
            EspSocket socket =
                    ports.leaseEsp(Epoch.FIRST, 1, () -> {}).sockets().getFirst();
            try (Arena arena = Arena.ofShared()) {
                UdpDestination self = socket.destination(at(address, 4500), at(address, 4500));
                SendBatch out = socket.newSendBatch(arena, 1 << 20, true);
                ReceiveBatch in = socket.newReceiveBatch(arena, 256);
                for (int trafficClass = 0; trafficClass < 256; trafficClass++) {
                    put(out, esp(trafficClass + 1, 64), self, trafficClass);
                }
                assertThat(socket.send(out)).isEqualTo(256);
                assertThat(socket.receive(in)).isEqualTo(256);
                for (int i = 0; i < 256; i++) {
                    assertThat(in.trafficClass(i)).isEqualTo(RawMemory.netInt(in.address(i)) - 1);
                    assertThat(in.length(i)).isEqualTo(64);
                }
            }
            return true;
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1"})
    void whatLeavesTogetherIsOfOneTrafficClass(String address) throws Exception {
        namespace.inside(() -> {
            EspSocket socket =
                    ports.leaseEsp(Epoch.FIRST, 1, () -> {}).sockets().getFirst();
            try (Arena arena = Arena.ofShared()) {
                UdpDestination self = socket.destination(at(address, 4500), at(address, 4500));
                SendBatch out = socket.newSendBatch(arena, 1 << 20, true);
                ReceiveBatch in = socket.newReceiveBatch(arena, 64);
                int[] classes = {2, 2, 2, 3, 3, 2, 0, 0, 0xb8, 0xb8 | 2};
                for (int trafficClass : classes) {
                    put(out, esp(1, 64), self, trafficClass);
                }
                assertThat(socket.send(out)).isEqualTo(classes.length);
                int[][] messages = {{2, 3}, {3, 2}, {2, 1}, {0, 2}, {0xb8, 1}, {0xb8 | 2, 1}};
                assertThat(socket.receive(in)).isEqualTo(messages.length);
                for (int i = 0; i < messages.length; i++) {
                    assertThat(in.trafficClass(i)).isEqualTo(messages[i][0]);
                    assertThat(in.length(i)).isEqualTo(64 * messages[i][1]);
                    assertThat(in.segment(i)).isEqualTo(64);
                }
            }
            return true;
        });
    }

    /** As SAs do that lead to one peer, each with a destination that it has asked for itself. */
    @Test
    void whatGoesToOnePeerLeavesTogetherWhoeverAskedForTheDestination() throws Exception {
        namespace.inside(() -> {
            EspSocket socket =
                    ports.leaseEsp(Epoch.FIRST, 1, () -> {}).sockets().getFirst();
            try (Arena arena = Arena.ofShared()) {
                SendBatch out = socket.newSendBatch(arena, 1 << 20, true);
                ReceiveBatch in = socket.newReceiveBatch(arena, 64);
                for (int i = 0; i < 5; i++) {
                    put(out, esp(1 + i, 64), socket.destination(at("127.0.0.1", 4500), at("127.0.0.1", 4500)), 0);
                }
                put(out, esp(6, 64), socket.destination(at("127.0.0.2", 4500), at("127.0.0.1", 4500)), 0);
                assertThat(socket.send(out)).isEqualTo(6);
                assertThat(socket.receive(in)).isEqualTo(2);
                assertThat(in.length(0)).isEqualTo(5 * 64);
                assertThat(in.length(1)).isEqualTo(64);
            }
            return true;
        });
    }

    @Test
    void aHigherEpochTakesOverAndFindsWhatWaited() throws Exception {
        namespace.inside(() -> {
            AtomicInteger told = new AtomicInteger();
            IkePortLease old = ports.leaseIke(new Epoch(3), told::incrementAndGet);
            try (DatagramSocket peer = peerAt("127.0.0.1")) {
                send(peer, "127.0.0.1", 500, message(28, 1));
                IkePortLease successor = ports.leaseIke(ports.nextEpoch(), () -> {});
                assertThat(told).hasValue(1);
                assertThat(old.revoked()).isTrue();
                assertThatThrownBy(() -> old.receive(NOW)).isInstanceOf(LeaseRevokedException.class);
                assertThatThrownBy(() -> old.send(new IkeDatagram(at("127.0.0.1", 500), address(peer), message(28, 1))))
                        .isInstanceOf(LeaseRevokedException.class);
                assertThat(successor.receive(SOON)).isPresent();
                assertThatThrownBy(() -> ports.leaseIke(new Epoch(3), () -> {}))
                        .isInstanceOf(StaleEpochException.class)
                        .hasMessageContaining("epoch 4 is in force");
                assertThatThrownBy(() -> ports.leaseIke(new Epoch(4), () -> {}))
                        .isInstanceOf(StaleEpochException.class);
                successor.close();
                assertThat(ports.leaseIke(new Epoch(4), () -> {}).revoked()).isFalse();
            }
            return true;
        });
    }

    @Test
    void whoWaitsIsWokenByTheRevocation() throws Exception {
        namespace.inside(() -> {
            IkePortLease old = ports.leaseIke(Epoch.FIRST, () -> {});
            Thread waiting = Thread.ofPlatform().daemon().start(() -> assertThatThrownBy(
                            () -> old.receive(Duration.ofMinutes(5)))
                    .isInstanceOf(LeaseRevokedException.class));
            Thread.sleep(100);
            long before = System.nanoTime();
            IkePortLease successor = ports.leaseIke(new Epoch(2), old::close);
            assertThat(waiting.join(SOON)).isTrue();
            assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(1));
            assertThat(successor.revoked()).isFalse();
            return true;
        });
    }

    @Test
    void aHolderMayCloseItsLeaseWhileItIsBeingRevoked() throws Exception {
        namespace.inside(() -> {
            EspPortLease[] old = new EspPortLease[1];
            old[0] = ports.leaseEsp(Epoch.FIRST, 1, () -> old[0].close());
            long before = System.nanoTime();
            EspPortLease successor = ports.leaseEsp(new Epoch(2), 1, () -> {});
            assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(1));
            assertThat(successor.revoked()).isFalse();
            try (Arena arena = Arena.ofShared()) {
                EspSocket stale = old[0].sockets().getFirst();
                assertThat(stale.receive(stale.newReceiveBatch(arena, 1))).isEqualTo(EspPortLease.REVOKED);
                assertThat(stale.send(stale.newSendBatch(arena, 65_536, true))).isEqualTo(EspPortLease.REVOKED);
            }
            return true;
        });
    }

    @Test
    void aPortThatAnotherDaemonHasIsToldInWords() throws Exception {
        namespace.inside(() -> {
            try (DatagramSocket other = new DatagramSocket(at("0.0.0.0", 500))) {
                assertThat(other.isBound()).isTrue();
                assertThatThrownBy(() -> ports.leaseIke(Epoch.FIRST, () -> {}))
                        .isInstanceOf(LinuxException.class)
                        .hasMessageContaining("binding UDP port 500: another IKE daemon has it");
            }
            return true;
        });
    }

    @Test
    void theNumberOfWorkersStays() throws Exception {
        namespace.inside(() -> {
            ports.leaseEsp(Epoch.FIRST, 2, () -> {}).close();
            assertThatThrownBy(() -> ports.leaseEsp(new Epoch(2), 3, () -> {}))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("split among 2 workers");
            return true;
        });
    }

    private static DatagramSocket peerAt(String address) throws Exception {
        DatagramSocket socket = new DatagramSocket(at(address, 0));
        socket.setSoTimeout(3000);
        return socket;
    }

    private static InetSocketAddress at(String literal, int port) {
        return new InetSocketAddress(Addresses.parse(literal), port);
    }

    private static InetSocketAddress address(DatagramSocket socket) {
        return new InetSocketAddress(socket.getLocalAddress(), socket.getLocalPort());
    }

    private static void send(DatagramSocket from, String to, int port, byte[] payload) throws Exception {
        from.send(new DatagramPacket(payload, payload.length, Addresses.parse(to), port));
    }

    private static DatagramPacket receive(DatagramSocket socket) throws Exception {
        DatagramPacket packet = new DatagramPacket(new byte[65_536], 65_536);
        socket.receive(packet);
        return packet;
    }

    private static byte[] payload(DatagramPacket packet) {
        return Arrays.copyOf(packet.getData(), packet.getLength());
    }

    private static byte[] message(int length, int fill) {
        byte[] message = new byte[length];
        Arrays.fill(message, (byte) fill);
        return message;
    }

    private static byte[] withMarker(byte[] message) {
        byte[] marked = new byte[message.length + 4];
        System.arraycopy(message, 0, marked, 4, message.length);
        return marked;
    }

    private static byte[] esp(int spi, int length) {
        byte[] packet = message(length, 0xee);
        for (int i = 0; i < 4; i++) {
            packet[i] = (byte) (spi >>> (24 - 8 * i));
        }
        return packet;
    }

    private static void put(SendBatch batch, byte[] datagram, UdpDestination to) {
        put(batch, datagram, to, 0);
    }

    private static void put(SendBatch batch, byte[] datagram, UdpDestination to, int trafficClass) {
        RawMemory.copyIn(datagram, 0, batch.reserve(datagram.length), datagram.length);
        batch.commit(datagram.length, to, trafficClass, false);
    }

    private static void write(long address, int length, int fill) {
        for (int i = 0; i < length; i++) {
            RawMemory.putByte(address + i, fill);
        }
    }
}
