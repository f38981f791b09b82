package org.sallyport.linux.raw.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.sallyport.api.flow.Addresses;
import org.sallyport.api.sa.Epoch;
import org.sallyport.linux.Lease;
import org.sallyport.linux.StaleEpochException;
import org.sallyport.linux.internal.SystemCalls;
import org.sallyport.linux.internal.TestNamespace;
import org.sallyport.linux.memory.RawMemory;
import org.sallyport.linux.netlink.Family;
import org.sallyport.linux.poll.Poller;
import org.sallyport.linux.raw.RawLease;
import org.sallyport.linux.raw.RawProtocol;
import org.sallyport.linux.udp.ApplianceMark;
import org.sallyport.linux.udp.PacketSocket;
import org.sallyport.linux.udp.ReceiveBatch;
import org.sallyport.linux.udp.SendBatch;

/** Raw sockets over loopback: what the kernel writes in front of a packet, and who gets it. */
@Timeout(60)
class RawSocketsTest {
    private static final long MAPPED = 0x0000_ffff_0000_0000L;
    private static final int IPV4_HEADER = 20;

    private TestNamespace namespace;
    private KernelRawSockets raw;

    @BeforeEach
    void open() {
        namespace = new TestNamespace();
        raw = new KernelRawSockets();
    }

    @AfterEach
    void close() {
        raw.close();
        namespace.close();
    }

    @Test
    void espOverIpv4ArrivesBehindItsHeader() throws Exception {
        inside(() -> {
            PacketSocket socket =
                    lease(RawProtocol.ESP, Family.IPV4, 1).sockets().getFirst();
            send(socket, "127.0.0.5", "127.0.0.9", 0xb9, esp(0x1234, 40));

            ReceiveBatch batch = await(socket);
            byte[] header = octets(batch, 0, IPV4_HEADER);
            assertThat(header[0]).isEqualTo((byte) 0x45);
            assertThat(header[1]).isEqualTo((byte) 0xb9);
            assertThat(header[6] & 0x40).as("DF").isZero();
            assertThat(header[9]).isEqualTo((byte) 50);
            assertThat(batch.length(0)).isEqualTo(IPV4_HEADER + 40);
            assertThat(payload(batch, IPV4_HEADER)).isEqualTo(esp(0x1234, 40));
            assertThat(batch.trafficClass(0)).isEqualTo(0xb9);
            assertThat(batch.remoteHigh(0)).isZero();
            assertThat(batch.remoteLow(0)).isEqualTo(MAPPED | 0x7f00_0005L);
            assertThat(batch.localLow(0)).isEqualTo(MAPPED | 0x7f00_0009L);
            return true;
        });
    }

    @Test
    void espOverIpv6ArrivesWithoutHeader() throws Exception {
        namespace.ip("address", "add", "2001:db8::5/128", "dev", "lo");
        inside(() -> {
            PacketSocket socket =
                    lease(RawProtocol.ESP, Family.IPV6, 1).sockets().getFirst();
            send(socket, "2001:db8::5", "::1", 0x2e, esp(0x1234, 40));

            ReceiveBatch batch = await(socket);
            assertThat(payload(batch, 0)).isEqualTo(esp(0x1234, 40));
            assertThat(batch.trafficClass(0)).isEqualTo(0x2e);
            assertThat(batch.remoteHigh(0)).isEqualTo(0x2001_0db8_0000_0000L);
            assertThat(batch.remoteLow(0)).isEqualTo(5);
            assertThat(batch.localHigh(0)).isZero();
            assertThat(batch.localLow(0)).isEqualTo(1);
            return true;
        });
    }

    @Test
    void ahOverIpv4GoesOutWithTheHeaderThatItsSenderWrote() throws Exception {
        inside(() -> {
            PacketSocket socket =
                    lease(RawProtocol.AH, Family.IPV4, 1).sockets().getFirst();
            byte[] packet = ByteBuffer.allocate(IPV4_HEADER + 24)
                    .put(new byte[] {0x45, 0x22, 0, 0, 0x77, 0x01, 0x40, 0, 64, 51, 0, 0, 127, 0, 0, 5, 127, 0, 0, 9})
                    .put(new byte[] {4, 4, 0, 0, 0, 0, 0x12, 0x34})
                    .array();
            send(socket, "127.0.0.5", "127.0.0.9", 0, packet);

            ReceiveBatch batch = await(socket);
            byte[] header = octets(batch, 0, IPV4_HEADER);
            assertThat(header[1]).isEqualTo((byte) 0x22);
            assertThat(header[3]).as("total length").isEqualTo((byte) (IPV4_HEADER + 24));
            assertThat(new byte[] {header[4], header[5]}).as("Identification").isEqualTo(new byte[] {0x77, 0x01});
            assertThat(payload(batch, IPV4_HEADER))
                    .startsWith((byte) 4, (byte) 4, (byte) 0, (byte) 0, (byte) 0, (byte) 0, (byte) 0x12, (byte) 0x34);
            return true;
        });
    }

    @Test
    void workersGetTheirOwnSpisInEveryProtocolAndFamily() throws Exception {
        inside(() -> {
            for (RawProtocol protocol : RawProtocol.values()) {
                workersGetTheirOwn(protocol, Family.IPV6, "::1");
            }
            workersGetTheirOwn(RawProtocol.ESP, Family.IPV4, "127.0.0.1");
            return true;
        });
    }

