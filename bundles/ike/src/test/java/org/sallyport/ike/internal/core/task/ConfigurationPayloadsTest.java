package org.sallyport.ike.internal.core.task;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.sallyport.api.flow.AddressRange;
import org.sallyport.api.flow.Addresses;
import org.sallyport.api.pool.HostConfiguration;
import org.sallyport.ike.internal.message.IkeMessage;
import org.sallyport.ike.internal.message.MessageDecoder;
import org.sallyport.ike.internal.message.Payload;

/** Configuration payloads as octets: written out by hand from RFC 7296 section 3.15 and RFC 8598 section 4. */
class ConfigurationPayloadsTest {
    private static final InetAddress ANY_IP4 = Addresses.parse("0.0.0.0");
    private static final InetAddress ANY_IP6 = Addresses.parse("::");

    /** A message with nothing but this configuration payload, so that it need not be sealed. */
    private static Payload.Configuration payload(String body) throws Exception {
        byte[] octets = HexFormat.of().parseHex(body.replace(" ", ""));
        String message = "0011223344556677 8899aabbccddeeff 2f 20 25 08 00000002 "
                + String.format("%08x", 28 + 4 + octets.length)
                + " 00 00 " + String.format("%04x", 4 + octets.length);
        IkeMessage decoded = MessageDecoder.decode(HexFormat.of().parseHex((message + body).replace(" ", "")));
        return decoded.only(Payload.Configuration.class);
    }

    @Test
    void anEmptyAttributeAsksForAnyAddress() throws Exception {
        // CFG_REQUEST: INTERNAL_IP4_ADDRESS(), INTERNAL_IP4_DNS(), as charon asks with vips = 0.0.0.0
        assertThat(ConfigurationPayloads.wanted(payload("01 000000 0001 0000 0003 0000")))
                .containsExactly(ANY_IP4);
        // and with vips = 0.0.0.0, ::
        assertThat(ConfigurationPayloads.wanted(payload("01 000000 0001 0000 0008 0000 0003 0000 000a 0000")))
                .containsExactly(ANY_IP4, ANY_IP6);
    }

    @Test
    void anAddressThatIsWantedIsRead() throws Exception {
        assertThat(ConfigurationPayloads.wanted(
                        payload("01 000000 0001 0004 0a090007" + " 0008 0011 20010db8000000000000000000000007 40")))
                .containsExactly(Addresses.parse("10.9.0.7"), Addresses.parse("2001:db8::7"));
    }

    @Test
    void whatIsNotKnownAsksForNothing() throws Exception {
        // APPLICATION_VERSION(), SUPPORTED_ATTRIBUTES(), one of private use
        assertThat(ConfigurationPayloads.wanted(payload("01 000000 0007 0000 000e 0000 7000 0001 ff")))
                .isEmpty();
    }

    @Test
    void aReplyIsRead() throws Exception {
        HostConfiguration read = ConfigurationPayloads.read(
                payload("02 000000 0001 0004 0a090007 0002 0004 ffffff00"
                        + " 0003 0004 0a020035 000d 0008 0a020000 ffff0000"
                        + " 0008 0011 20010db8000000000000000000000007 40"
                        + " 000a 0010 20010db8000000000000000000000053"
                        + " 000f 0011 20010db8000200000000000000000000 30"
                        + " 0019 000c 636f72702e6578616d706c65 0019 0001 2e"),
                List.of(ANY_IP4, ANY_IP6));
        assertThat(read)
                .isEqualTo(new HostConfiguration(
                        List.of(Addresses.parse("10.9.0.7"), Addresses.parse("2001:db8::7")),
                        List.of(Addresses.parse("10.2.0.53"), Addresses.parse("2001:db8::53")),
                        List.of(AddressRange.parse("10.2.0.0/16"), AddressRange.parse("2001:db8:2::/48")),
                        List.of("corp.example")));
    }

    @Test
    void whatWasNotAskedForAndWhatIsNoHostIsNotTaken() throws Exception {
        assertThat(ConfigurationPayloads.read(payload("02 000000 0001 0004 0a090007"), List.of(ANY_IP6))
                        .addresses())
                .isEmpty();
        for (String each : List.of("00000000", "7f000001", "e0000001", "a9fe0001", "0a0900")) {
            String length = String.format("%04x", each.length() / 2);
            assertThat(ConfigurationPayloads.read(payload("02 000000 0001 " + length + each), List.of(ANY_IP4))
                            .addresses())
                    .as(each)
                    .isEmpty();
        }
    }

    @Test
    void rubbishIsPassedOver() throws Exception {
        HostConfiguration read = ConfigurationPayloads.read(
                payload("02 000000 0001 0004 0a090007 0003 0003 0a0200 000d 0008 0a020000 ff00ff00 000d 0004 0a020000"
                        + " 000f 0011 20010db8000200000000000000000000 81 0019 0004 61202862 0019 0000"),
                List.of(ANY_IP4));
        assertThat(read)
                .isEqualTo(
                        new HostConfiguration(List.of(Addresses.parse("10.9.0.7")), List.of(), List.of(), List.of()));
    }

    @Test
    void aRequestAndAReplyAreWritten() throws Exception {
        Payload.Configuration request = ConfigurationPayloads.request(List.of(ANY_IP4, Addresses.parse("2001:db8::7")));
        assertThat(request)
                .isEqualTo(payload("01 000000 0001 0000 0003 0000 000d 0000"
                        + " 0008 0011 20010db8000000000000000000000007 80 000a 0000 000f 0000 0019 0000"));
        HostConfiguration given = new HostConfiguration(
                List.of(Addresses.parse("10.9.0.7"), Addresses.parse("2001:db8::7")),
                List.of(Addresses.parse("10.2.0.53")),
                List.of(AddressRange.parse("10.2.0.0/16"), AddressRange.parse("2001:db8:2::/48")),
                List.of("corp.example"));
        String told = "02 000000 0001 0004 0a090007 0008 0011 20010db8000000000000000000000007 80"
                + " 0003 0004 0a020035 000d 0008 0a020000 ffff0000 000f 0011 20010db8000200000000000000000000 30";
        assertThat(ConfigurationPayloads.reply(given, request))
                .isEqualTo(payload(told + " 0019 000c 636f72702e6578616d706c65"));
        assertThat(ConfigurationPayloads.reply(given, payload("01 000000 0001 0000")))
                .as("domains go to who asks for them")
                .isEqualTo(payload(told));
    }
}
