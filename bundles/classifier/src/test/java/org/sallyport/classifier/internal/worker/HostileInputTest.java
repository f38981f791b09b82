package org.sallyport.classifier.internal.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.sallyport.api.policy.Action;
import org.sallyport.api.sa.InstalledSa;
import org.sallyport.api.sa.SaDirection;
import org.sallyport.api.sa.SaSlotLayout;
import org.sallyport.classifier.internal.FixedPolicies;
import org.sallyport.classifier.internal.Slots;
import org.sallyport.classifier.internal.flow.DropReason;
import org.sallyport.linux.tun.VirtioHeader;

/** A million packets that nobody should send, with genuine ones among them. */
@Timeout(120)
class HostileInputTest {
    private static final int SPI = 0x1234_5678;

    @Test
    void aMillionBadPacketsFromOutsideAreCountedAndGenuineOnesPass() {
        try (Bench sender = new Bench(FixedPolicies.of(Action.PROTECT));
                Bench bench = new Bench(null)) {
            sender.sendBy(Slots.Sa.of(SPI, SaDirection.OUTBOUND));
            InstalledSa sa = bench.receiveBy(Slots.Sa.of(SPI, SaDirection.INBOUND));
            bench.tun.keep = false;
            SplittableRandom random = new SplittableRandom(4303);
            byte[] inner = packet(100);
            int total = 1_000_000;
            int genuine = 0;
            byte[] valid = sealed(sender, inner);
            for (int i = 0; i < total; i++) {
                if (i % 1000 == 0) {
                    valid = sealed(sender, inner);
                    bench.receive(valid);
                    genuine++;
                } else {
                    byte[] bad = spoil(valid, random);
                    bench.receive(bad, bad.length);
                }
            }
            assertThat(bench.tun.writes).isEqualTo(genuine);
            assertThat(Bench.counter(sa, SaSlotLayout.PACKETS)).isEqualTo(genuine);
            assertThat(bench.dropped() + bench.socket.passedToIke.size() + genuine)
                    .isEqualTo(total);
            assertThat(bench.dropped(DropReason.INTERNAL)).isZero();
            assertThat(bench.dropped(DropReason.REPLAY)).isPositive();
            assertThat(bench.dropped(DropReason.INTEGRITY)).isPositive();
            assertThat(bench.dropped(DropReason.UNKNOWN_SPI)).isPositive();
            assertThat(bench.dropped(DropReason.MALFORMED_OUTER)).isPositive();
        }
    }

    /** Never returns the packet as it was, nor an empty one. */
    private static byte[] spoil(byte[] valid, SplittableRandom random) {
        byte[] bad = valid.clone();
        switch (random.nextInt(7)) {
            case 0 -> {
                return Arrays.copyOf(bad, random.nextInt(1, bad.length));
            }
            case 1 -> bad[random.nextInt(bad.length)] ^= (byte) (1 << random.nextInt(8));
            case 2 -> {
                return valid;
            }
            case 3 -> {
                return Arrays.copyOf(bad, bad.length + random.nextInt(1, 2000));
            }
            case 4 -> {
                bad[4 + random.nextInt(4)] ^= (byte) random.nextInt(1, 256);
            }
            case 5 -> {
                bad = new byte[random.nextInt(1, 300)];
                random.nextBytes(bad);
            }
            default -> {
                bad[8 + random.nextInt(8)] ^= (byte) random.nextInt(1, 256);
                bad[7] += (byte) random.nextInt(1, 100);
            }
        }
        return bad;
    }

    @Test
    void genuineButNonsensicalInsidesAreCounted() {
        try (Bench sender = new Bench(FixedPolicies.of(Action.PROTECT));
                Bench bench = new Bench(null)) {
            InstalledSa outbound = sender.sendBy(Slots.Sa.of(SPI, SaDirection.OUTBOUND));
            bench.receiveBy(Slots.Sa.of(SPI, SaDirection.INBOUND));
            SplittableRandom random = new SplittableRandom(7);
            RawSealer sealer = new RawSealer(outbound);
            for (int i = 0; i < 200_000; i++) {
                byte[] text = new byte[4 * random.nextInt(1, 60)];
                random.nextBytes(text);
                text[0] = (byte) (random.nextBoolean() ? 0x45 : 0x60);
                text[text.length - 1] = (byte) (random.nextBoolean() ? 4 : 41);
                text[text.length - 2] = (byte) random.nextInt(8);
                if (text.length > 4 && random.nextBoolean()) {
                    text[2] = 0;
                    text[3] = (byte) random.nextInt(240);
                }
                bench.receive(sealer.seal(text));
            }
            assertThat(bench.dropped(DropReason.INTERNAL)).isZero();
            assertThat(bench.dropped(DropReason.INNER_NOT_IP)).isPositive();
            assertThat(bench.dropped() + sealer.carriedBy(bench, SaSlotLayout.PACKETS))
                    .isEqualTo(200_000);
        }
    }

