package org.sallyport.spd.internal.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sallyport.api.admin.ConfigurationProblem;
import org.sallyport.api.sa.IpsecMode;
import org.sallyport.spd.Samples;

/** What an administrator reads about a mistake in a policy: file, key, value, and what is accepted. */
class PolicyMessagesTest {
    private static final String FILE = "org.sallyport.policy-web.cfg";

    private static List<ConfigurationProblem> problems(String... lines) {
        String[] all = new String[lines.length + 2];
        all[0] = "local = 10.1.0.1";
        all[1] = "remote = 10.2.0.0/24";
        System.arraycopy(lines, 0, all, 2, lines.length);
        return Samples.compile(Samples.policy("web", all), Samples.peer("west")).problems();
    }

    @Test
    void packetsAreSharedOutByDscpOrByWorker() {
        assertThat(problems("action = protect", "peer = west", "dscp-sas = ef", "worker-sas = on"))
                .singleElement()
                .satisfies(p -> assertThat(p.toString())
                        .contains("worker-sas")
                        .contains("accepted: off, because the policy has dscp-sas"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            schema-version   | 2                 | accepted: 1, the only schema version there is
            schema-version   | one               | accepted: 1
            order            | first             | accepted: a whole number from 0 to 1000000; "first" is none
            order            | -1                | accepted: a whole number from 0 to 1000000
            order            | 1000001           | accepted: a whole number from 0 to 1000000
            order            | 99999999999       | accepted: a whole number from 0 to 1000000
            action           | protekt           | accepted: protect, bypass, discard
            action           | PROTECT           | accepted: protect, bypass, discard
            local            | 10.1.0            | accepted: an address, a network (10.0.0.0/8) or a range (10.0.0.1-10.0.0.9), several with commas between, or any, or assigned; "10.1.0" is not an IPv4 or IPv6 address
            local            | 10.1.0.0/33       | "/33" is not a prefix length from 0 to 32
            local            | 10.1.0.0/         | "/" is not a prefix length
            local            | 10.1.0.9-10.1.0.1 | 10.1.0.9 is above 10.1.0.1, the end of its range
            local            | 10.1.0.1-fd00::1  | are of different families
            local            | 10.1.0.1,,        | there is a comma too many
            local            | 10.1.0.1, any     | any stands alone
            local            | east.example.org  | "east.example.org" is not an IPv4 or IPv6 address
            local            | 256.1.1.1         | "256.1.1.1" is not an IPv4 or IPv6 address
            remote           | fd02::/64         | accepted: addresses of the families that local has; local = 10.1.0.1
            remote           | 10.2.0.0/24, fd02::/64 | accepted: addresses of the families that local has
            remote           | fd02::/129        | "/129" is not a prefix length from 0 to 128
            protocol         | tpc               | accepted: a name (tcp, udp, sctp, udplite, icmp, icmpv6, igmp, mh, gre, ospf, esp, ah), a number from 1 to 255, or any
            protocol         | 0                 | a number from 1 to 255
            protocol         | 256               | a number from 1 to 255
            protocol         | icmpv6            | accepted: icmp with IPv4 addresses and icmpv6 with IPv6 addresses
            local-port       | 80                | only protocol = tcp, udp, sctp or udplite has ports
            remote-port      | 80                | only protocol = tcp, udp, sctp or udplite has ports
            icmp-type        | 8                 | only protocol = icmp or icmpv6 has it
            icmp-code        | 0                 | only protocol = icmp or icmpv6 has it
            igmp-type        | 22                | only protocol = igmp has it
            mh-type          | 3                 | tell mobility headers apart
            interface        | a name with blanks | accepted: the name of an interface, 1 to 15 characters
            dscp-sas         | ef; ef            | with semicolons between, such as ef; af41 af42, each DSCP once, as a number from 0 to 63 or a name: cs0 to cs7, af11 to af43, ef, voice-admit, le; "ef" is there twice
            dscp-sas         | af41 34           | "34" is there twice
            dscp-sas         | ef;               | a group is empty
            dscp-sas         | copy              | "copy" is none
            dscp-sas         | 64                | a number from 0 to 63
            worker-sas       | yes               | accepted: on, off
            interface        | ../../etc/passwd  | accepted: the name of an interface
            interface        | eth0"; flush      | accepted: the name of an interface
            mode             | Tunnel            | accepted: tunnel, transport
            mode             | beet              | accepted: tunnel, transport
            peer             | east              | there is no file org.sallyport.peer-east.cfg; accepted: west
            proposals        | aes256gcm17       | "aes256gcm17" in proposal "aes256gcm17" is not a known algorithm; known are aes128gcm16
            proposals        | esn               | "esn" has no encryption algorithm
            proposals        | aes256            | has no integrity algorithm (such as sha256), which aes256 needs
            proposals        | aes128gcm8        | "aes128gcm8" in proposal "aes128gcm8" has an integrity check value below 16 octets
            proposals        | aes256gcm16,      | there is a comma too many
            proposals        | aes256gcm16-prfsha384 | has a PRF, which belongs to a peer's ike-proposals
            ipsec-protocol   | AH                | accepted: esp, ah
            ipsec-protocol   | ah                | peer "west" has encapsulation = udp, which AH cannot travel in; accepted: a peer with encapsulation = raw
            proposals        | sha256-esn        | has no encryption algorithm
            lifetime-time    | 3600              | accepted: a number with ms, s, m, h or d, such as 500ms, 5s or 1h; "3600" has no unit
            lifetime-time    | 1y                | "y" is no unit
            lifetime-time    | 0s                | it has to be more than nothing
            lifetime-time    | 1.5h              | "1.5h" is none
            lifetime-time    | 4000d             | it is longer than 3650d
            lifetime-time    | 999999999999999d  | it is too long
            lifetime-time-soft | 1h              | accepted: a time below lifetime-time
            lifetime-time-soft | 2h              | accepted: a time below lifetime-time
            lifetime-bytes   | 10                | accepted: a number with B, KiB, MiB, GiB, TiB, kB, MB, GB or TB, such as 10GiB, or none; "10" has no unit
            lifetime-bytes   | 10Gb              | "Gb" is no unit
            lifetime-bytes   | 999999999999999TiB | it is too much
            lifetime-bytes-soft | 1GiB           | there is no lifetime-bytes of which it would be a part
            lifetime-packets | 1e6               | accepted: a whole number of packets, or none
            pfp              | ports             | accepted: some of local-address, remote-address, protocol, local-port, remote-port; "ports" is none of them
            hold-time        | 5                 | "5" has no unit
            hold-time        | 2h                | it is longer than 1h
            hold-time        | 0s                | it has to be more than nothing
            replay-window    | 100               | accepted: a multiple of 64 from 64 to 8192
            replay-window    | 0                 | accepted: a multiple of 64 from 64 to 8192
            dscp             | 64                | accepted: copy, a number from 0 to 63, or a name: cs0 to cs7, af11 to af43, ef, voice-admit, le; "64" is none
            dscp             | -1                | accepted: copy, a number from 0 to 63
            dscp             | 0x2e              | accepted: copy, a number from 0 to 63
            dscp             | af14              | accepted: copy, a number from 0 to 63
            dscp             | af51              | accepted: copy, a number from 0 to 63
            dscp             | cs8               | accepted: copy, a number from 0 to 63
            dscp             | best effort       | accepted: copy, a number from 0 to 63
            df               | keep              | accepted: copy, set, clear
            tcp-mss          | 535               | accepted: fit, keep, or a number of octets from 536 to 65495; "535" is none
            tcp-mss          | 65496             | accepted: fit, keep, or a number of octets from 536 to 65495
            tcp-mss          | off               | accepted: fit, keep, or a number of octets from 536 to 65495
            tcp-mss          | 1400B             | accepted: fit, keep, or a number of octets from 536 to 65495
            tfc-padding      | 63                | accepted: none, mtu, or a number of octets from 64 to 65534; "63" is none
            tfc-padding      | 65535             | accepted: none, mtu, or a number of octets from 64 to 65534
            tfc-padding      | full              | accepted: none, mtu, or a number of octets from 64 to 65534
            other-family     | deny              | accepted: default, discard, bypass
            remote-adress    | 10.2.0.1          | there is no such key; did you mean remote
            holdtime         | 5s                | there is no such key; did you mean hold-time?
            colour           | blue              | there is no such key; known are action, container
            """)
    void namesFileKeyValueAndWhatIsAccepted(String key, String value, String accepted) {
        List<ConfigurationProblem> problems = problems(key + " = " + value);
        assertThat(problems).singleElement().satisfies(problem -> {
            assertThat(problem.file()).isEqualTo(FILE);
            assertThat(problem.key()).isEqualTo(key);
            assertThat(problem.value()).isEqualTo(value);
            assertThat(problem.accepted()).contains(accepted);
            assertThat(problem.text()).startsWith(FILE + ": " + key + " = " + value + ": ");
        });
    }

    @Test
    void whatGoesInClearIsNotPadded() {
        assertThat(problems("ipsec-protocol = ah", "tfc-padding = mtu"))
                .filteredOn(problem -> problem.key().equals("tfc-padding"))
                .singleElement()
                .satisfies(problem -> assertThat(problem.accepted()).contains("only ipsec-protocol = esp has it"));
    }

    @ParameterizedTest
    @CsvSource({"dscp = 0, dscp", "df = copy, df", "tcp-mss = keep, tcp-mss", "tfc-padding = mtu, tfc-padding"})
    void onlyATunnelHasAnOuterHeader(String line, String key) {
        assertThat(problems("mode = transport", "remote = 10.2.0.1", line))
                .filteredOn(problem -> problem.key().equals(key))
                .singleElement()
                .satisfies(problem -> assertThat(problem.accepted()).contains("only mode = tunnel has it"));
        assertThat(problems("mode = tunnel", line)).isEmpty();
    }

    @Test
    void aNegotiatorThatIsNotThereYetIsAccepted() {
        assertThat(problems("negotiator = acme")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            udp    | remote-port | 0          | accepted: a port from 1 to 65535, a range such as 1024-2047, or any
            udp    | remote-port | 65536      | accepted: a port from 1 to 65535
            tcp    | local-port  | 90-80      | 90 is above 80, the end of its range
            tcp    | local-port  | http       | accepted: a port from 1 to 65535
            tcp    | local-port  | 80-        | accepted: a port from 1 to 65535
            tcp    | remote-port | 65535      | the kernel's routing does not know a rule for port 65535 alone
            icmp   | icmp-type   | echo       | accepted: a type from 0 to 255, a range such as 0-8, or any
            icmp   | icmp-type   | 256        | accepted: a type from 0 to 255
            icmp   | icmp-type   | 8          | the kernel's routing does not tell ICMP types apart
            icmp   | icmp-code   | 1          | accepted: a code from 0 to 255, a range such as 0-3, or any; with one icmp-type
            igmp   | igmp-type   | 256        | accepted: a type from 0 to 255, a range such as 0-8, or any
            igmp   | igmp-type   | 22         | the kernel's routing does not tell IGMP types apart
            igmp   | icmp-type   | 8          | only protocol = icmp or icmpv6 has it
            gre    | local-port  | 80         | only protocol = tcp, udp, sctp or udplite has ports
            """)
    void portsAndTypesAreChecked(String protocol, String key, String value, String accepted) {
        assertThat(problems("protocol = " + protocol, key + " = " + value))
                .singleElement()
                .satisfies(problem -> {
                    assertThat(problem.key()).isEqualTo(key);
                    assertThat(problem.accepted()).contains(accepted);
                });
    }

    @ParameterizedTest
    @CsvSource({"local", "remote", "action", "schema-version"})
    void whatIsRequiredIsMissed(String key) {
        assertThat(problems(key + " = ")).singleElement().satisfies(problem -> {
            assertThat(problem.key()).isEqualTo(key);
            assertThat(problem.accepted()).startsWith("is missing; accepted: ");
        });
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            192.0.2.1    | 192.0.2.2    | none |
            any          | 192.0.2.2    | none | local: accepted: 192.0.2.1, the local-address of the peer
            192.0.2.0/24 | 192.0.2.2    | none | local: accepted: 192.0.2.1, the local-address of the peer
            192.0.2.1    | 192.0.2.0/24 | none | remote: accepted: 192.0.2.2, the remote-address of the peer
            192.0.2.1    | 192.0.2.2    | eth0 | mode: accepted: tunnel, or no interface
            """)
    void transportModeIsForTheTwoHostsThemselves(String local, String remote, String by, String refusal) {
        List<String> lines = new ArrayList<>(List.of("mode = transport", "local = " + local, "remote = " + remote));
        if (!by.equals("none")) {
            lines.add("interface = " + by);
        }
        List<String> problems = Samples.compile(
                        Samples.policy("web", lines.toArray(String[]::new)),
                        Samples.peer("west", "local-address = 192.0.2.1", "remote-address = 192.0.2.2"))
                .problems()
                .stream()
                .map(p -> p.key() + ": " + p.accepted().replaceFirst(".*(accepted: )", "$1"))
                .toList();
        assertThat(problems).isEqualTo(refusal == null ? List.of() : List.of(refusal));
    }

    @Test
    void transportModeWithAPeerFromAnywhereIsForAnyAddress() {
        assertThat(Samples.sound(
                                Samples.policy("web", "mode = transport", "local = any", "remote = 10.2.0.0/24"),
                                Samples.peer("west"))
                        .policies()
                        .getFirst()
                        .mode())
                .isEqualTo(IpsecMode.TRANSPORT);
    }

    @Test
    void aProtectionNeedsAPeer() {
        assertThat(problems("peer = ")).singleElement().satisfies(problem -> assertThat(problem.text())
                .isEqualTo(
                        FILE + ": peer = : is missing; accepted: the NAME of a file" + " org.sallyport.peer-NAME.cfg"));
    }

    @ParameterizedTest
    @CsvSource({
        "peer,west",
        "mode,tunnel",
        "proposals,aes256gcm16",
        "hold-time,5s",
        "dscp,0",
        "df,set",
        "tcp-mss,1300",
        "tfc-padding,mtu",
        "pfp,local-port",
        "lifetime-time,1h"
    })
    void onlyAProtectionHasWhatIpsecNeeds(String key, String value) {
        assertThat(problems("action = bypass", key + " = " + value))
                .singleElement()
                .satisfies(problem -> assertThat(problem.text())
                        .isEqualTo(FILE + ": " + key + " = " + value + ": only a policy with action = protect has it"));
    }

    @Test
    void everyMistakeIsToldAtOnce() {
        assertThat(problems("order = x", "hold-time = 5", "protocol = foo", "remote = nowhere"))
                .extracting(ConfigurationProblem::key)
                .containsExactlyInAnyOrder("order", "hold-time", "protocol", "remote");
    }

    @ParameterizedTest
    @CsvSource({"0.0.0.0/0,10.1.0.1,IPv4,IPv6", "::/0,fd01::1,IPv6,IPv4"})
    void aPolicyForEverythingOfOneFamilySaysWhatHappensToTheOther(
            String remote, String local, String family, String other) {
        assertThat(problems("local = " + local, "remote = " + remote))
                .singleElement()
                .satisfies(problem -> {
                    assertThat(problem.key()).isEqualTo("other-family");
                    assertThat(problem.accepted())
                            .contains(
                                    "covers every remote address of " + family + " alone",
                                    "say what happens to " + other,
                                    "discard, bypass, or default");
                });
    }

    @Test
    void whereBothFamiliesAreNamedThereIsNoOther() {
        assertThat(problems("local = any", "remote = any", "other-family = discard"))
                .singleElement()
                .satisfies(problem -> assertThat(problem.accepted()).contains("both families"));
    }

    @Test
    void rangesThatComeToTooManyRulesAreRefused() {
        assertThat(problems("local = fd01::1-fd02::ffff:ffff:ffff:fffe", "remote = fd03::1-fd04::ffff:ffff:ffff:fffe"))
                .singleElement()
                .satisfies(problem -> {
                    assertThat(problem.key()).isEqualTo("local");
                    assertThat(problem.accepted())
                            .contains("routing rules, too many; accepted: ranges that are networks");
                });
    }

    @ParameterizedTest
    @CsvSource({
        "a name",
        "'-web'",
        "ümlaut",
        "''",
        "0123456789012345678901234567890123456789012345678901234567890123456"
    })
    void aNameThatCannotBeShownIsRefused(String name) {
        assertThat(Samples.compile(Samples.policy(name, "action = bypass", "local = 10.1.0.1", "remote = 10.2.0.1"))
                        .problems())
                .singleElement()
                .satisfies(problem -> assertThat(problem.text())
                        .startsWith("org.sallyport.policy-" + name + ".cfg: the name in the file's name")
                        .contains("accepted: up to 64 letters"));
    }

    @Test
    void aPolicyOutsideWhatItsPeerMayHaveIsRefused() {
        List<ConfigurationProblem> problems = Samples.compile(
                        Samples.policy("web", "local = 10.1.0.1", "remote = 10.2.0.0/23"),
                        Samples.peer("west", "permitted-remote = 10.2.0.0/24"))
                .problems();
        assertThat(problems).singleElement().satisfies(problem -> {
            assertThat(problem.file()).isEqualTo(FILE);
            assertThat(problem.key()).isEqualTo("peer");
            assertThat(problem.accepted())
                    .contains(
                            "10.2.0.0/23",
                            "outside what org.sallyport.peer-west.cfg permits",
                            "permitted-remote = [10.2.0.0/24]");
        });
    }

    @Test
    void aPeerWithAMistakeIsNotCalledMissing() {
        List<ConfigurationProblem> problems = Samples.compile(
                        Samples.policy("web", "local = 10.1.0.1", "remote = 10.2.0.1"),
                        Samples.peer("west", "dpd-interval = often"))
                .problems();
        assertThat(problems)
                .extracting(ConfigurationProblem::text)
                .anyMatch(t -> t.contains("peer-west.cfg: dpd-interval = often"))
                .anyMatch(t -> t.contains("the peer's file org.sallyport.peer-west.cfg has a mistake of its own"));
    }
}
