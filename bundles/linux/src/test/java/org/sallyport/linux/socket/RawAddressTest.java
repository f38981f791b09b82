package org.sallyport.linux.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.net.InetSocketAddress;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** The octets are a little-endian machine's, as all supported ones are. */
class RawAddressTest {
    @Test
    void readsIpv4() {
        assertThat(raw("0200 0050 c0000201 0000000000000000").internet())
                .contains(new InetSocketAddress("192.0.2.1", 80));
    }

    @Test
    void readsIpv6WithAndWithoutScope() {
        String address = "0a00 1f90 00000000 20010db8000000000000000000000001";

        assertThat(raw(address + "00000000").internet()).contains(new InetSocketAddress("2001:db8::1", 8080));
        assertThat(raw(address).internet()).contains(new InetSocketAddress("2001:db8::1", 8080));
    }

    @Test
    void aMappedAddressMeansIpv4() {
        assertThat(raw("0a00 0050 00000000 00000000000000000000ffffc0000201 00000000")
                        .internet())
                .contains(new InetSocketAddress("192.0.2.1", 80));
    }

    @Test
    void anUnspecifiedFamilyIsADestinationForDatagramsAlone() {
        RawAddress address = raw("0000 0050 c0000201 0000000000000000");

        assertThat(address.internet()).isEmpty();
        assertThat(address.datagramDestination()).contains(new InetSocketAddress("192.0.2.1", 80));
    }

    @Test
    void whatIsTooShortOrOfAnotherFamilyHasNoAddress() {
        assertThat(raw("0200 0050 c0000201").internet()).isEmpty();
        assertThat(raw("0100 2f746d70").internet()).isEmpty();
        assertThat(raw("0000").datagramDestination()).isEmpty();
        assertThatThrownBy(() -> raw("02")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void writesWhatItReads() {
        InetSocketAddress v4 = new InetSocketAddress("192.0.2.1", 443);
        InetSocketAddress v6 = new InetSocketAddress("2001:db8::1", 443);

        assertThat(RawAddress.of(v4).internet()).contains(v4);
        assertThat(RawAddress.of(v6).internet()).contains(v6);
        assertThat(RawAddress.ofInet6(v4).family()).isEqualTo(RawAddress.FAMILY_INET6);
        assertThat(RawAddress.ofInet6(v4).internet()).contains(v4);
        try (Arena arena = Arena.ofConfined()) {
            byte[] bytes = RawAddress.of(v4).toSegment(arena).toArray(ValueLayout.JAVA_BYTE);
            assertThat(HexFormat.of().formatHex(bytes)).isEqualTo("020001bbc00002010000000000000000");
        }
    }

    private static RawAddress raw(String hex) {
        return RawAddress.of(HexFormat.of().parseHex(hex.replace(" ", "")));
    }
}
