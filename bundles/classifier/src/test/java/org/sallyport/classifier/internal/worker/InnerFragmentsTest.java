package org.sallyport.classifier.internal.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.sallyport.api.flow.AddressRange;
import org.sallyport.api.flow.PortRange;
import org.sallyport.api.flow.Selectors;
import org.sallyport.api.flow.TrafficSelector;
import org.sallyport.api.policy.Action;
import org.sallyport.api.sa.SaDirection;
import org.sallyport.classifier.internal.FixedPolicies;
import org.sallyport.classifier.internal.Slots;
import org.sallyport.classifier.internal.flow.DropReason;

/** A packet in pieces crosses an SA for some ports alone, both ways of a worker (RFC 4301 section 7.3). */
class InnerFragmentsTest {
    private static final int SPI = 43017;
    private static final int UDP = 17;

    private final Bench out = new Bench(FixedPolicies.of(Action.PROTECT));
    private final Bench in = new Bench(FixedPolicies.of(Action.PROTECT));

    @BeforeEach
    void forOnePortAlone() {
        TrafficSelector port = new TrafficSelector(UDP, new PortRange(5000, 5000), AddressRange.ANY_IPV4);
        TrafficSelector udp = new TrafficSelector(UDP, PortRange.ANY, AddressRange.ANY_IPV4);
        out.sendBy(Slots.Sa.of(SPI, SaDirection.OUTBOUND).selecting(new Selectors(List.of(udp), List.of(port))));
        in.receiveBy(Slots.Sa.of(SPI, SaDirection.INBOUND).selecting(new Selectors(List.of(port), List.of(udp))));
    }

    @AfterEach
    void close() {
        out.close();
        in.close();
    }

    @Test
    void everyPieceGoesWhereTheFirstOneDoes() {
        byte[][] pieces = {piece(7, 0, 800, true), piece(7, 800, 800, true), piece(7, 1600, 101, false)};
        for (byte[] piece : pieces) {
            out.send(piece);
        }
        assertThat(out.socket.sent).hasSize(3);
        out.socket.sent.forEach(in::receive);
        assertThat(in.tun.written).hasSize(3);
        for (int i = 0; i < pieces.length; i++) {
            assertThat(in.delivered(i)).isEqualTo(pieces[i]);
        }
    }

    @Test
    void aPieceWhoseFirstIsNotKnownGoesNowhere() {
        out.send(piece(8, 0, 800, true));
        out.send(piece(9, 800, 800, false));
        assertThat(out.socket.sent).hasSize(1);
        assertThat(out.dropped(DropReason.NO_SA) + out.dropped(DropReason.FRAGMENT))
                .isEqualTo(1);

        out.send(piece(8, 800, 800, false));
        in.receive(out.socket.sent.get(1));
        assertThat(in.tun.written).as("it came before its first").isEmpty();
        assertThat(in.dropped(DropReason.FRAGMENT)).isEqualTo(1);
    }

    @Test
    void whatWasLongAgoIsForgotten() {
        out.send(piece(10, 0, 800, true));
        out.now += 31_000_000_000L;
        out.send(piece(10, 800, 800, false));
        assertThat(out.socket.sent).hasSize(1);
    }

    /** A piece of a datagram to port 5000. */
    private static byte[] piece(int id, int offset, int octets, boolean more) {
        byte[] payload = new byte[octets];
        Arrays.fill(payload, (byte) (offset / 8));
        if (offset == 0) {
            Packets.put(payload, 0, 40000);
            Packets.put(payload, 2, 5000);
            Packets.put(payload, 4, 1701);
        }
        byte[] packet = Packets.ip(true, 0, UDP, payload);
        Packets.put(packet, 4, id);
        Packets.put(packet, 6, offset / 8 + (more ? 0x2000 : 0));
        Packets.put(packet, 10, 0);
        Packets.put(packet, 10, ~Packets.sum(packet, 0, 20, 0));
        return packet;
    }
}
