package org.sallyport.classifier.internal.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.sallyport.api.policy.Action;
import org.sallyport.api.sa.InstalledSa;
import org.sallyport.api.sa.SaDirection;
import org.sallyport.api.sa.SaSlotLayout;
import org.sallyport.classifier.internal.FixedPolicies;
import org.sallyport.classifier.internal.Slots;
import org.sallyport.classifier.internal.flow.DropReason;
import org.sallyport.linux.netlink.Family;
import org.sallyport.linux.raw.RawProtocol;

/** ESP without UDP: which socket a packet leaves by, and what is taken off one that arrives. */
class RawEspTest {
    private static final int SPI = 4303;
    private static final byte[] PACKET = Packets.ip(true, 0xb8, 17, Bench.hex("303900500010000000112233aabbccdd"));

    private final Bench out = new Bench(FixedPolicies.of(Action.PROTECT));
    private final Bench in = new Bench(FixedPolicies.of(Action.PROTECT));
    private final FakeSocket raw = new FakeSocket();

    @AfterEach
    void close() {
        out.close();
        in.close();
    }

    private byte[] sealed(Family family) {
        out.egress.carryRaw(RawProtocol.ESP, family, raw);
        InstalledSa sa = out.sendBy(Slots.Sa.of(SPI, SaDirection.OUTBOUND));
        Slots.rawPath(
                sa.slot(),
                family == Family.IPV4 ? "192.0.2.1" : "2001:db8::1",
                family == Family.IPV4 ? "192.0.2.2" : "2001:db8::2");
        out.send(PACKET);
        assertThat(out.socket.sent).isEmpty();
        assertThat(raw.sentClasses).containsExactly(0xb8);
        return raw.sent.getLast();
    }

    private void receive(Family family, byte[]... messages) {
        FakeSocket arriving = new FakeSocket();
        in.ingress.carryRaw(RawProtocol.ESP, family, arriving);
        for (byte[] message : messages) {
            arriving.incoming.add(new FakeSocket.Message(message, message.length, 0xb8));
        }
        while (!arriving.incoming.isEmpty()) {
            in.ingress.runBatch();
        }
    }

    private static byte[] behindHeader(int octets, byte[] esp) {
        byte[] header = new byte[octets];
        header[0] = (byte) (0x40 | octets / 4);
        return Bench.concat(header, esp);
    }

    @ParameterizedTest
    @EnumSource(Family.class)
    void leavesByTheSocketOfItsFamilyAndArrives(Family family) {
        byte[] esp = sealed(family);
        in.receiveBy(Slots.Sa.of(SPI, SaDirection.INBOUND));
        receive(family, family == Family.IPV4 ? behindHeader(20, esp) : esp);
        assertThat(in.delivered(0)).isEqualTo(PACKET);
        assertThat(in.dropped()).isZero();
    }

    @Test
    void optionsOfTheOuterHeaderAreSkipped() {
        byte[] esp = sealed(Family.IPV4);
        in.receiveBy(Slots.Sa.of(SPI, SaDirection.INBOUND));
        receive(Family.IPV4, behindHeader(60, esp));
        assertThat(in.delivered(0)).isEqualTo(PACKET);
    }

    /** An SA is found by its SPI alone, and RFC 7296 section 2.23 has both ways understood. */
    @Test
    void theSameSaIsReceivedInUdpToo() {
        byte[] esp = sealed(Family.IPV4);
        in.receiveBy(Slots.Sa.of(SPI, SaDirection.INBOUND));
        in.receive(esp);
        assertThat(in.delivered(0)).isEqualTo(PACKET);
        receive(Family.IPV4, behindHeader(20, esp));
        assertThat(in.dropped(DropReason.REPLAY)).isEqualTo(1);
    }

    @Test
    void whatIsTooShortIsCountedAndTouchesNothing() {
        byte[] esp = sealed(Family.IPV4);
        InstalledSa sa = in.receiveBy(Slots.Sa.of(SPI, SaDirection.INBOUND));
        receive(Family.IPV6, new byte[0]);
        receive(
                Family.IPV4,
                IntStream.range(0, 40)
                        .mapToObj(length -> Arrays.copyOf(behindHeader(20, esp), length))
                        .toArray(byte[][]::new));
        byte[] shorterThanItsHeaderSays = Arrays.copyOf(behindHeader(60, esp), 59);
        receive(Family.IPV4, shorterThanItsHeaderSays);
        assertThat(in.dropped(DropReason.MALFORMED_OUTER)).isEqualTo(42);
        assertThat(in.dropped()).isEqualTo(42);
        assertThat(Bench.counter(sa, SaSlotLayout.PACKETS)).isZero();
        assertThat(in.tun.written).isEmpty();
    }

    /** A path may change under an SA; without a socket for it nothing leaves, least of all in clear. */
    @Test
    void withoutASocketNothingLeaves() {
        InstalledSa sa = out.sendBy(Slots.Sa.of(SPI, SaDirection.OUTBOUND));
        Slots.rawPath(sa.slot(), "192.0.2.1", "192.0.2.2");
        out.send(PACKET);
        assertThat(out.dropped(DropReason.SEND_REFUSED)).isEqualTo(1);
        out.egress.carryRaw(RawProtocol.ESP, Family.IPV4, raw);
        out.send(PACKET);
        assertThat(raw.sent).hasSize(1);
        Slots.path(sa.slot(), "192.0.2.1", 4500, "192.0.2.2", 4500);
        out.send(PACKET);
        assertThat(raw.sent).hasSize(1);
        assertThat(out.socket.sent).hasSize(1);
        assertThat(out.dropped()).isEqualTo(1);
    }
}
