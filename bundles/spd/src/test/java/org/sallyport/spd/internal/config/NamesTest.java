package org.sallyport.spd.internal.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sallyport.api.admin.ConfigurationProblem;
import org.sallyport.api.login.Login;
import org.sallyport.api.policy.NameSelector;
import org.sallyport.api.policy.Policy;
import org.sallyport.spd.Samples;

/** For whom a policy is, and when, as an administrator writes it. */
class NamesTest {
    private static final Login ALICE = new Login("alice", 1001, Set.of(1001, 50));
    private static final Login BOB = new Login("bob", 1002, Set.of(1002));

    private static List<ConfigurationProblem> problems(String... lines) {
        return compile(Set.of(), lines).problems();
    }

    private static Configuration.Outcome compile(Set<Login> logins, String... lines) {
        String[] all = Stream.concat(Stream.of("local = 10.1.0.1", "remote = 10.2.0.0/24"), Arrays.stream(lines))
                .toArray(String[]::new);
        return Samples.compile(logins, Samples.policy("web", all), Samples.peer("west"));
    }

    @Test
    void namesAreReadTogether() {
        Configuration.Outcome outcome = compile(
                Set.of(),
                "user = alice, 1002",
                "group = staff",
                "executable = /usr/bin/curl, /usr/sbin/nginx",
                "unit = nginx.service, user@1000.service",
                "container = 0123456789ab");
        assertThat(outcome.problems()).isEmpty();
        assertThat(outcome.sound().policies().getFirst().names())
                .isEqualTo(new NameSelector(
                        Set.of(1001, 1002),
                        Set.of(50),
                        Set.of("/usr/bin/curl", "/usr/sbin/nginx"),
                        Set.of("nginx.service", "user@1000.service"),
                        Set.of("0123456789ab")));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            user       | mallory       | accepted: names or numbers of users of this host, with commas between; there is no user "mallory"
            user       | 4294967295    | there is no user "4294967295"
            user       | alice,,       | there is a comma too many
            group      | wheel         | accepted: names or numbers of groups of this host, with commas between; there is no group "wheel"
            executable | curl          | accepted: absolute paths, as /usr/bin/curl, with commas between; "curl" is none
            executable | /usr/bin/     | "/usr/bin/" is none
            unit       | nginx         | accepted: systemd units, as nginx.service, with commas between; "nginx" is none
            container  | web           | accepted: container ids, the first 12 digits or more, with commas between; "web" is none
            login      | mallory       | accepted: nobody, anybody, or names or numbers of users, and of groups as @staff, with commas between; there is no user "mallory"
            login      | alice, nobody | nobody stands alone
            login      | @wheel        | there is no group "wheel"
            """)
    void aWrongNameSaysWhatIsAccepted(String key, String value, String words) {
        assertThat(problems(key + " = " + value)).singleElement().satisfies(p -> {
            assertThat(p.key()).isEqualTo(key);
            assertThat(p.value()).isEqualTo(value);
            assertThat(p.text()).contains(words);
        });
    }

    @Test
    void whatNamesDoNotGoWithIsRefused() {
        assertThat(problems("user = alice", "action = bypass")).singleElement().satisfies(p -> assertThat(p.text())
                .contains("packets do not show who sent them")
                .contains("accepted: action = protect or discard"));
        assertThat(problems("user = alice", "interface = eth0")).singleElement().satisfies(p -> assertThat(p.text())
                .contains("nobody knows who sends what this host forwards"));
        assertThat(problems("user = alice", "protocol = icmp")).singleElement().satisfies(p -> assertThat(p.text())
                .contains("accepted: protocol = tcp, udp, udplite or any"));
        assertThat(problems("user = alice", "other-family = bypass"))
                .singleElement()
                .satisfies(p -> assertThat(p.text()).contains("discard, or default"));
    }

    @Test
    void whatOnePolicyLeavesOverIsForTheSamePeople() {
        Configuration.Outcome outcome =
                compile(Set.of(ALICE), "user = alice", "login = alice", "other-family = discard");
        assertThat(outcome.sound().policies()).hasSize(2).allSatisfy(p -> {
            assertThat(p.names().users()).containsExactly(1001);
            assertThat(p.login()).isPresent();
        });
    }

    @ParameterizedTest
    @CsvSource({
        "nobody,true,false,false",
        "anybody,false,true,true",
        "alice,false,true,false",
        "@staff,false,true,false",
        "1002,false,false,true",
        "'1002, @staff',false,true,true"
    })
    void aPolicyIsInForceWhileThoseAreLoggedInWhoItNames(String login, boolean nobody, boolean alice, boolean bob) {
        assertThat(inForce(Set.of(), login)).isEqualTo(nobody);
        assertThat(inForce(Set.of(ALICE), login)).isEqualTo(alice);
        assertThat(inForce(Set.of(BOB), login)).isEqualTo(bob);
        assertThat(inForce(Set.of(ALICE, BOB), login)).isEqualTo(alice || bob);
    }

    private static boolean inForce(Set<Login> logins, String login) {
        Configuration sound = compile(logins, "login = " + login).sound();
        assertThat(sound.policies().size() + sound.asleep().size()).isOne();
        return sound.policies().stream().map(Policy::name).anyMatch("web"::equals);
    }

    /** After a restart nobody knows who is logged in for a while: nothing of theirs may go in clear. */
    @Test
    void whileItIsNotKnownWhoIsLoggedInEverythingThatProtectsIsInForce() {
        Configuration sound = Samples.compiler()
                .compile(
                        List.of(
                                Samples.policy("alice", "local = 10.1.0.1", "remote = 10.2.0.1", "login = alice"),
                                Samples.policy("night", "local = 10.1.0.1", "remote = 10.2.0.2", "login = nobody"),
                                Samples.policy(
                                        "clear",
                                        "action = bypass",
                                        "local = 10.1.0.1",
                                        "remote = 10.2.0.3",
                                        "login = alice"),
                                Samples.peer("west")),
                        List.of(),
                        Map.of(),
                        Optional.empty())
                .sound();
        assertThat(sound.policies()).extracting(Policy::name).containsExactly("alice", "night");
        assertThat(sound.asleep()).extracting(Policy::name).containsExactly("clear");
    }

    @Test
    void aPolicyThatSleepsIsReadAllTheSame() {
        assertThat(problems("login = alice", "order = first")).isNotEmpty();
    }

    @Test
    void whoIsNamedTakesNothingFromOthers() {
        Configuration.Outcome outcome = Samples.compile(
                Samples.policy("alice", "local = 10.1.0.1", "remote = 10.2.0.0/24", "user = alice", "order = 1"),
                Samples.policy("rest", "local = 10.1.0.1", "remote = 10.2.0.0/24"),
                Samples.peer("west"));
        assertThat(outcome.sound().warnings()).isEmpty();
    }
}
