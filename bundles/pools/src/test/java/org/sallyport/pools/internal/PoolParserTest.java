package org.sallyport.pools.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sallyport.api.admin.ConfigurationProblem;
import org.sallyport.api.flow.AddressRange;
import org.sallyport.api.flow.Addresses;

/** What an administrator may write, and what is said of what not. */
class PoolParserTest {
    private static PoolParser.Outcome parse(String... lines) {
        Map<String, String> values = new HashMap<>(Map.of("schema-version", "1", "addresses", "10.9.0.0/24"));
        for (String line : lines) {
            String[] parts = line.split("=", 2);
            values.put(parts[0].trim(), parts[1].trim());
        }
        return PoolParser.parse("org.sallyport.pool-phones.cfg", values);
    }

    private static List<AddressRange> addresses(String text) {
        return parse("addresses = " + text).settings().orElseThrow().addresses();
    }

    @Test
    void everythingIsRead() {
        PoolSettings settings = parse(
                        "addresses = 10.9.0.10-10.9.0.20, 2001:db8:9::/112",
                        "dns-servers = 10.2.0.53, 2001:db8:2::53",
                        "subnets = 10.2.0.0/16, 2001:db8:2::/48",
                        "domains = Corp.example., lab.example")
                .settings()
                .orElseThrow();
        assertThat(settings.dnsServers())
                .containsExactly(Addresses.parse("10.2.0.53"), Addresses.parse("2001:db8:2::53"));
        assertThat(settings.subnets())
                .containsExactly(AddressRange.parse("10.2.0.0/16"), AddressRange.parse("2001:db8:2::/48"));
        assertThat(settings.domains()).containsExactly("corp.example", "lab.example");
    }

    @Test
    void addressesThatNameANetworkAreNotGivenOut() {
        assertThat(addresses("10.9.0.0/24")).containsExactly(AddressRange.parse("10.9.0.1-10.9.0.254"));
        assertThat(addresses("10.9.0.0/31")).containsExactly(AddressRange.parse("10.9.0.0/31"));
        assertThat(addresses("10.9.0.0-10.9.0.255")).containsExactly(AddressRange.parse("10.9.0.0/24"));
        assertThat(addresses("10.9.0.4")).containsExactly(AddressRange.parse("10.9.0.4"));
        assertThat(addresses("2001:db8::/120")).containsExactly(AddressRange.parse("2001:db8::1-2001:db8::ff"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "addresses      | 10.9.0.0/33     | accepted: a network (10.9.0.0/24)",
                "addresses      | 10.9.0.9-10.9.0.1 | is above",
                "addresses      | 0.0.0.0/0       | has addresses of no host",
                "addresses      | 224.0.0.0/8     | has addresses of no host",
                "addresses      | 10.9.0.0/24, 10.9.0.7 | overlap",
                "addresses      | 10.9.0.1,,10.9.0.3    | a comma too many",
                "dns-servers    | dns.example     | accepted: an IPv4 or IPv6 address",
                "dns-servers    | 0.0.0.0         | is no host",
                "subnets        | 10.2.0.1-10.2.0.2 | is no network",
                "domains        | corp example    | accepted: a domain in ASCII",
                "domains        | müller.example  | accepted: a domain in ASCII",
                "schema-version | 2               | accepted: 1",
                "adresses       | 10.9.0.0/24     | there is no such key; known are addresses, dns-servers",
            })
    void aMistakeNamesFileKeyValueAndWhatIsAccepted(String key, String value, String words) {
        PoolParser.Outcome outcome = parse(key + " = " + value);
        assertThat(outcome.settings()).isEmpty();
        assertThat(outcome.problems()).singleElement().satisfies(p -> assertThat(p.text())
                .startsWith("org.sallyport.pool-phones.cfg: " + key + " = " + value + ": ")
                .contains(words));
    }

    @Test
    void aPoolNeedsAddresses() {
        assertThat(parse("addresses = ").problems())
                .extracting(ConfigurationProblem::accepted)
                .singleElement()
                .asString()
                .contains("is missing");
    }
}
