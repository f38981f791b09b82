package org.sallyport.classifier.internal.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.sallyport.api.policy.Action;
import org.sallyport.api.sa.InstalledSa;
import org.sallyport.api.sa.SaDirection;
import org.sallyport.api.sa.SaRefusedException;
import org.sallyport.api.sa.SaSlotLayout;
import org.sallyport.classifier.internal.FixedPolicies;
import org.sallyport.classifier.internal.Providers;
import org.sallyport.classifier.internal.esp.EspFormat;
import org.sallyport.classifier.internal.esp.PacketAead;
import org.sallyport.classifier.internal.flow.DropReason;
import org.sallyport.linux.memory.RawMemory;

/** What a Linux kernel and scapy made of known packets, with every algorithm and in every mode. */
class CapturesTest {
    private static final List<String> MAKERS = List.of("kernel", "scapy");

    private final Bench bench = new Bench(FixedPolicies.of(Action.PROTECT));

    static Stream<CapturedSa> all() throws IOException {
        Stream.Builder<CapturedSa> all = Stream.builder();
        for (String maker : MAKERS) {
            CapturedSa.of(maker).forEach(all);
        }
        return all.build();
    }

    /** Those of ESP; AH has its own test. */
    static Stream<CapturedSa> carried() throws IOException {
        return all().filter(sa -> sa.is("protocol", "esp"));
    }

    static Stream<Arguments> carriedByEach() throws IOException {
        return carried().flatMap(sa -> Arrays.stream(Providers.values()).map(who -> Arguments.of(sa, who)));
    }

    /** Those whose octets follow from keys, number and an IV that anybody may choose. */
    static Stream<Arguments> exactByEach() throws IOException {
        return carriedByEach()
                .filter(arguments -> !(arguments.get()[0] instanceof CapturedSa sa && sa.is("encr", "12")));
    }

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void theCapturesAreThere() throws IOException {
        assertThat(CapturedSa.of("kernel")).hasSizeGreaterThan(300);
        assertThat(carried()).hasSizeGreaterThan(250);
    }

    private InstalledSa receiveBy(CapturedSa sa, Providers who) throws SaRefusedException {
        InstalledSa installed = sa.install(SaDirection.INBOUND, bench.slot());
        RawMemory.putLong(installed.slot().address() + SaSlotLayout.SEQUENCE, sa.before());
        bench.inbound.put(who.inbound(installed));
        return installed;
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("carriedByEach")
    void whatOthersSealedIsDeliveredOnce(CapturedSa sa, Providers who) throws SaRefusedException {
        InstalledSa installed = receiveBy(sa, who);
        for (int i = 0; i < sa.inner().size(); i++) {
            bench.receive(sa.esp(i));
            assertThat(bench.dropped()).isZero();
            assertThat(bench.tun.written).hasSize(i + 1);
            assertDelivered(sa, i);
            assertThat(Bench.counter(installed, SaSlotLayout.SEQUENCE)).isEqualTo(sa.before() + i + 1);
        }
        for (int i = 0; i < sa.inner().size(); i++) {
            bench.receive(sa.esp(i));
        }
        assertThat(bench.dropped(DropReason.REPLAY)).isEqualTo(sa.inner().size());
        assertThat(bench.tun.written).hasSize(sa.inner().size());
    }

    /** In transport mode the IP header is the receiver's own, between the same hosts. */
    private void assertDelivered(CapturedSa sa, int index) {
        byte[] delivered = bench.delivered(index);
        byte[] sent = sa.inner().get(index);
        if (sa.is("mode", "tunnel")) {
            assertThat(delivered).isEqualTo(sent);
            return;
        }
        int header = CapturedSa.ipHeader(sent);
        int addresses = header == 20 ? 12 : 8;
        assertThat(Arrays.copyOfRange(delivered, addresses, delivered.length))
                .isEqualTo(Arrays.copyOfRange(sent, addresses, sent.length));
        assertThat(delivered[header == 20 ? 9 : 6]).isEqualTo((byte) sa.next(index));
    }

    @ParameterizedTest
    @MethodSource("carried")
    void whatWasTamperedWithOrCutIsRefused(CapturedSa sa) throws SaRefusedException {
        receiveBy(sa, Providers.ALL);
        byte[] packet = sa.esp(0);
        for (int at = 0; at < packet.length; at++) {
            byte[] forged = packet.clone();
            forged[at] ^= (byte) (1 << at % 8);
            bench.receive(forged);
            bench.receive(Arrays.copyOf(packet, at));
        }
        assertThat(bench.tun.written).isEmpty();
        assertThat(bench.socket.passedToIke).isEmpty();
        assertThat(bench.dropped()).isEqualTo(2L * packet.length);
        bench.receive(packet);
        assertThat(bench.tun.written).hasSize(1);
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("exactByEach")
    void theSameOctetsAreSealed(CapturedSa sa, Providers who) throws SaRefusedException {
        PacketAead aead = Objects.requireNonNull(
                who.outbound(sa.install(SaDirection.OUTBOUND, bench.slot())).aead());
        for (int i = 0; i < sa.inner().size(); i++) {
            byte[] expected = sa.esp(i);
            assertThat(sealed(sa, i, aead, expected)).isEqualTo(expected);
        }
    }

    private static byte[] sealed(CapturedSa sa, int index, PacketAead aead, byte[] expected) {
        int offset = EspFormat.HEADER + aead.ivLength();
        byte[] text = padded(sa.payload(index), sa.number("tfc"), aead.alignment(), sa.next(index));
        try (Arena arena = Arena.ofConfined()) {
            long packet = arena.allocate(offset + text.length + 64L, 8).address();
            RawMemory.copyIn(expected, 0, packet, offset);
            long number = aead.ivLength() == 0 ? 0 : RawMemory.netLong(packet + EspFormat.HEADER);
            RawMemory.copyIn(text, 0, packet + offset, text.length);
            aead.seal(packet + offset, text.length, sa.before() + index + 1, number);
            byte[] result = new byte[offset + text.length + aead.icvLength()];
            RawMemory.copyOut(packet, result, 0, result.length);
            return result;
        }
    }

    /** Traffic flow confidentiality padding, padding, its length and the next header (RFC 4303 section 2). */
    private static byte[] padded(byte[] payload, int least, int alignment, int next) {
        int length = Math.max(payload.length, least);
        int padding = -(length + EspFormat.TRAILER) & alignment - 1;
        byte[] text = Arrays.copyOf(payload, length + padding + EspFormat.TRAILER);
        for (int i = 1; i <= padding; i++) {
            text[length + i - 1] = (byte) i;
        }
        text[length + padding] = (byte) padding;
        text[length + padding + 1] = (byte) next;
        return text;
    }
}
