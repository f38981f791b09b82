package org.sallyport.classifier.internal.flow;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.sallyport.api.sa.SaSlotLayout;
import org.sallyport.classifier.internal.OpenCipher;
import org.sallyport.classifier.internal.esp.PacketAead;

class SegmentLimitTest {
    private final MemorySegment slot = Arena.ofAuto().allocate(SaSlotLayout.SIZE, 64);

    /** Sizes of RFC 4106, of CBC with HMAC-SHA2-256, of CBC with HMAC-SHA2-512, of CCM with a short ICV and of integrity alone. */
    @Provide
    Arbitrary<OpenCipher> sizes() {
        return Arbitraries.of(
                new OpenCipher(8, 4, 16),
                new OpenCipher(16, 16, 16),
                new OpenCipher(16, 16, 32),
                new OpenCipher(8, 4, 8),
                new OpenCipher(0, 4, 16));
    }

    /** The longest packet that fits, found by trying all: RFC 4303 section 2, in UDP (RFC 3948) or not, in IP. */
    @Property(tries = 3000)
    void theLongestSegmentFitsAndOneMoreOctetDoesNot(
            @ForAll @From("sizes") PacketAead sizes,
            @ForAll boolean outerIpv4,
            @ForAll boolean udp,
            @ForAll boolean ipv4,
            @ForAll @IntRange(min = 576, max = 9200) int mtu,
            @ForAll @IntRange(min = 1280, max = 9000) int device) {
        int path = Math.max(mtu, outerIpv4 ? 576 : 1280);
        set(SaSlotLayout.TCP_MSS, SaSlotLayout.TCP_MSS_FITTING);
        set(SaSlotLayout.PATH_MTU, mtu);
        set(SaSlotLayout.PATH_ENCAPSULATION, udp ? SaSlotLayout.ENCAPSULATION_UDP : SaSlotLayout.ENCAPSULATION_RAW);
        set(SaSlotLayout.PATH_FAMILY, outerIpv4 ? 4 : 6);
        int packet = limit(sizes).of(ipv4, device) + (ipv4 ? 40 : 60);
        assertThat(packet).isLessThanOrEqualTo(device);
        assertThat(outer(sizes, outerIpv4, udp, packet)).isLessThanOrEqualTo(path);
        if (packet < device) {
            assertThat(outer(sizes, outerIpv4, udp, packet + 1)).isGreaterThan(path);
        }
    }

    private static int outer(PacketAead sizes, boolean ipv4, boolean udp, int inner) {
        int text = inner + 2;
        while (text % sizes.alignment() != 0) {
            text++;
        }
        return (ipv4 ? 20 : 40) + (udp ? 8 : 0) + 8 + sizes.ivLength() + text + sizes.icvLength();
    }

    @Property(tries = 300)
    void policyLowersItFurtherAndNeverRaisesIt(@ForAll @IntRange(min = 536, max = 65_495) int most) {
        set(SaSlotLayout.TCP_MSS, most);
        set(SaSlotLayout.PATH_MTU, 1500);
        set(SaSlotLayout.PATH_FAMILY, 4);
        SegmentLimit limit = limit(new OpenCipher(8, 4, 16));
        assertThat(limit.of(true, 1400)).isEqualTo(Math.min(most, 1360));
        assertThat(limit.of(false, 1400)).isEqualTo(Math.min(most, 1340));
    }

    @Example
    void aPathThatIsNotKnownLowersNothingAndKeptMeansKept() {
        SegmentLimit limit = limit(new OpenCipher(8, 4, 16));
        set(SaSlotLayout.PATH_MTU, 0);
        set(SaSlotLayout.TCP_MSS, SaSlotLayout.TCP_MSS_FITTING);
        assertThat(limit.of(true, 1400)).isEqualTo(1360);
        set(SaSlotLayout.PATH_MTU, 1280);
        set(SaSlotLayout.TCP_MSS, SaSlotLayout.TCP_MSS_KEPT);
        assertThat(limit.of(true, 1400)).isEqualTo(SegmentLimit.NONE);
    }

    @Example
    void whatThePathHasTurnedOutToTakeCounts() {
        SegmentLimit limit = limit(new OpenCipher(8, 4, 16));
        set(SaSlotLayout.TCP_MSS, SaSlotLayout.TCP_MSS_FITTING);
        set(SaSlotLayout.PATH_FAMILY, 4);
        set(SaSlotLayout.PATH_ENCAPSULATION, SaSlotLayout.ENCAPSULATION_UDP);
        set(SaSlotLayout.PATH_MTU, 1500);
        set(SaSlotLayout.PATH_MTU_KNOWN, 1280);
        assertThat(limit.of(true, 1400)).isEqualTo(1218 - 40);
        set(SaSlotLayout.PATH_MTU_KNOWN, 1400);
        assertThat(limit.of(true, 1400)).isEqualTo(1338 - 40);
    }

    private SegmentLimit limit(PacketAead sizes) {
        return new SegmentLimit(slot.address(), new PathFit(slot.address(), sizes));
    }

    private void set(int field, int value) {
        slot.set(JAVA_INT, field, value);
    }
}
