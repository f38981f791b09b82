package org.sallyport.shell.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sallyport.api.negotiation.Negotiator;

class FlowTestCommandTest {
    private final World world = World.whole();

    private String test(boolean forwarded, String words) {
        FlowTestCommand command = new FlowTestCommand();
        command.flow(forwarded, words.split(" "));
        return world.run(command);
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            tcp from 10.1.0.5 to 10.2.0.7 port 443,             tcp 10.1.0.5:49152 > 10.2.0.7:443
            tcp 10.1.0.5:1024 10.2.0.7:443,                     tcp 10.1.0.5:1024 > 10.2.0.7:443
            udp from 2001:db8::1 port 7 to 2001:db8::2 port 53, udp [2001:db8:0:0:0:0:0:1]:7 > [2001:db8:0:0:0:0:0:2]:53
            icmp 10.1.0.5 10.2.0.7,                             icmp 10.1.0.5:2048 > 10.2.0.7:2048
            icmp 10.1.0.5 10.2.0.7 type 3 code 1,               icmp 10.1.0.5:769 > 10.2.0.7:769
            47 10.1.0.5 10.2.0.7,                               gre 10.1.0.5 > 10.2.0.7
            tcp to 127.0.0.1 port 80,                           tcp 127.0.0.1:49152 > 127.0.0.1:80
            """)
    void readsFlowsInWords(String words, String flow) {
        assertThat(FlowWords.parse(List.of(words.split(" ")))).hasToString(flow);
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            tcp,                               A flow names where it goes
            tpc 10.2.0.7:443,                  "tpc" is not a protocol
            tcp 10.1.0.1 10.2.0.7,             names the port it goes to
            tcp 10.2.0.7:x,                    "x" is not a port from 0 to 65535
            tcp 10.2.0.777:80,                 is not an IPv4 or IPv6 address
            tcp 10.2.0.7 port,                 Here a port is missing
            tcp port 80,                       A port stands after its address
            tcp 10.1.0.1 2001:db8::1 port 80,  of one address family
            tcp 10.0.0.1 10.0.0.2 10.0.0.3:1,  is one address too many
            tcp server.example:80,             "server.example" is not an IPv4 or IPv6 address
            """)
    void saysWhatIsWrongWithAFlow(String words, String sentence) {
        assertThatThrownBy(() -> FlowWords.parse(List.of(words.split(" "))))
                .isInstanceOf(SentenceException.class)
                .hasMessageContaining(sentence);
    }

    @Test
    void namesTheSaThatWouldCarryIt() {
        assertThat(test(false, "tcp from 10.1.0.5 to 10.2.0.7 port 443"))
                .contains(
                        "verdict    protect",
                        "policy     to-berlin",
                        "sa         berlin[3]{7}",
                        "spi out    00000777",
                        "entry 2 of 2 (order 20) is the first whose selectors hold the flow",
                        "it goes on at once, sealed");
    }

    @Test
    void saysThatItWouldBeHeldOrWhyItWouldFail() {
        assertThat(test(false, "tcp from 10.1.0.5 to 10.2.0.7 port 80"))
                .contains("it fails: Not available: packets.", "bundle:start org.sallyport.classifier");
        world.appliance.dataPlane = new IdlePlane();
        assertThat(test(false, "tcp from 10.1.0.5 to 10.2.0.7 port 80"))
                .contains("it is held, at most 5s, while ikev2 makes an SA with berlin")
                .doesNotContain("spi");
    }

    @Test
    void tellsTheDefaultsApart() {
        assertThat(test(false, "tcp from 10.1.0.5 to 10.9.0.1 port 80"))
                .contains("verdict    bypass", "none of the 2 entries matches", "it goes on in clear");
        assertThat(test(true, "tcp from 10.1.0.5 to 10.9.0.1 port 80"))
                .contains("verdict    discard", "the default for forwarded traffic decides");
        assertThat(test(false, "tcp from 10.1.0.5 to 10.3.0.1 port 23"))
                .contains("policy     no-telnet", "a program sees EACCES");
    }

    @Test
    void answersPrograms() {
        FlowTestCommand command = new FlowTestCommand();
        command.flow(false, "tcp", "10.1.0.5", "10.2.0.7:443");
        assertThat(world.json(command))
                .startsWith("{\"flow\":\"tcp 10.1.0.5:49152 > 10.2.0.7:443\",\"generation\":4,\"verdict\":\"protect\"");
    }

    @Test
    void forgetsANegotiatorThatWent() {
        Map<String, Object> properties = Map.of(Negotiator.NAME, "ikev2");
        Negotiator negotiator = world.appliance.negotiator("ikev2");
        world.appliance.removeNegotiator(negotiator, properties);
        assertThat(world.appliance.has(Capability.IKE)).isFalse();
    }
}
