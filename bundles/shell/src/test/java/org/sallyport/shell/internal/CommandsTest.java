package org.sallyport.shell.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Stream;
import org.apache.karaf.shell.api.action.Command;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.sallyport.api.admin.ConfigurationProblem;
import org.sallyport.api.admin.PoolView;
import org.sallyport.api.flow.AddressRange;
import org.sallyport.api.flow.Addresses;

class CommandsTest {
    private static final Path RULES =
            Path.of("../../karaf-dist/src/main/resources/etc/org.apache.karaf.command.acl.sallyport.cfg");
    private final World world = World.whole();

    static Stream<SallyportAction> commands() {
        SaRekeyCommand saRekey = new SaRekeyCommand();
        saRekey.name("all");
        SaDeleteCommand saDelete = new SaDeleteCommand();
        saDelete.name("all");
        IkeRekeyCommand ikeRekey = new IkeRekeyCommand();
        ikeRekey.name("all");
        IkeDeleteCommand ikeDelete = new IkeDeleteCommand();
        ikeDelete.name("all");
        FlowTestCommand flowTest = new FlowTestCommand();
        flowTest.flow(false, "tcp", "10.1.0.1", "10.2.0.1:443");
        PolicyPreviewCommand preview = new PolicyPreviewCommand();
        preview.candidate(List.of("new"), List.of());
        PolicyApplyCommand apply = new PolicyApplyCommand();
        apply.candidate(List.of("new"), List.of());
        ConnectionUpCommand up = new ConnectionUpCommand();
        up.name("berlin");
        ConnectionDownCommand down = new ConnectionDownCommand();
        down.name("berlin");
        ConnectionHistoryCommand history = new ConnectionHistoryCommand();
        history.name("berlin");
        return Stream.of(
                up,
                down,
                history,
                new ConnectionListCommand(),
                preview,
                apply,
                new PolicyConfirmCommand(),
                new PolicyRollbackCommand(),
                new SaListCommand(),
                new IkeListCommand(),
                new PolicyListCommand(),
                new PeerListCommand(),
                new HeldListCommand(),
                new LeaseListCommand(),
                new TrafficListCommand(),
                new DropListCommand(),
                new CaptureListCommand(),
                new ProblemListCommand(),
                new StatusCommand(),
                flowTest,
                saRekey,
                saDelete,
                ikeRekey,
                ikeDelete);
    }

    @ParameterizedTest
    @MethodSource("commands")
    void sayASentenceWhenNothingIsThere(SallyportAction command) {
        String text = new World().run(command);
        assertThat(text).contains("org.sallyport.").doesNotContain("Exception");
        assertThat(new World().json(command)).startsWith(command instanceof StatusCommand ? "[{" : "{\"error\":\"");
    }

    @ParameterizedTest
    @MethodSource("commands")
    void areGuardedByRole(SallyportAction command) throws IOException {
        Properties acl = new Properties();
        try (InputStream in = Files.newInputStream(RULES)) {
            acl.load(in);
        }
        Command annotation = Objects.requireNonNull(command.getClass().getAnnotation(Command.class));
        boolean changes = Stream.of("-rekey", "-delete", "-preview", "-apply", "-confirm", "-rollback", "-up", "-down")
                .anyMatch(annotation.name()::endsWith);
        assertThat(annotation.scope()).isEqualTo("sallyport");
        assertThat(acl.getProperty(annotation.name())).isEqualTo(changes ? "admin" : "viewer, admin");
    }

    @Test
    void listSasForPeopleAndPrograms() {
        assertThat(world.run(new SaListCommand()).lines().toList())
                .hasSize(3)
                .satisfies(
                        lines -> assertThat(lines.getFirst()).startsWith("sa ").contains("rekey in"))
                .satisfies(lines -> assertThat(lines.getLast())
                        .startsWith("berlin[3]{7}  to-berlin  gw.berlin.example  esp       c0ffee01  00000777  active")
                        .contains("1m15s", "52m45s", "3.3 MiB", "900 B"));
        assertThat(world.json(new SaListCommand()))
                .startsWith("[{\"sa\":\"berlin[3]{7}\",\"number\":7,\"connection\":\"berlin\",")
                .contains(
                        "\"protocol\":\"esp\"",
                        "\"spi_in\":\"c0ffee01\"",
                        "\"age\":75.0",
                        "\"sent\":3500000",
                        "\"uses\":1");
    }

