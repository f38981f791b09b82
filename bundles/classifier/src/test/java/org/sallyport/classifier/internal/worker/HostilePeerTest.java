package org.sallyport.classifier.internal.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.sallyport.api.flow.HostPair;
import org.sallyport.api.policy.Action;
import org.sallyport.api.sa.InstalledSa;
import org.sallyport.api.sa.SaDirection;
import org.sallyport.api.sa.SaSlotLayout;
import org.sallyport.classifier.internal.FixedPolicies;
import org.sallyport.classifier.internal.Slots;
import org.sallyport.classifier.internal.flow.DropReason;
import org.sallyport.linux.memory.RawMemory;
import org.sallyport.linux.tun.VirtioHeader;

/**
 * A peer that has the keys, among others that have none, sends whatever it likes: each datagram is delivered, passed to
 * IKE or counted under one reason, nothing beside it is touched, and what is delivered lies within the SA's selectors.
 */
@Timeout(3600)
class HostilePeerTest {
    private static final int SPI = 0x1234_5678;
    private static final HostPair HOSTS = CrookedPackets.hosts("10.1.0.1", "10.2.0.1");
    private static final HostPair HOSTS6 = CrookedPackets.hosts("2001:db8:1::1", "2001:db8:2::1");
    private static final int[] NEXT = {0, 1, 4, 6, 17, 41, 43, 44, 50, 51, 59, 60, 255};

    @Test
    void eachDatagramIsDeliveredPassedOnOrCountedOnce() {
        long[] delivered = new long[2];
        int seeds = Seeds.each(300, random -> {
            try (Siege siege = new Siege(random)) {
                for (int i = 0; i < 100; i++) {
                    siege.step();
                }
                delivered[0] += siege.delivered;
                delivered[1] += siege.joined;
            }
        });
        assertThat(delivered[0]).as("packets delivered").isGreaterThan(50L * seeds);
        assertThat(delivered[1]).as("of them joined").isGreaterThan(10L * seeds);
    }

    /** One SA, one peer, and everybody else on the way. */
    private static final class Siege implements AutoCloseable {
        private final SplittableRandom random;
        private final Bench bench = new Bench(FixedPolicies.of(Action.PROTECT));
        private final CrookedPackets packets;
        private final InstalledSa sa;
        private final RawSealer sealer;
        private final int mode;
        /** Whether routers write into the outer header; some pairs of marks are told of. */
        private final boolean marked;

        private final List<byte[]> earlier = new ArrayList<>();
        private long datagrams;
        private long delivered;
        private long joined;

        Siege(SplittableRandom random) {
            this.random = random;
            this.packets = new CrookedPackets(random, 2, 1);
            this.mode = random.nextInt(5);
            this.marked = random.nextInt(20) == 0;
            boolean extended = random.nextBoolean();
            Slots.Sa wanted = Slots.Sa.of(SPI, SaDirection.INBOUND)
                    .sequence(extended, 64 << random.nextInt(8), Long.MAX_VALUE)
                    .selecting(CrookedPackets.networks(1, 2));
            this.sa = bench.receiveBy(
                    switch (mode) {
                        case 0 -> wanted.transporting(HOSTS);
                        case 1 -> wanted.transporting(HOSTS).seenAs(CrookedPackets.hosts("192.0.2.7", "10.2.0.1"));
                        case 2 ->
                            wanted.transporting(HOSTS6).seenAs(CrookedPackets.hosts("2001:db8:3::3", "2001:db8:4::4"));
                        default -> wanted;
                    });
            this.sealer = new RawSealer(Slots.fill(
                    Slots.Sa.of(SPI, SaDirection.OUTBOUND).sequence(extended, 64, Long.MAX_VALUE), bench.slot()));
            long last = random.nextBoolean() ? 0 : 0xffff_ff80L;
            RawMemory.putLong(sa.slot().address() + SaSlotLayout.SEQUENCE, last);
            sealer.goOnFrom(last);
        }

        void step() {
            for (int i = random.nextInt(1, 6); i > 0; i--) {
                switch (random.nextInt(6)) {
                    case 0 -> joined();
                    case 1 -> stream();
                    default -> alone(datagram());
                }
            }
            while (!bench.socket.incoming.isEmpty()) {
                bench.ingress.runBatch();
            }
            check();
        }

        private void alone(byte[] datagram) {
            arrives(datagram, Math.max(1, datagram.length));
        }

        /** Datagrams that receive offload joined, at places that are theirs or at others. */
        private void joined() {
            byte[] text = text();
            byte[] message = new byte[0];
            int length = 1;
            for (int i = random.nextInt(1, 10); i > 0; i--) {
                byte[] datagram = sealer.seal(text);
                length = datagram.length;
                message = Bench.concat(message, datagram);
            }
            byte[] last = random.nextBoolean() ? message : Arrays.copyOf(message, random.nextInt(message.length + 1));
            arrives(last, random.nextInt(4) == 0 ? random.nextInt(1, 2 * length) : length);
        }

        private void stream() {
            for (byte[] packet : packets.stream(random.nextInt(2, 6))) {
                alone(sealer.seal(trailed(packet)));
            }
        }

        private void arrives(byte[] message, int segment) {
            bench.socket.incoming.add(new FakeSocket.Message(message, segment, marked ? random.nextInt(256) : 0));
            datagrams += Math.max(1, (message.length + segment - 1) / segment);
        }

