package org.sallyport.classifier.internal.worker;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sallyport.api.flow.Addresses;
import org.sallyport.api.flow.HostPair;
import org.sallyport.api.policy.Action;
import org.sallyport.api.sa.InstalledSa;
import org.sallyport.api.sa.SaDirection;
import org.sallyport.api.sa.SaSlotLayout;
import org.sallyport.classifier.internal.FixedPolicies;
import org.sallyport.classifier.internal.Slots;

/** The DSCP outside: the packet's, or the one that policy sets; and never anything but that of the outer header. */
class OuterDscpTest {
    private static final int SPI = 2474;

    private final Bench out = new Bench(FixedPolicies.of(Action.PROTECT));
    private final Bench in = new Bench(FixedPolicies.of(Action.PROTECT));

    @AfterEach
    void close() {
        out.close();
        in.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void isCopiedUnlessPolicySetsOne(boolean ipv4) {
        out.sendBy(Slots.Sa.of(SPI, SaDirection.OUTBOUND));
        for (int octet = 0; octet < 256; octet++) {
            out.send(udp(ipv4, octet));
        }
        assertThat(out.socket.sentClasses)
                .containsExactlyElementsOf(IntStream.range(0, 256).boxed().toList());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void isWhatPolicySetsWhateverIsInside(boolean ipv4) {
        InstalledSa sa = out.sendBy(Slots.Sa.of(SPI, SaDirection.OUTBOUND));
        in.receiveBy(Slots.Sa.of(SPI, SaDirection.INBOUND));
        for (int dscp = 0; dscp < 64; dscp++) {
            sa.slot().set(JAVA_INT, SaSlotLayout.OUTER_DSCP, SaSlotLayout.DSCP_SET | dscp);
            for (int octet = 0; octet < 256; octet++) {
                out.send(udp(ipv4, octet));
                assertThat(out.socket.sentClasses.getLast()).isEqualTo(dscp << 2 | (octet & 3));
            }
            byte[] esp = out.socket.sent.getLast();
            in.receive(esp, esp.length, dscp << 2 | 3);
            assertThat(in.delivered(dscp)).isEqualTo(udp(ipv4, 255));
        }
    }

    /** Policy may change while an SA stands. */
    @Test
    void changesFromOnePacketToTheNext() {
        InstalledSa sa = out.sendBy(Slots.Sa.of(SPI, SaDirection.OUTBOUND));
        out.send(udp(true, 0xb8));
        sa.slot().set(JAVA_INT, SaSlotLayout.OUTER_DSCP, SaSlotLayout.DSCP_SET);
        out.send(udp(true, 0xb8));
        sa.slot().set(JAVA_INT, SaSlotLayout.OUTER_DSCP, SaSlotLayout.DSCP_COPIED);
        out.send(udp(true, 0xb8));
        assertThat(out.socket.sentClasses).containsExactly(0xb8, 0, 0xb8);
    }

    @Test
    void isThePacketsOwnInTransportMode() {
        HostPair hosts = new HostPair(Addresses.parse("10.1.0.1"), Addresses.parse("10.2.0.1"));
        InstalledSa sa = out.sendBy(Slots.Sa.of(SPI, SaDirection.OUTBOUND).transporting(hosts));
        sa.slot().set(JAVA_INT, SaSlotLayout.OUTER_DSCP, SaSlotLayout.DSCP_SET | 5);
        out.send(udp(true, 0xb8));
        assertThat(out.socket.sentClasses).containsExactly(0xb8);
    }

    private static byte[] udp(boolean ipv4, int octet) {
        return Packets.ip(ipv4, octet, 17, Bench.hex("303900500010000000112233aabbccdd"));
    }
}
