package org.sallyport.spd.internal.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sallyport.api.admin.ConfigurationProblem;
import org.sallyport.spd.Samples;

/** What an administrator reads about a mistake in a peer, or in how policies are enforced. */
class PeerMessagesTest {
    private static final String FILE = "org.sallyport.peer-west.cfg";

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            schema-version    | 0               | accepted: 1
            local-address     | east            | accepted: an IPv4 or IPv6 address, or any (the default: the route decides); "east" is not an IPv4 or IPv6 address
            remote-address    | west.example.org | any (the default: it may come from anywhere, and we never initiate)
            remote-address    | 10.0.0.0/8      | accepted: an IPv4 or IPv6 address
            local-identity    | keyid           | nothing
            local-identity    | 10.0.0.999      | accepted: an address, a host name (gw.example.org), user@host, fqdn:name, keyid:text or a distinguished name (CN=gw, O=Example)
            local-identity    | *.example.org   | "*.example.org" stands for several
            remote-identity   | CN=             | nothing
            auth              | pubkeys         | accepted: psk, pubkey, eap-mschapv2, or the name of a plugin's method, which has a dot in it; there is no method "pubkeys"
            auth              | eap-mschapv2    | eap-mschapv2 does not stand alone
            auth              | acme.badge      | nothing
            revocation        | maybe           | accepted: strict, if-present (the default), off
            auth-lifetime     | 8               | "8" has no unit
            ike-proposals     | aes256gcm16     | "aes256gcm16" has no PRF (such as prfsha384)
            ike-proposals     | prfsha256-ecp256 | has no encryption algorithm (such as aes256gcm16)
            ike-proposals     | aes256gcm16-prfsha384 | has no key exchange method (such as ecp384)
            ike-proposals     | aes256gcm16-prfsha384-ecp384-esn | belong to a policy's proposals
            ike-proposals     | 3des-md5-modp1024 | "3des" in proposal "3des-md5-modp1024" is too weak
            ike-proposals     | aes256-md5-ecp256 | "md5" in proposal "aes256-md5-ecp256" is broken, and RFC 8221 and 8247 forbid it; accepted in its place: sha256, sha384, sha512, aescmac, aesxcbc
            ike-proposals     | aes256-sha256-modp1024 | "modp1024" in proposal "aes256-sha256-modp1024" is too small a group
            ike-proposals     | aes256-prfsha256-ecp256 | has no integrity algorithm (such as sha256), which aes256 needs
            ike-proposals     | aes256gcm16-sha256-prfsha256-ecp256 | has sha256 beside aes256gcm16, which authenticates itself; leave out sha256
            ike-proposals     | aes256gcm16-aes256-sha256-ecp256 | mixes aes256gcm16, which authenticates, with aes256, which does not; write two proposals
            ike-proposals     | null-sha256-ecp256 | has null, which encrypts nothing
            ike-proposals     | aes256gmac-prfsha256-ecp256 | has aes256gmac, which encrypts nothing
            ike-proposals     | aes256gcm16-prfsha384-ecp384-ke1_mlkem768 | "ke1_mlkem768" in proposal "aes256gcm16-prfsha384-ecp384-ke1_mlkem768" is an additional key exchange (RFC 9370)
            ike-proposals     | aes256-sha256-modp2048, chacha20poly1305-prfsha256-x448, aes128ccm8-sha512-ecp256bp | nothing
            permitted-local   | 10.0.0.0/99     | "/99" is not a prefix length from 0 to 32
            permitted-remote  | all             | "all" is not an IPv4 or IPv6 address
            dpd-interval      | 30              | "30" has no unit
            ike-lifetime      | 0h              | it has to be more than nothing
            ike-lifetime-soft | 4h              | accepted: a time below ike-lifetime
            retransmit-first  | soon            | accepted: a number with ms, s, m, h or d
            retransmit-factor | 0.5             | accepted: a number from 1.0 to 10.0
            retransmit-factor | 11              | accepted: a number from 1.0 to 10.0
            retransmit-factor | NaN             | accepted: a number from 1.0 to 10.0
            retransmit-tries  | 0               | accepted: a whole number from 1 to 100
            retransmit-tries  | 101             | accepted: a whole number from 1 to 100
            start             | auto            | accepted: on-demand, at-start, by-hand
            unique            | yes             | accepted: no, never, keep, replace
            unique            | replace         | nothing
            reauth-time       | 4h              | accepted: a time below ike-lifetime, or 0s for never
            reauth-time       | 3h              | nothing
            reauth-time       | 3               | "3" has no unit
            mobike            | yes             | accepted: on, off
            mobike            | on              | nothing
            encapsulation     | sctp            | accepted: raw, udp, tcp
            encapsulation     | tcp             | nothing
            encapsulation     | raw             | nothing
            tcp-fallback      | always          | accepted: on, off
            tcp-fallback      | on              | nothing
            """)
    void namesFileKeyValueAndWhatIsAccepted(String key, String value, String accepted) {
        var problems =
                Samples.compile(Samples.peer("west", key + " = " + value)).problems();
        if (accepted.equals("nothing")) {
            assertThat(problems).isEmpty();
            return;
        }
        assertThat(problems).singleElement().satisfies(problem -> {
            assertThat(problem.file()).isEqualTo(FILE);
            assertThat(problem.key()).isEqualTo(key);
            assertThat(problem.value()).isEqualTo(value);
            assertThat(problem.accepted()).contains(accepted);
        });
    }

    @ParameterizedTest
    @CsvSource({"local-identity", "remote-identity", "secret-file"})
    void whatIsRequiredIsMissed(String key) {
        assertThat(Samples.compile(Samples.peer("west", key + " = ")).problems())
                .singleElement()
                .satisfies(problem -> {
                    assertThat(problem.key()).isEqualTo(key);
                    assertThat(problem.accepted()).startsWith("is missing; accepted: ");
                });
    }

    @ParameterizedTest
    @CsvSource({"secret", "psk", "password", "pre-shared-key"})
    void aSecretInTheWrongPlaceIsNotRepeated(String key) {
        assertThat(Samples.compile(Samples.peer("west", key + " = hunter2")).problems())
                .singleElement()
                .satisfies(problem -> assertThat(problem.text())
                        .startsWith(FILE + ": " + key + " = …: there is no such key")
                        .contains("secret-file")
                        .doesNotContain("hunter2"));
    }

    @Test
    void aPeerWithoutAnAddressCannotBeStarted() {
        assertThat(Samples.compile(Samples.peer("west", "remote-address = any", "start = at-start"))
                        .problems())
                .singleElement()
                .satisfies(problem -> {
                    assertThat(problem.key()).isEqualTo("start");
                    assertThat(problem.accepted()).contains("on-demand or by-hand, or else a remote-address");
                });
    }

    @Test
    void anSaThatStartsByItselfIsNotEndedForWantOfFlows() {
        assertThat(Samples.compile(
                                Samples.policy("web", "local = 10.1.0.0/24", "remote = 10.2.0.0/24", "linger = 1m"),
                                Samples.peer("west", "remote-address = 192.0.2.2", "start = at-start"))
                        .problems())
                .singleElement()
                .satisfies(problem -> {
                    assertThat(problem.key()).isEqualTo("linger");
                    assertThat(problem.accepted())
                            .startsWith("accepted: lifetime, because its peer has start = at-start");
                });
    }

    @ParameterizedTest
    @CsvSource({"at-start, false", "by-hand, false", "on-demand, true"})
    void whatSomebodyStartedLingersForItsLifetime(String start, boolean lingers) {
        var sound = Samples.sound(
                Samples.policy("web", "local = 10.1.0.0/24", "remote = 10.2.0.0/24"),
                Samples.peer("west", "remote-address = 192.0.2.2", "start = " + start));
        assertThat(sound.policies().getFirst().linger().isPresent()).isEqualTo(lingers);
    }

    @Test
    void whatAMethodNeedsIsMissed() {
        assertThat(missing("auth = pubkey")).containsExactly("key-file", "ca-files");
        assertThat(missing("local-auth = eap-mschapv2", "remote-auth = pubkey", "ca-files = ca.pem"))
                .containsExactly("eap-secret-file");
        assertThat(missing("local-auth = pubkey", "remote-auth = eap-mschapv2", "key-file = own.p12"))
                .containsExactly("eap-secrets-folder");
        assertThat(missing("auth = psk", "remote-auth = pubkey", "ca-files = ca.pem"))
                .containsExactly("auth");
        assertThat(missing("auth = acme.badge")).isEmpty();
    }

    private static List<String> missing(String... lines) {
        return Samples.compile(Samples.peer("west", lines)).problems().stream()
                .map(ConfigurationProblem::key)
                .toList();
    }

    @Test
    void pathsAreToldAndPassphrasesAreNot() {
        assertThat(Samples.compile(Samples.peer("west", "auth = pubkey", "key-file = a\0b", "ca-files = ca.pem"))
                        .problems())
                .singleElement()
                .satisfies(problem -> assertThat(problem.value()).isEqualTo("a\0b"));
        assertThat(Samples.compile(Samples.peer("west", "key-passphrase = hunter2"))
                        .problems())
                .singleElement()
                .satisfies(problem -> assertThat(problem.text()).doesNotContain("hunter2"));
    }

    @Test
    void twoPeersThatAnIdentityCannotTellApart() {
        assertThat(Samples.compile(
                                Samples.peer("west", "remote-identity = gw.example.org"),
                                Samples.peer("north", "remote-identity = gw.example.org"))
                        .problems())
                .singleElement()
                .satisfies(problem -> assertThat(problem.text())
                        .isEqualTo(FILE + ": remote-identity = gw.example.org: peer \"north\" has the same"
                                + " remote-identity and local-identity; accepted: a pair that no other peer has"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            guard             | no     | accepted: on, off
            forwarded-default | drop   | accepted: discard, bypass
            tun               | tun0   | there is no such key; known are
            """)
    void theEnforcementIsCheckedToo(String key, String value, String accepted) {
        assertThat(Samples.compile(Samples.enforcement(key + " = " + value)).problems())
                .singleElement()
                .satisfies(problem -> {
                    assertThat(problem.file()).isEqualTo("org.sallyport.enforcement.cfg");
                    assertThat(problem.accepted()).contains(accepted.substring(0, Math.min(accepted.length(), 24)));
                });
    }
}
