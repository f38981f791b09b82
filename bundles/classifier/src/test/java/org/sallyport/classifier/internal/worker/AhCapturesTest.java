package org.sallyport.classifier.internal.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.sallyport.api.policy.Action;
import org.sallyport.api.sa.InstalledSa;
import org.sallyport.api.sa.SaDirection;
import org.sallyport.api.sa.SaSlotLayout;
import org.sallyport.classifier.internal.FixedPolicies;
import org.sallyport.classifier.internal.ah.AhIcv;
import org.sallyport.classifier.internal.flow.DropReason;
import org.sallyport.classifier.internal.flow.InboundSa;
import org.sallyport.crypto.CryptoRegistry;
import org.sallyport.crypto.StandardProviders;
import org.sallyport.crypto.UnavailableTransformException;
import org.sallyport.linux.memory.RawMemory;
import org.sallyport.linux.netlink.Family;
import org.sallyport.linux.raw.RawProtocol;

/** AH packets that a Linux kernel and Scapy made are taken, once and whole. */
class AhCapturesTest {
    private static final CryptoRegistry REGISTRY = CryptoRegistry.of(StandardProviders.all());

    private final Bench bench = new Bench(FixedPolicies.of(Action.PROTECT));
    private final FakeSocket socket = new FakeSocket();

    static Stream<CapturedSa> all() throws IOException {
        return Stream.of(CapturedSa.of("kernel"), CapturedSa.of("scapy"))
                .flatMap(sas -> sas.stream())
                .filter(sa -> sa.is("protocol", "ah"));
    }

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void theCapturesAreThere() throws IOException {
        assertThat(all()).hasSizeGreaterThan(40);
    }

    private InstalledSa receiveBy(CapturedSa sa) throws UnavailableTransformException {
        InstalledSa installed = sa.install(SaDirection.INBOUND, bench.slot());
        long slot = installed.slot().address();
        RawMemory.putLong(slot + SaSlotLayout.SEQUENCE, sa.before());
        bench.inbound.put(new InboundSa(installed, new AhIcv(REGISTRY.integrity(sa.number("integ")), slot)));
        bench.ingress.carryRaw(RawProtocol.AH, isIpv4(sa) ? Family.IPV4 : Family.IPV6, socket);
        return installed;
    }

    private static boolean isIpv4(CapturedSa sa) {
        return sa.outer().getFirst()[0] >> 4 == 4;
    }

    /** A raw socket has the IP header with IPv4, and its addresses with IPv6. */
    private void receive(byte[] packet) {
        boolean ipv4 = packet[0] >> 4 == 4;
        byte[] seen = ipv4 ? packet : Arrays.copyOfRange(packet, 40, packet.length);
        socket.incoming.add(new FakeSocket.Message(seen, seen.length, 0, packet));
        while (!socket.incoming.isEmpty()) {
            bench.ingress.runBatch();
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void whatOthersSignedIsDeliveredOnce(CapturedSa sa) throws UnavailableTransformException {
        InstalledSa installed = receiveBy(sa);
        for (int i = 0; i < sa.outer().size(); i++) {
            receive(sa.outer().get(i));
            assertThat(bench.dropped()).isZero();
            assertThat(bench.tun.written).hasSize(i + 1);
            assertDelivered(sa, i);
            assertThat(Bench.counter(installed, SaSlotLayout.SEQUENCE)).isEqualTo(sa.before() + i + 1);
        }
        for (byte[] again : sa.outer()) {
            receive(again);
        }
        assertThat(bench.dropped(DropReason.REPLAY)).isEqualTo(sa.outer().size());
        assertThat(bench.tun.written).hasSize(sa.outer().size());
    }

    /** In transport mode the IP header is the receiver's own, between the same hosts. */
    private void assertDelivered(CapturedSa sa, int index) {
        byte[] delivered = bench.delivered(index);
        byte[] sent = sa.inner().get(index);
        int from = sa.is("mode", "tunnel") ? 0 : CapturedSa.ipHeader(sent) == 20 ? 12 : 8;
        assertThat(Arrays.copyOfRange(delivered, from, delivered.length))
                .isEqualTo(Arrays.copyOfRange(sent, from, sent.length));
    }

    @ParameterizedTest
    @MethodSource("all")
    void whatWasTamperedWithIsRefused(CapturedSa sa) throws UnavailableTransformException {
        receiveBy(sa);
        byte[] packet = sa.outer().getFirst();
        int header = CapturedSa.ipHeader(packet);
        for (int at = header; at < packet.length; at++) {
            byte[] forged = packet.clone();
            forged[at] ^= (byte) (1 << at % 8);
            receive(forged);
        }
        assertThat(bench.tun.written).isEmpty();
        assertThat(bench.dropped()).isEqualTo(packet.length - header);
        receive(packet);
        assertThat(bench.tun.written).hasSize(1);
    }
}