    @Test
    void listIkeSas() {
        assertThat(world.run(new IkeListCommand()))
                .contains("berlin[3]", "established", "0011223344556677", "aes256gcm16-prfsha384-ecp384")
                .contains("to us 10.9.0.7");
        assertThat(world.json(new IkeListCommand()))
                .contains("\"addresses\":[\"10.9.0.7\"],\"dns_servers\":[\"10.2.0.53\"]", "berlin.example");
    }

    @Test
    void listPoolsAndWhoHasWhichAddress() {
        assertThat(world.run(new PoolListCommand())).startsWith("There is no address pool: write etc/");
        world.appliance.addPool(() -> Optional.of(new PoolView(
                "phones",
                List.of(AddressRange.parse("10.9.0.1-10.9.0.9")),
                9,
                1,
                List.of(Addresses.parse("10.2.0.53")),
                List.of(),
                List.of("corp.example"),
                List.of(new PoolView.Claim(Addresses.parse("10.9.0.3"), "phone.example", List.of("phones[7]"))))));
        world.appliance.addPool(Optional::empty);
        assertThat(world.run(new PoolListCommand()))
                .containsSubsequence("phones", "10.9.0.1-10.9.0.9", "9", "1", "1", "10.2.0.53", "corp.example");
        PoolListCommand leases = new PoolListCommand();
        leases.leases = true;
        assertThat(world.run(leases)).containsSubsequence("phones", "10.9.0.3", "phone.example", "phones[7]");
    }

    @Test
    void listPoliciesInOrder() {
        assertThat(world.run(new PolicyListCommand()))
                .startsWith("generation 4")
                .containsSubsequence("no-telnet", "discard", "to-berlin", "protect", "berlin", "tunnel", "5s");
    }

    @Test
    void tellHowATunnelTreatsHeaders() {
        assertThat(world.json(new PolicyListCommand()))
                .contains("\"dscp\":\"copy\",\"df\":\"copy\",\"tcp_mss\":\"fit\",\"tfc_padding\":\"none\"")
                .contains("\"dscp\":null,\"df\":null,\"tcp_mss\":null,\"tfc_padding\":null");
    }

    @Test
    void countWhatEachPolicyLetThroughOrDropped() {
        assertThat(world.run(new PolicyListCommand()))
                .containsPattern("no-telnet +discard +5 +300 B")
                .containsPattern("to-berlin +protect +22 +3.3 MiB");
        assertThat(world.json(new PolicyListCommand()))
                .contains("\"packets\":5,\"octets\":300,\"dropped_in_clear\":null")
                .contains("\"packets\":22,\"octets\":3500900,\"dropped_in_clear\":4711");
    }

    @Test
    void sayWhatAnEditWouldDo() {
        PolicyPreviewCommand preview = new PolicyPreviewCommand();
        preview.candidate(List.of("/root/new"), List.of());
        assertThat(world.run(preview).lines())
                .containsExactly(
                        "added    policy none",
                        "changed  policy web",
                        "         order = 10 -> 20",
                        "flow     tcp 10.1.0.1:40000 > 10.9.0.7:50000 of user 0: bypass by default -> discard by"
                                + " default (an administrator's)",
                        "This cuts an administrator off.");
        assertThat(world.json(preview))
                .startsWith("{\"accepted\":true,\"problems\":[],\"entries\":[{\"change\":\"added\",")
                .endsWith("\"cuts_administrator_off\":true}\n");
        assertThat(world.asked).containsOnly("preview [/root/new] without []");
    }

