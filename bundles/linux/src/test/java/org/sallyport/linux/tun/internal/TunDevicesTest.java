package org.sallyport.linux.tun.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.sallyport.linux.memory.RawMemory.getByte;
import static org.sallyport.linux.memory.RawMemory.getShort;
import static org.sallyport.linux.memory.RawMemory.netInt;
import static org.sallyport.linux.memory.RawMemory.netShort;
import static org.sallyport.linux.memory.RawMemory.putByte;
import static org.sallyport.linux.memory.RawMemory.putLong;
import static org.sallyport.linux.memory.RawMemory.putNetInt;
import static org.sallyport.linux.memory.RawMemory.putNetShort;

import java.lang.foreign.Arena;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.sallyport.api.flow.Addresses;
import org.sallyport.api.sa.Epoch;
import org.sallyport.linux.LinuxException;
import org.sallyport.linux.internal.TestNamespace;
import org.sallyport.linux.poll.Poller;
import org.sallyport.linux.tun.TunDevice;
import org.sallyport.linux.tun.TunLease;
import org.sallyport.linux.tun.TunQueue;
import org.sallyport.linux.tun.TunSpec;
import org.sallyport.linux.tun.VirtioHeader;

@Timeout(60)
class TunDevicesTest {
    private static final TunSpec SPEC = new TunSpec("tuntest0", 1400, 1);

    private TestNamespace namespace;
    private KernelTunDevices devices;

    @BeforeEach
    void open() {
        namespace = new TestNamespace();
        devices = new KernelTunDevices();
    }

    @AfterEach
    void close() {
        devices.close();
        namespace.close();
    }

    @Test
    void aPacketComesOutWithItsHeaderAndAnAnswerGoesIn() throws Exception {
        namespace.inside(() -> {
            TunLease lease = devices.lease(SPEC, Epoch.FIRST, () -> {});
            namespace.ip("addr", "add", "10.9.0.1/24", "dev", SPEC.name());
            TunQueue queue = lease.queues().getFirst();
            try (DatagramSocket socket = new DatagramSocket(at("10.9.0.1", 0));
                    Arena arena = Arena.ofShared();
                    Poller poller = new Poller(1)) {
                socket.setSoTimeout(3000);
                poller.add(queue, 5);
                socket.send(new DatagramPacket(new byte[100], 100, at("10.9.0.2", 7)));
                long buffer = arena.allocate(TunQueue.READ_SIZE, 64).address();
                int length = readUdp(poller, queue, buffer);
                long ip = buffer + VirtioHeader.SIZE;
                assertThat(length).isEqualTo(VirtioHeader.SIZE + 128);
                assertThat(getByte(buffer + VirtioHeader.FLAGS)).isEqualTo(VirtioHeader.NEEDS_CHECKSUM);
                assertThat(getShort(buffer + VirtioHeader.CHECKSUM_START)).isEqualTo(20);
                assertThat(getShort(buffer + VirtioHeader.CHECKSUM_OFFSET)).isEqualTo(6);

                reverse(ip);
                putLong(buffer, 0);
                putByte(buffer + 8, 0);
                putByte(buffer + 9, 0);
                long vectors = arena.allocate(32, 8).address();
                putLong(vectors, buffer);
                putLong(vectors + 8, VirtioHeader.SIZE);
                putLong(vectors + 16, ip);
                putLong(vectors + 24, length - VirtioHeader.SIZE);
                assertThat(queue.write(vectors, 2)).isEqualTo(length);
                DatagramPacket answer = new DatagramPacket(new byte[200], 200);
                socket.receive(answer);
                assertThat(answer.getSocketAddress()).isEqualTo(at("10.9.0.2", 7));
                assertThat(answer.getLength()).isEqualTo(100);
            }
            return true;
        });
    }

    private static int readUdp(Poller poller, TunQueue queue, long buffer) {
        while (poller.await(3000) > 0) {
            int length = queue.read(buffer, TunQueue.READ_SIZE);
            if (length > 0 && getByte(buffer + VirtioHeader.SIZE) >> 4 == 4) {
                return length;
            }
        }
        throw new AssertionError("no packet came out");
    }

    private static void reverse(long ip) {
        int source = netInt(ip + 12);
        putNetInt(ip + 12, netInt(ip + 16));
        putNetInt(ip + 16, source);
        int port = netShort(ip + 20);
        putNetShort(ip + 20, netShort(ip + 22));
        putNetShort(ip + 22, port);
        putNetShort(ip + 26, 0);
    }

    @Test
    void theDeviceOutlivesItsQueuesUntilItIsDeleted() throws Exception {
        namespace.inside(() -> {
            TunDevice device = devices.open(SPEC);
            assertThat(device.mtu()).isEqualTo(1400);
            devices.close();
            assertThat(Interfaces.index(SPEC.name())).isEqualTo(device.index());
            assertThat(devices.open(SPEC).index()).isEqualTo(device.index());
            devices.delete(SPEC.name());
            assertThat(Interfaces.index(SPEC.name())).isNegative();

            devices.open(SPEC);
            devices.close();
            devices.delete(SPEC.name());
            assertThat(Interfaces.index(SPEC.name())).isNegative();
            devices.delete(SPEC.name());
            return true;
        });
    }

    @Test
    void aHigherEpochTakesTheQueues() throws Exception {
        namespace.inside(() -> {
            TunSpec two = new TunSpec("tuntest0", 1400, 2);
            TunLease old = devices.lease(two, devices.nextEpoch(two), () -> {});
            TunLease successor = devices.lease(two, devices.nextEpoch(two), () -> {});
            assertThat(successor.queues()).hasSize(2);
            assertThat(old.revoked()).isTrue();
            assertThat(old.queues().getFirst().read(0, 0)).isEqualTo(TunLease.REVOKED);
            assertThat(old.queues().getFirst().write(0, 0)).isEqualTo(TunLease.REVOKED);
            return true;
        });
    }

    @Test
    void anInterfaceOfAnotherKindIsToldInWords() throws Exception {
        namespace.inside(() -> {
            namespace.ip("link", "add", "tuntest0", "type", "veth", "peer", "name", "tuntest1");
            assertThatThrownBy(() -> devices.open(SPEC))
                    .isInstanceOf(LinuxException.class)
                    .hasMessageContaining("tuntest0")
                    .hasMessageContaining("in use otherwise");
            return true;
        });
    }

    @Test
    void aSpecificationIsChecked() {
        assertThatThrownBy(() -> new TunSpec("name with blank", 1400, 1)).hasMessageContaining("no interface name");
        assertThatThrownBy(() -> new TunSpec("sixteencharacter", 1400, 1)).hasMessageContaining("no interface name");
        assertThatThrownBy(() -> new TunSpec("ok", 575, 1)).hasMessageContaining("MTU");
        assertThatThrownBy(() -> new TunSpec("ok", 1400, 0)).hasMessageContaining("queues");
    }

    private static InetSocketAddress at(String literal, int port) {
        return new InetSocketAddress(Addresses.parse(literal), port);
    }
}