    private void workersGetTheirOwn(RawProtocol protocol, Family family, String address) {
        List<PacketSocket> sockets = lease(protocol, family, 3).sockets();
        for (int spi = 0xffff_fff0; spi != 0; spi++) {
            byte[] packet = new byte[32];
            ByteBuffer.wrap(packet).putInt(protocol.spiOffset(), spi);
            send(sockets.getFirst(), address, address, 0, packet);
        }
        int skipped = family == Family.IPV4 ? IPV4_HEADER : 0;
        int received = 0;
        for (int worker = 0; worker < 3; worker++) {
            ReceiveBatch batch = await(sockets.get(worker));
            for (int i = 0; i < batch.count(); i++) {
                int spi = RawMemory.netInt(batch.address(i) + skipped + protocol.spiOffset());
                assertThat(Integer.remainderUnsigned(spi, 3)).isEqualTo(worker);
            }
            received += batch.count();
        }
        assertThat(received).isEqualTo(16);
    }

    @Test
    void whatIsTooShortForAnSpiIsNobodys() throws Exception {
        inside(() -> {
            List<PacketSocket> sockets = lease(RawProtocol.ESP, Family.IPV4, 2).sockets();
            send(sockets.getFirst(), "127.0.0.1", "127.0.0.1", 0, new byte[3]);
            send(sockets.getFirst(), "127.0.0.1", "127.0.0.1", 0, esp(2, 12));
            send(sockets.getFirst(), "127.0.0.1", "127.0.0.1", 0, esp(3, 12));
            assertThat(await(sockets.get(0)).count()).isEqualTo(1);
            assertThat(await(sockets.get(1)).count()).isEqualTo(1);
            return true;
        });
    }

    @Test
    void aLongPacketGoesInFragmentsAndArrivesWhole() throws Exception {
        namespace.ip("link", "set", "lo", "mtu", "1500");
        inside(() -> {
            for (Family family : Family.values()) {
                PacketSocket socket =
                        lease(RawProtocol.ESP, family, 2).sockets().get(1);
                String address = family == Family.IPV4 ? "127.0.0.1" : "::1";
                send(socket, address, address, 0, esp(7, 5000));
                assertThat(payload(await(socket), family == Family.IPV4 ? IPV4_HEADER : 0))
                        .isEqualTo(esp(7, 5000));
            }
            return true;
        });
    }

    @Test
    void itsPacketsBearTheAppliancesMark() throws Exception {
        inside(() -> {
            int descriptor =
                    lease(RawProtocol.ESP, Family.IPV6, 1).sockets().getFirst().descriptor();
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment value = arena.allocate(4, 4);
                MemorySegment length = arena.allocate(4, 4);
                length.set(ValueLayout.JAVA_INT, 0, 4);
                assertThat(SystemCalls.getsockopt(descriptor, 1, 36, value, length))
                        .isZero();
                assertThat(value.get(ValueLayout.JAVA_INT, 0) & ApplianceMark.MASK)
                        .isEqualTo(ApplianceMark.VALUE);
            }
            return true;
        });
    }

    @Test
    void aLaterLeaseTakesOverWithWhatWaits() throws Exception {
        inside(() -> {
            AtomicInteger revoked = new AtomicInteger();
            PacketSocket old = raw.lease(RawProtocol.ESP, Family.IPV4, Epoch.FIRST, 1, revoked::incrementAndGet)
                    .sockets()
                    .getFirst();
            send(old, "127.0.0.1", "127.0.0.1", 0, esp(5, 20));
            PacketSocket fresh =
                    lease(RawProtocol.ESP, Family.IPV4, 1).sockets().getFirst();

            assertThat(revoked).hasValue(1);
            assertThat(old.receive(old.newReceiveBatch(Arena.ofAuto(), 1))).isEqualTo(Lease.REVOKED);
            assertThat(await(fresh).count()).isEqualTo(1);
            assertThatThrownBy(() -> raw.lease(RawProtocol.ESP, Family.IPV4, Epoch.FIRST, 1, () -> {}))
                    .isInstanceOf(StaleEpochException.class);
            assertThat(lease(RawProtocol.ESP, Family.IPV6, 1).revoked()).isFalse();
            assertThatThrownBy(() -> lease(RawProtocol.ESP, Family.IPV6, 2))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("split among 1 workers");
            return true;
        });
    }

    private void inside(Callable<Boolean> action) throws Exception {
        assertThat(namespace.inside(action)).isTrue();
    }

    private RawLease lease(RawProtocol protocol, Family family, int workers) {
        return raw.lease(protocol, family, raw.nextEpoch(protocol, family), workers, () -> {});
    }

    private static void send(PacketSocket socket, String from, String to, int trafficClass, byte[] packet) {
        SendBatch batch = socket.newSendBatch(Arena.ofAuto(), 65_536, true);
        RawMemory.copyIn(packet, 0, batch.reserve(packet.length), packet.length);
        batch.commit(packet.length, socket.destination(at(from), at(to)), trafficClass, false);
        assertThat(socket.send(batch)).isEqualTo(1);
    }

    private static ReceiveBatch await(PacketSocket socket) {
        try (Poller poller = new Poller(1)) {
            poller.add(socket, 0);
            assertThat(poller.await(3000)).isEqualTo(1);
        }
        ReceiveBatch batch = socket.newReceiveBatch(Arena.ofAuto(), 64);
        assertThat(socket.receive(batch)).isPositive();
        return batch;
    }

    private static InetSocketAddress at(String literal) {
        return new InetSocketAddress(Addresses.parse(literal), 4500);
    }

    private static byte[] payload(ReceiveBatch batch, int skipped) {
        return octets(batch, skipped, batch.length(0) - skipped);
    }

    private static byte[] octets(ReceiveBatch batch, int offset, int length) {
        byte[] octets = new byte[length];
        RawMemory.copyOut(batch.address(0) + offset, octets, 0, length);
        return octets;
    }

    private static byte[] esp(int spi, int length) {
        byte[] packet = new byte[length];
        ByteBuffer.wrap(packet).putInt(0, spi).put(length - 1, (byte) 0xee);
        return packet;
    }
}