    @Test
    void applyAndSayWhatToDo() {
        PolicyApplyCommand apply = new PolicyApplyCommand();
        apply.candidate(List.of("/root/new"), List.of());
        apply.confirmWithin("2m");
        assertThat(world.run(apply))
                .contains("Generation 5 is provisional. It cuts off tcp 10.1.0.1:40000 > 10.9.0.7:22.")
                .contains("Run sallyport:policy-confirm within");
        assertThat(world.asked).contains("within Optional[PT2M]");
        assertThat(world.run(new StatusCommand())).contains("PROVISIONAL for");
        assertThat(world.run(new ProblemListCommand())).startsWith("Generation 5 is provisional.");
        assertThat(world.run(new PolicyConfirmCommand()))
                .isEqualTo("Generation 5 is confirmed: org.sallyport.policy-none.cfg.\n");
        assertThat(world.run(new PolicyRollbackCommand())).startsWith("No change waits for confirmation");
        assertThat(world.run(new StatusCommand())).doesNotContain("PROVISIONAL");
    }

    @Test
    void refuseToApplyWhatIsWrong() {
        PolicyApplyCommand apply = new PolicyApplyCommand();
        assertThat(world.run(apply)).startsWith("Name a folder or files");
        apply.candidate(List.of(), List.of("x"));
        assertThat(world.run(apply)).isEqualTo("Nothing was changed:\n  --remove: \"x?\" is neither\n");
        apply.confirmWithin("soon");
        assertThat(world.run(apply))
                .isEqualTo("--confirm-within soon: accepted: a number with s, m or h, from 10s to 1h, such as 60s.\n");
    }

    @Test
    void listPeersAsTheyAreConfigured() {
        assertThat(world.run(new PeerListCommand()))
                .containsPattern("berlin +192\\.0\\.2\\.2")
                .contains("on-demand");
    }

    @Test
    void listConnectionsWithTheirStateAndTheReason() {
        assertThat(world.run(new ConnectionListCommand()))
                .containsPattern("berlin +degraded +5m0s +at-start +1 +1 +2 +1m")
                .contains("mail: the peer refused");
        assertThat(world.json(new ConnectionListCommand()))
                .startsWith("[{\"connection\":\"berlin\",\"state\":\"degraded\",")
                .contains("\"policies_up\":1,\"policies\":2,");
        assertThat(world.run(new StatusCommand())).contains("1 degraded");
    }

    @Test
    void tellWhatBecameOfAConnection() {
        ConnectionHistoryCommand history = new ConnectionHistoryCommand();
        history.name("berlin");
        assertThat(world.run(history)).containsPattern("1m0s +IKE SA berlin\\[2\\] ended +its hard lifetime is over");
        history.name("paris");
        assertThat(world.run(history)).isEqualTo("No connection is called \"paris\"; there are: berlin.\n");
    }

    @Test
    void bringAConnectionUpAndDownAndSayHowItEnded() {
        ConnectionUpCommand up = new ConnectionUpCommand();
        up.name("berlin");
        assertThat(world.run(up))
                .isEqualTo(
                        "policy to-berlin: up\npolicy mail: peer \"berlin\" no longer answers (dead peer detection)\n");
        assertThat(world.json(up)).contains("{\"policy\":\"to-berlin\",\"up\":true,\"reason\":null}");
        ConnectionDownCommand down = new ConnectionDownCommand();
        down.name("berlin");
        assertThat(world.run(down)).isEqualTo("berlin is taken down; IKE SAs asked to end: 1\n");
        assertThat(world.asked).contains("down berlin: an administrator (shell)");
    }

    @Test
    void listHeldRequestsWithoutTheirControlCharacters() {
        assertThat(world.run(new HeldListCommand())).isEqualTo("Nothing is held.\n");
        world.holds.put(2L, World.hold(2, Optional.empty()));
        assertThat(world.run(new HeldListCommand()))
                .contains("cu?rl", "4711", "tcp 10.1.0.1:40000 > 10.2.0.1:443", "held")
                .doesNotContain("\u001b");
        HeldListCommand all = new HeldListCommand();
        all.recent(true);
        assertThat(world.run(all)).contains("released after 12 ms");
        assertThat(world.json(all)).contains("cu\\u001brl");
    }

