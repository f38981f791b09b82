package org.sallyport.spd.internal.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sallyport.api.admin.ChildSaView.Traffic;

class GuardCountersTest {
    /** As nft 1.0.6 prints it. */
    private static String rule(String chain, String policy, long packets, long octets) {
        return """
                {"rule": {"family": "inet", "table": "sallyport_guard", "chain": "%s", "handle": 3, "comment": "%s", \
                "expr": [{"match": {"op": "==", "left": {"payload": {"protocol": "ip", "field": "daddr"}}, "right": \
                {"range": ["10.4.0.0", "10.4.0.255"]}}}, {"counter": {"packets": %d, "bytes": %d}}, {"drop": null}]}}""".formatted(chain, policy, packets, octets);
    }

    private static String set(String name, String policy, long packets, long octets) {
        return """
                {"set": {"family": "inet", "name": "%s", "table": "sallyport_guard", "type": "ipv4_addr", "elem": \
                [{"elem": {"val": "10.0.0.1", "counter": {"packets": %d, "bytes": %d}, "comment": "%s"}}]}}""".formatted(name, packets, octets, policy);
    }

    private static Map<String, Traffic> parse(String... objects) {
        return GuardCounters.parse(
                "{\"nftables\": [{\"metainfo\": {\"version\": \"1.0.6\"}}, " + String.join(", ", objects) + "]}");
    }

    @Test
    void everyRuleOfAPolicyIsCounted() {
        assertThat(parse(rule("out_0", "web", 2, 58), rule("in_0", "web", 1, 40), rule("in_0", "mail", 7, 70)))
                .isEqualTo(Map.of("web", new Traffic(3, 98), "mail", new Traffic(7, 70)));
        assertThat(parse(set("set_0_1_2", "web", 5, 50), rule("out_0", "web", 2, 58)))
                .isEqualTo(Map.of("web", new Traffic(7, 108)));
    }

    @Test
    void whatTwoPlansCountBesideEachOtherIsCountedOnce() {
        assertThat(parse(rule("out_0", "web", 5, 50), rule("out_1", "web", 3, 30), rule("in_1", "web", 1, 1)))
                .isEqualTo(Map.of("web", new Traffic(6, 51)));
        assertThat(parse(set("set_0_1_2", "web", 5, 50), set("set_1_0_0", "web", 4, 40)))
                .isEqualTo(Map.of("web", new Traffic(5, 50)));
    }

    @Test
    void sumsGoOnWhenThePlanIsReplacedAndWhenSomebodyElseResets() {
        GuardCounters counters = new GuardCounters();
        counters.read(Map.of("web", new Traffic(5, 50)));
        counters.read(Map.of("web", new Traffic(8, 80)));
        assertThat(counters.totals()).isEqualTo(Map.of("web", new Traffic(8, 80)));
        counters.replaced(Map.of("web", new Traffic(9, 90)));
        counters.read(Map.of("web", new Traffic(1, 10), "new", new Traffic(2, 20)));
        assertThat(counters.totals()).isEqualTo(Map.of("web", new Traffic(10, 100), "new", new Traffic(2, 20)));
        counters.read(Map.of("web", new Traffic(0, 0)));
        assertThat(counters.totals()).containsEntry("web", new Traffic(10, 100));
    }

    @Test
    void nothingIsReadFromNothing() {
        assertThat(GuardCounters.parse("")).isEmpty();
        assertThat(GuardCounters.parse("{\"nftables\": []}")).isEmpty();
    }

    @Test
    void jsonIsReadAsItsStandardSays() {
        assertThat(Json.read(" {\"a\":[1,-2,3.5e2,true,false,null,\"q\\\"\\\\\\n\\u00e9/\"],\"b\":{}} "))
                .hasToString("{a=[1, -2, 350.0, true, false, null, q\"\\\né/], b={}}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[1,", "{\"a\"}", "[1 2]", "nul", "\"open", "[1]x", "{,}", "\"\\u12\"", "-"})
    void whatIsNoJsonIsRefused(String text) {
        assertThatThrownBy(() -> Json.read(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void nestingIsBounded() {
        assertThatThrownBy(() -> Json.read("[".repeat(100_000))).isInstanceOf(IllegalArgumentException.class);
    }
}
