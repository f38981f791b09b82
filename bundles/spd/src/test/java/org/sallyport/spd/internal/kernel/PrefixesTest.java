package org.sallyport.spd.internal.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.sallyport.api.flow.AddressRange;
import org.sallyport.api.flow.Addresses;
import org.sallyport.linux.netlink.Prefix;

class PrefixesTest {
    @Test
    void networksStayWhole() {
        for (String network : List.of("0.0.0.0/0", "10.0.0.0/8", "10.1.2.3/32", "::/0", "fd01::/64", "fd01::7/128")) {
            AddressRange range = AddressRange.parse(network);
            Prefix prefix = Prefixes.of(range).getFirst();
            assertThat(Prefixes.of(range)).hasSize(1);
            assertThat(prefix.length()).isEqualTo(Integer.parseInt(network.substring(network.indexOf('/') + 1)));
            assertThat(prefix.address()).isEqualTo(range.first());
        }
    }

    @Property
    void theNetworksAreTheRangeAndNothingElse(
            @ForAll @IntRange(max = 0xffff) int a, @ForAll @IntRange(max = 0xffff) int b, @ForAll boolean ipv4) {
        AddressRange range = new AddressRange(address(Math.min(a, b), ipv4), address(Math.max(a, b), ipv4));
        BigInteger next = number(range.first());
        for (Prefix prefix : Prefixes.of(range)) {
            AddressRange part = AddressRange.parse(prefix.toString());
            assertThat(part.first()).isEqualTo(prefix.address());
            assertThat(number(part.first())).isEqualTo(next);
            next = number(part.last()).add(BigInteger.ONE);
        }
        assertThat(next).isEqualTo(number(range.last()).add(BigInteger.ONE));
    }

    private static java.net.InetAddress address(int number, boolean ipv4) {
        byte[] octets = new byte[ipv4 ? 4 : 16];
        octets[octets.length - 2] = (byte) (number >> 8);
        octets[octets.length - 1] = (byte) number;
        return Addresses.of(octets);
    }

    private static BigInteger number(java.net.InetAddress address) {
        return new BigInteger(1, address.getAddress());
    }
}