        private byte[] datagram() {
            if (random.nextInt(20) == 0) {
                sealer.goOnFrom(sealer.last() + random.nextInt(1, 10_000));
            }
            byte[] sealed = sealer.seal(text());
            byte[] result =
                    switch (random.nextInt(14)) {
                        case 0 -> packets.damaged(sealed);
                        case 1 -> noise();
                        case 2 -> Arrays.copyOf(sealed, random.nextInt(sealed.length + 1));
                        case 3 -> Arrays.copyOf(sealed, sealed.length + random.nextInt(1, 2000));
                        case 4 -> elsewhere(sealed);
                        case 5 -> earlier.isEmpty() ? sealed : earlier.get(random.nextInt(earlier.size()));
                        default -> sealed;
                    };
            earlier.add(result);
            return result;
        }

        private byte[] noise() {
            byte[] noise = new byte[random.nextInt(random.nextBoolean() ? 50 : 2000)];
            random.nextBytes(noise);
            if (random.nextInt(3) == 0) {
                Arrays.fill(noise, 0, Math.min(4, noise.length), (byte) 0);
            }
            return noise;
        }

        private byte[] elsewhere(byte[] sealed) {
            byte[] result = sealed.clone();
            ByteBuffer.wrap(result).putInt(random.nextBoolean() ? random.nextInt() : SPI + random.nextInt(1, 100));
            return result;
        }

        /** What is sealed, with or without sense. */
        private byte[] text() {
            byte[] packet = random.nextInt(30) == 0 ? new byte[random.nextInt(60)] : packets.next();
            return trailed(packet);
        }

        private byte[] trailed(byte[] packet) {
            int header = mode == 2 ? 40 : 20;
            boolean whole = mode > 2 || packet.length < header;
            byte[] inner = whole ? packet : Arrays.copyOfRange(packet, header, packet.length);
            int length = inner.length + (random.nextInt(6) == 0 ? random.nextInt(100) : 0);
            int padding = (-(length + 2) & 3) + 4 * (random.nextInt(6) == 0 ? random.nextInt(60) : 0);
            byte[] text = Arrays.copyOf(inner, length + padding + 2);
            for (int i = 0; i < padding; i++) {
                text[length + i] = (byte) (i + 1);
            }
            text[text.length - 2] = (byte) (random.nextInt(12) == 0 ? random.nextInt(256) : padding);
            text[text.length - 1] = (byte) next(packet, whole);
            return text;
        }

        private int next(byte[] packet, boolean whole) {
            if (random.nextInt(12) == 0) {
                return NEXT[random.nextInt(NEXT.length)];
            }
            if (whole) {
                return packet.length > 0 && packet[0] >> 4 == 6 ? 41 : 4;
            }
            return packet[mode == 2 ? 6 : 9] & 0xff;
        }

        private void check() {
            assertThat(bench.dropped(DropReason.INTERNAL)).as("internal errors").isZero();
            long carried = Bench.counter(sa, SaSlotLayout.PACKETS);
            assertThat(bench.dropped() + bench.socket.passedToIke.size() + carried)
                    .as("counted")
                    .isEqualTo(datagrams);
            assertThat(bench.socket.untouchedInFront()).as("untouched in front").isTrue();
            for (byte[] written : bench.tun.written) {
                int packets = delivered(written);
                delivered += packets;
                joined += packets > 1 ? packets : 0;
            }
            bench.tun.written.clear();
            assertThat(delivered).as("delivered").isEqualTo(carried);
        }

        /** Returns how many packets were joined to what was handed over, which is what it says. */
        private int delivered(byte[] written) {
            ByteBuffer header = ByteBuffer.wrap(written).order(ByteOrder.nativeOrder());
            byte[] packet = Arrays.copyOfRange(written, VirtioHeader.SIZE, written.length);
            checkAddresses(packet);
            int headers = header.getShort(VirtioHeader.HEADER_LENGTH);
            int segment = header.getShort(VirtioHeader.GSO_SIZE);
            if (header.get(VirtioHeader.GSO_TYPE) == VirtioHeader.GSO_NONE) {
                assertThat(header.getLong(0)).isZero();
                return 1;
            }
            assertThat(packet.length).isGreaterThan(headers + segment);
            assertThat(headers).isBetween(28, 120);
            return (packet.length - headers + segment - 1) / segment;
        }

        private void checkAddresses(byte[] packet) {
            ByteBuffer fields = ByteBuffer.wrap(packet);
            if (packet[0] >> 4 == 4) {
                assertThat(fields.getShort(2) & 0xffff).isEqualTo(packet.length);
                assertThat(fields.getShort(16)).as("to our network").isEqualTo((short) 0x0a01);
                assertThat(fields.getShort(12) == 0x0a02 || packet[9] == 1)
                        .as("from the peer's network, or an error")
                        .isTrue();
            } else {
                assertThat((fields.getShort(4) & 0xffff) + 40).isEqualTo(packet.length);
                assertThat(fields.getShort(28)).as("to our network").isEqualTo((short) 1);
                assertThat(fields.getShort(12) == 2 || packet[6] != 6)
                        .as("from the peer's network, or an error")
                        .isTrue();
            }
        }

        @Override
        public void close() {
            bench.close();
        }
    }
}