    @Test
    void listWhoUsesWhichSa() {
        assertThat(world.run(new LeaseListCommand()))
                .containsSubsequence(
                        "berlin[3]{7}", "to-berlin", "socket 7", "curl", "tcp 10.1.0.1:40000 > 10.2.0.1:443");
        assertThat(world.json(new LeaseListCommand()))
                .contains("\"holder\":\"socket 7\"", "\"flows\":[\"tcp 10.1.0.1:40000 > 10.2.0.1:443\"]");
    }

    @Test
    void listWhatWasCarriedByConnectionAndPolicy() {
        assertThat(world.run(new TrafficListCommand()))
                .containsSubsequence("connection", "berlin", "3.3 MiB", "900 B", "policy", "to-berlin");
        assertThat(world.json(new TrafficListCommand())).contains("\"sent_packets\":12", "\"sas\":3");
    }

    @Test
    void listWhatWasDroppedAndWhatIsParked() {
        assertThat(world.run(new DropListCommand()))
                .startsWith("parked now: 2 packets of 1 flows; since the start 5 were sent")
                .contains("replayed or too old  3");
    }

    @Test
    void listWhatTheCaptureCounted() {
        assertThat(world.run(new CaptureListCommand()))
                .startsWith("capturing on eth0, sp0\n120 packets seen, 0 lost by the kernel\n")
                .contains("SYN", "00000777", "CLEAR TEXT", "tcp 10.1.0.1:40000 > 10.2.0.9:80");
    }

    @Test
    void listMistakesInTheConfiguration() {
        assertThat(world.run(new ProblemListCommand())).isEqualTo("There is no mistake in the configuration.\n");
        world.problems.put(
                "x", new ConfigurationProblem("org.sallyport.policy-a.cfg", "action", "protct", "protect, bypass"));
        assertThat(world.run(new ProblemListCommand()))
                .contains("org.sallyport.policy-a.cfg", "action", "protct", "protect, bypass");
        assertThat(world.run(new StatusCommand())).contains("1 mistake (sallyport:problem-list)");
    }

    @Test
    void sayWhatIsThereAndWhatIsMissing() {
        assertThat(world.run(new StatusCommand()))
                .contains(
                        "generation 4, 2 policy entries, 1 peer",
                        "1 SA pair",
                        "1 IKE SA",
                        "on eth0, sp0, 1 clear-text flow")
                .containsPattern("packets +ABSENT +org.sallyport.classifier +without it protected traffic is dropped");
    }

    @Test
    void askTheNegotiatorByAnyName() {
        for (String name : List.of("all", "berlin", "to-berlin", "7", "berlin[3]{7}", "c0ffee01")) {
            SaRekeyCommand rekey = new SaRekeyCommand();
            rekey.name(name);
            assertThat(world.run(rekey)).isEqualTo("asked to rekey berlin[3]{7}\n");
        }
        assertThat(world.asked).hasSize(6).containsOnly("rekey berlin[3]{7}");
    }

    @Test
    void askForDeletionInTheAdministratorsName() {
        SaDeleteCommand sa = new SaDeleteCommand();
        sa.name("7");
        IkeDeleteCommand ike = new IkeDeleteCommand();
        ike.name("berlin");
        world.run(sa);
        assertThat(world.json(ike)).isEqualTo("{\"asked_to_delete\":\"berlin[3]\"}\n");
        assertThat(world.asked)
                .containsExactly(
                        "delete berlin[3]{7}: deleted by an administrator (shell)",
                        "delete berlin[3]: deleted by an administrator (shell)");
    }

    @Test
    void nameWhatThereIsWhenANameIsUnknown() {
        IkeRekeyCommand rekey = new IkeRekeyCommand();
        rekey.name("paris");
        assertThat(world.run(rekey)).isEqualTo("No IKE SA is called \"paris\"; there are: all, 3, berlin.\n");
        assertThat(world.asked).isEmpty();
    }

    @Test
    void findNothingWrongWithAllOfNothing() {
        world.appliance.ikeSas = List::of;
        IkeDeleteCommand delete = new IkeDeleteCommand();
        delete.name("all");
        assertThat(world.run(delete)).isEqualTo("There is no IKE SA.\n");
    }
}