    @Test
    void nonsenseFromTheHostIsCounted() {
        try (Bench bench = new Bench(FixedPolicies.of(Action.PROTECT))) {
            bench.sendBy(Slots.Sa.of(SPI, SaDirection.OUTBOUND));
            SplittableRandom random = new SplittableRandom(11);
            byte[] good = packet(1000);
            for (int i = 0; i < 300_000; i++) {
                byte[] packet = Arrays.copyOf(good, random.nextInt(0, 200));
                for (int change = random.nextInt(4); change > 0 && packet.length > 0; change--) {
                    packet[random.nextInt(Math.min(packet.length, 60))] = (byte) random.nextInt(256);
                }
                byte[] header = new byte[VirtioHeader.SIZE];
                for (int change = random.nextInt(6); change > 0; change--) {
                    header[random.nextInt(header.length)] = (byte) random.nextInt(random.nextBoolean() ? 8 : 256);
                }
                if (packet.length > 3 && random.nextBoolean()) {
                    packet[2] = (byte) (packet.length >> 8);
                    packet[3] = (byte) packet.length;
                }
                bench.sendWithHeader(Bench.concat(header, packet));
                bench.socket.sent.clear();
                bench.socket.sentTo.clear();
                bench.socket.sentClasses.clear();
            }
            assertThat(bench.dropped(DropReason.INTERNAL)).isZero();
            assertThat(bench.dropped(DropReason.MALFORMED_INNER)).isPositive();
        }
    }

    /** Selectors cannot name such, nor can those who keep books of flows. */
    @Test
    void whatHasAProtocolOrAnAddressThatThereIsNotIsNoPacket() {
        byte[] protocol0 = packet(100);
        protocol0[9] = 0;
        byte[] laterPiece = Bench.hex("6000000000102c40" + "20010db8000000000000000000000001"
                + "20010db8000000000000000000000002" + "0000001000000001" + "0000000000000000");
        byte[] mapped = Bench.hex("6000000000081140" + "00000000000000000000ffff0a000001"
                + "20010db8000000000000000000000002" + "0001000200080000");
        try (Bench sender = new Bench(FixedPolicies.of(Action.PROTECT));
                Bench bench = new Bench(null)) {
            RawSealer sealer = new RawSealer(sender.sendBy(Slots.Sa.of(SPI, SaDirection.OUTBOUND)));
            bench.receiveBy(Slots.Sa.of(SPI, SaDirection.INBOUND));
            for (byte[] packet : List.of(protocol0, laterPiece, mapped)) {
                sender.send(packet);
                byte[] trailer = {1, 2, 2, (byte) (packet[0] >> 4 == 4 ? 4 : 41)};
                bench.receive(sealer.seal(Bench.concat(packet, trailer)));
            }
            assertThat(sender.dropped(DropReason.MALFORMED_INNER)).isEqualTo(3);
            assertThat(bench.dropped(DropReason.INNER_NOT_IP)).isEqualTo(3);
        }
    }

    private static byte[] sealed(Bench sender, byte[] inner) {
        sender.send(inner);
        return sender.socket.sent.removeLast();
    }

    static byte[] packet(int length) {
        byte[] packet = new byte[length];
        packet[0] = 0x45;
        packet[2] = (byte) (length >> 8);
        packet[3] = (byte) length;
        packet[8] = 64;
        packet[9] = 17;
        packet[12] = 10;
        packet[16] = 10;
        packet[19] = 2;
        packet[24] = (byte) ((length - 20) >> 8);
        packet[25] = (byte) (length - 20);
        return packet;
    }
}
