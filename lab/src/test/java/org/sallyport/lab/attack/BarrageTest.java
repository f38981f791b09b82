package org.sallyport.lab.attack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.sallyport.lab.Requirements;
import org.sallyport.lab.net.Namespace;
import org.sallyport.lab.net.Veth;
import org.sallyport.lab.process.Wait;
import org.sallyport.lab.topology.RunDirectory;

/** Datagrams on a real wire: what arrives is what was made, from the address it claims. */
@Timeout(60)
class BarrageTest {
    private @Nullable Namespace attacker;
    private @Nullable Namespace victim;

    @BeforeEach
    void connect() {
        Requirements.root();
        attacker = Namespace.create(RunDirectory.prefix() + "-attacker");
        victim = Namespace.create(RunDirectory.prefix() + "-victim");
        Veth.connect(attacker(), "out0", victim(), "in0").addresses("198.51.100.1/24", "198.51.100.2/24");
        victim().ip("route", "add", "default", "via", "198.51.100.1");
    }

    @AfterEach
    void remove() {
        if (attacker != null) {
            attacker.close();
        }
        if (victim != null) {
            victim.close();
        }
    }

    @Test
    void arrivesFromTheAddressItClaims() throws IOException {
        assertThat(received(Recorded.init())).isEqualTo(Recorded.init());
    }

    @Test
    void aDatagramThatFillsManyFragmentsArrivesWhole() throws IOException {
        byte[] content = new byte[Datagram.LONGEST];
        new SplittableRandom(1).nextBytes(content);
        Datagram large = Recorded.init().with(content);
        assertThat(received(large)).isEqualTo(large);
    }

    @Test
    void anEmptyDatagramArrives() throws IOException {
        Datagram empty = Recorded.init().with(new byte[0]);
        assertThat(received(empty)).isEqualTo(empty);
    }

    @Test
    void onlyWhatWasTakenCounts() throws IOException {
        AtomicInteger taken = new AtomicInteger();
        try (DatagramSocket socket = victim().call(() -> new DatagramSocket(new InetSocketAddress("0.0.0.0", 500)));
                Barrage barrage = Barrage.start(attacker(), Recorded::init, 2_000)) {
            Thread reader = Thread.ofPlatform().daemon().start(() -> takeFrom(socket, taken));
            UdpReceipts receipts = new Siege(victim()).deliver(barrage, 5_000, Duration.ofSeconds(30));
            assertThat(receipts.delivered()).isGreaterThanOrEqualTo(5_000);
            assertThat(receipts.unclaimed()).isZero();
            assertThat(receipts.delivered() + receipts.overflown()).isLessThanOrEqualTo(barrage.sent() + 32);
            assertThat(reader.isAlive()).isTrue();
        }
        assertThat(taken.get()).isGreaterThanOrEqualTo(5_000);
    }

    @Test
    void whatNobodyTakesIsNotDelivered() {
        try (Barrage barrage = Barrage.start(attacker(), Recorded::init, 2_000)) {
            UdpReceipts receipts = new Siege(victim()).deliver(barrage, 1, Duration.ofMillis(500));
            assertThat(receipts.delivered()).isZero();
            assertThat(receipts.unclaimed()).isPositive();
        }
    }

    @Test
    void keepsToItsRate() {
        try (Barrage barrage = Barrage.start(attacker(), Recorded::init, 1_000)) {
            Wait.until("the first ones", Duration.ofSeconds(10), () -> barrage.sent() > 0);
            long before = barrage.sent();
            assertThat(Wait.holds(Duration.ofMillis(500), () -> barrage.sent() - before > 700))
                    .isFalse();
        }
    }

    @Test
    void aBarrageThatBreaksOffIsAnError() {
        Barrage barrage = Barrage.start(
                attacker(),
                () -> {
                    throw new IllegalStateException("nothing left to send");
                },
                1_000);
        assertThatThrownBy(() -> {
                    try (barrage) {
                        Wait.holds(Duration.ofSeconds(5), () -> barrage.sent() > 0);
                    }
                })
                .hasRootCauseMessage("nothing left to send");
    }

    private Datagram received(Datagram sent) throws IOException {
        try (DatagramSocket socket = victim().call(() -> new DatagramSocket(new InetSocketAddress("0.0.0.0", 500)))) {
            socket.setSoTimeout(10_000);
            socket.setReceiveBufferSize(1 << 20);
            DatagramPacket packet = new DatagramPacket(new byte[Datagram.LONGEST], Datagram.LONGEST);
            try (Barrage barrage = Barrage.start(attacker(), () -> sent, 100)) {
                socket.receive(packet);
                assertThat(barrage.perSecond()).isEqualTo(100);
            }
            return new Datagram(
                    (Inet4Address) packet.getAddress(),
                    packet.getPort(),
                    sent.destination(),
                    500,
                    ByteBuffer.wrap(packet.getData(), 0, packet.getLength()));
        }
    }

    private static void takeFrom(DatagramSocket socket, AtomicInteger taken) {
        DatagramPacket packet = new DatagramPacket(new byte[2048], 2048);
        try {
            while (true) {
                socket.receive(packet);
                taken.incrementAndGet();
            }
        } catch (IOException closed) {
            // The test has ended.
        }
    }

    private Namespace attacker() {
        return Objects.requireNonNull(attacker);
    }

    private Namespace victim() {
        return Objects.requireNonNull(victim);
    }
}
