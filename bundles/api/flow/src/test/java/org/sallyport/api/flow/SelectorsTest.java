package org.sallyport.api.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SelectorsTest {
    @ParameterizedTest
    @CsvSource({
        "10.2.0.0/24, 10.2.0.0/24",
        "10.2.0.77/24, 10.2.0.0/24",
        "10.2.0.1, 10.2.0.1",
        "10.2.0.1-10.2.0.9, 10.2.0.1-10.2.0.9",
        "10.2.0.0-10.2.0.255, 10.2.0.0/24",
        "0.0.0.0/0, 0.0.0.0/0",
        "fd00:2::/64, fd00:2:0:0:0:0:0:0/64"
    })
    void readsAndWritesRanges(String written, String shown) {
        assertThat(AddressRange.parse(written)).hasToString(shown);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "10.2.0.0/33",
                "10.2.0",
                "example.org",
                "10.2.0.9-10.2.0.1",
                "10.0.0.1-fd00::1",
                "",
                "::/129",
                "1/8"
            })
    void refusesWhatIsNoRangeAndNeverResolvesNames(String written) {
        assertThatThrownBy(() -> AddressRange.parse(written)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void comparesAddressesUnsigned() {
        AddressRange high = AddressRange.parse("128.0.0.0-255.255.255.255");
        assertThat(high.contains(Addresses.parse("200.1.2.3"))).isTrue();
        assertThat(high.contains(Addresses.parse("127.255.255.255"))).isFalse();
        assertThat(AddressRange.parse("8000::/1").contains(Addresses.parse("fd00::1")))
                .isTrue();
    }

    @Test
    void intersectsSelectors() {
        TrafficSelector web = new TrafficSelector(IpProtocol.TCP, PortRange.of(80), AddressRange.parse("10.2.0.0/16"));
        TrafficSelector net = TrafficSelector.of(AddressRange.parse("10.2.3.0-10.3.0.0"));
        assertThat(web.intersect(net))
                .hasValueSatisfying(common -> assertThat(common).hasToString("10.2.3.0-10.2.255.255[tcp/80]"));
        TrafficSelector dns = new TrafficSelector(IpProtocol.UDP, PortRange.ANY, AddressRange.parse("10.2.0.0/16"));
        assertThat(web.intersect(dns)).isEmpty();
    }

    @Test
    void opaquePortsMatchOnlyAnyAndOpaque() {
        assertThat(PortRange.ANY.contains(Flow.OPAQUE_PORT)).isTrue();
        assertThat(PortRange.OPAQUE.contains(Flow.OPAQUE_PORT)).isTrue();
        assertThat(new PortRange(1, 65535).contains(Flow.OPAQUE_PORT)).isFalse();
        assertThat(PortRange.OPAQUE.contains(80)).isFalse();
        assertThat(PortRange.OPAQUE.intersect(PortRange.of(80))).isEmpty();
    }

    @Test
    void holdsAFlowWhenBothSidesMatch() {
        Selectors selectors = new Selectors(
                List.of(TrafficSelector.of(AddressRange.parse("10.1.0.1"))),
                List.of(TrafficSelector.of(AddressRange.parse("10.2.0.0/24"))));
        Flow flow = new Flow(0, IpProtocol.TCP, Addresses.parse("10.1.0.1"), 40000, Addresses.parse("10.2.0.10"), 80);
        assertThat(selectors.contains(flow)).isTrue();
        assertThat(selectors.contains(
                        new Flow(0, IpProtocol.TCP, flow.local(), 40000, Addresses.parse("10.3.0.10"), 80)))
                .isFalse();
        assertThat(flow).hasToString("tcp 10.1.0.1:40000 > 10.2.0.10:80");
    }

    @Test
    void rangesReadAsPrefixesWhereTheyAreOnes() {
        for (String text : List.of(
                "10.1.0.0/24",
                "0.0.0.0/0",
                "128.0.0.0/1",
                "192.0.2.4/31",
                "192.0.2.4",
                "10.0.0.0-10.0.0.2",
                "10.0.0.1-10.0.0.2",
                "10.0.0.128-10.0.1.127",
                "10.0.0.1-10.0.0.255",
                "2001:db8:0:0:0:0:0:0/32",
                "2001:db8:0:0:0:0:0:0/127",
                "2001:db8:0:0:0:0:0:1-2001:db8:0:0:0:0:0:2")) {
            assertThat(AddressRange.parse(text)).hasToString(text);
        }
        assertThat(AddressRange.parse("10.0.0.0-10.0.0.255")).hasToString("10.0.0.0/24");
    }
}
