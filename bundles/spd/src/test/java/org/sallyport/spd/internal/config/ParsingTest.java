package org.sallyport.spd.internal.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sallyport.api.flow.AddressRange;
import org.sallyport.api.flow.Addresses;
import org.sallyport.api.flow.PortRange;
import org.sallyport.api.flow.TrafficSelector;
import org.sallyport.api.negotiation.Identity;
import org.sallyport.api.negotiation.PadEntry;
import org.sallyport.api.policy.Action;
import org.sallyport.api.policy.Lifetimes;
import org.sallyport.api.policy.OuterDf;
import org.sallyport.api.policy.PfpFlag;
import org.sallyport.api.policy.Policy;
import org.sallyport.api.policy.PolicySet;
import org.sallyport.api.policy.Sharing;
import org.sallyport.api.proposal.Proposal;
import org.sallyport.api.sa.ConnectionId;
import org.sallyport.api.sa.IpsecMode;
import org.sallyport.api.sa.IpsecProtocol;
import org.sallyport.spd.Samples;
import org.sallyport.spd.internal.kernel.Enforcement;

class ParsingTest {
    private static Policy policy(String... lines) {
        return Samples.sound(Samples.policy("web", lines), Samples.peer("west"))
                .policies()
                .getFirst();
    }

    @Test
    void aPolicySaysEverything() {
        Policy policy = policy(
                "order = 7",
                "local = 10.1.0.1, 10.1.0.16-10.1.0.31",
                "remote = 10.2.0.0/24",
                "protocol = tcp",
                "local-port = 1024-2047",
                "remote-port = 443",
                "interface = eth0",
                "proposals = aes256gcm16-esn, aes128gcm16-ecp256",
                "negotiator = other",
                "lifetime-time = 10m",
                "lifetime-time-soft = 8m",
                "lifetime-bytes = 10GiB",
                "lifetime-packets = 1000",
                "lifetime-packets-soft = 500",
                "pfp = local-address, remote-port",
                "hold-time = 1500ms",
                "replay-window = 128",
                "dscp = 0",
                "df = clear",
                "tcp-mss = 1300",
                "tfc-padding = 1024",
                "dscp-sas = EF ; af41, 36");
        assertThat(policy.name()).isEqualTo("web");
        assertThat(policy.order()).isEqualTo(7);
        assertThat(policy.action()).isEqualTo(Action.PROTECT);
        assertThat(policy.selectors().local())
                .containsExactly(
                        new TrafficSelector(6, new PortRange(1024, 2047), AddressRange.parse("10.1.0.1")),
                        new TrafficSelector(6, new PortRange(1024, 2047), AddressRange.parse("10.1.0.16/28")));
        assertThat(policy.selectors().remote())
                .containsExactly(new TrafficSelector(6, PortRange.of(443), AddressRange.parse("10.2.0.0/24")));
        assertThat(policy.networkInterface()).contains("eth0");
        assertThat(policy.mode()).isEqualTo(IpsecMode.TUNNEL);
        assertThat(policy.peer()).contains(new ConnectionId("west"));
        assertThat(policy.proposals())
                .containsExactly(Proposal.parse("aes256gcm16-esn"), Proposal.parse("aes128gcm16-ecp256"));
        assertThat(policy.negotiator()).isEqualTo("other");
        assertThat(policy.lifetimes())
                .isEqualTo(new Lifetimes(
                        Duration.ofMinutes(8), Duration.ofMinutes(10), 9663676416L, 10L << 30, 500, 1000));
        assertThat(policy.pfp()).isEqualTo(Set.of(PfpFlag.LOCAL_ADDRESS, PfpFlag.REMOTE_PORT));
        assertThat(policy.holdTime()).isEqualTo(Duration.ofMillis(1500));
        assertThat(policy.replayWindow()).isEqualTo(128);
        assertThat(policy.outerDscp()).hasValue(0);
        assertThat(policy.outerDf()).isEqualTo(OuterDf.CLEAR);
        assertThat(policy.tcpMss()).hasValue(1300);
        assertThat(policy.tfcPadding()).hasValue(1024);
        assertThat(policy.sharing()).isEqualTo(new Sharing(List.of(Set.of(46), Set.of(34, 36)), false));
    }

    @Test
    void whatIsNotSaidHasADefault() {
        Policy policy = policy("local = 10.1.0.1", "remote = 10.2.0.1");
        assertThat(policy.order()).isEqualTo(100);
        assertThat(policy.selectors().local()).containsExactly(TrafficSelector.of(AddressRange.parse("10.1.0.1")));
        assertThat(policy.mode()).isEqualTo(IpsecMode.TUNNEL);
        assertThat(policy.proposals()).isEqualTo(PolicyParser.DEFAULT_PROPOSALS);
        assertThat(policy.negotiator()).isEqualTo("ikev2");
        assertThat(policy.lifetimes()).isEqualTo(Lifetimes.DEFAULT);
        assertThat(policy.pfp()).isEmpty();
        assertThat(policy.holdTime()).isEqualTo(Duration.ofSeconds(30));
        assertThat(policy.replayWindow()).isEqualTo(1024);
        assertThat(policy.outerDscp()).isEmpty();
        assertThat(policy.outerDf()).isEqualTo(OuterDf.COPY);
        assertThat(policy.tcpMss()).hasValue(Policy.MSS_FITTING);
        assertThat(policy("local = 10.1.0.1", "remote = 10.2.0.1", "tcp-mss = keep")
                        .tcpMss())
                .isEmpty();
        assertThat(policy.tfcPadding()).isEmpty();
        assertThat(policy("local = 10.1.0.1", "remote = 10.2.0.1", "tfc-padding = mtu")
                        .tfcPadding())
                .hasValue(Policy.PADDED_FITTING);
        assertThat(policy("local = 10.1.0.1", "remote = 10.2.0.1", "tfc-padding = none")
                        .tfcPadding())
                .isEmpty();
        assertThat(policy.networkInterface()).isEmpty();
        assertThat(policy.sharing()).isEqualTo(Sharing.NONE);
        assertThat(policy("local = 10.1.0.1", "remote = 10.2.0.1", "dscp-sas = none", "worker-sas = on")
                        .sharing())
                .isEqualTo(new Sharing(List.of(), true));
    }

    @Test
    void ahHasProposalsOfItsOwn() {
        Policy standard = ah();
        assertThat(standard.ipsecProtocol()).isEqualTo(IpsecProtocol.AH);
        assertThat(standard.proposals()).containsExactly(Proposal.ah("sha256-sha512-esn-noesn"));
        assertThat(ah("proposals = aes256gmac-esn, sha384-x25519").proposals())
                .containsExactly(Proposal.ah("aes256gmac-esn"), Proposal.ah("sha384-x25519"));
        assertThat(policy("local = 10.1.0.1", "remote = 10.2.0.1").ipsecProtocol())
                .isEqualTo(IpsecProtocol.ESP);
    }

    private static Policy ah(String... more) {
        String[] lines = Arrays.copyOf(more, more.length + 3);
        lines[more.length] = "local = 10.1.0.1";
        lines[more.length + 1] = "remote = 10.2.0.1";
        lines[more.length + 2] = "ipsec-protocol = ah";
        return Samples.sound(Samples.policy("web", lines), Samples.peer("west", "encapsulation = raw"))
                .policies()
                .getFirst();
    }

    @Test
    void icmpTypesAndCodesAreOneNumber() {
        String[] base = {"action = bypass", "local = 10.1.0.1", "remote = 10.2.0.1", "protocol = icmp"};
        assertThat(ports(base)).isEqualTo(PortRange.ANY);
        assertThat(ports(base, "icmp-type = 8")).isEqualTo(new PortRange(2048, 2303));
        assertThat(ports(base, "icmp-type = 3", "icmp-code = 4")).isEqualTo(PortRange.of(772));
        assertThat(ports(base, "icmp-type = 3", "icmp-code = 0-3")).isEqualTo(new PortRange(768, 771));
        assertThat(ports(base, "icmp-type = 0-8")).isEqualTo(new PortRange(0, 2303));
    }

    private static PortRange ports(String[] base, String... more) {
        String[] lines = new String[base.length + more.length];
        System.arraycopy(base, 0, lines, 0, base.length);
        System.arraycopy(more, 0, lines, base.length, more.length);
        Policy policy = Samples.sound(Samples.policy("ping", lines)).policies().getFirst();
        assertThat(policy.selectors().local().getFirst().ports())
                .isEqualTo(policy.selectors().remote().getFirst().ports());
        return policy.selectors().local().getFirst().ports();
    }

    @Test
    void anyStandsForTheFamiliesOfTheOtherSide() {
        assertThat(policy("local = any", "remote = 10.2.0.1").selectors().local())
                .containsExactly(TrafficSelector.of(AddressRange.ANY_IPV4));
        assertThat(policy("local = fd01::1", "remote = any", "other-family = default")
                        .selectors()
                        .remote())
                .containsExactly(TrafficSelector.of(AddressRange.ANY_IPV6));
        assertThat(policy("local = any", "remote = any").selectors().local()).hasSize(2);
    }

    @Test
    void theOtherFamilyIsDiscardedOrBypassedRightAfterThePolicy() {
        Configuration configuration = Samples.sound(
                Samples.policy("all", "local = 10.1.0.1", "remote = 0.0.0.0/0", "other-family = discard"),
                Samples.policy("zz", "action = bypass", "local = any", "remote = any"),
                Samples.peer("west"));
        assertThat(configuration.policies()).extracting(Policy::name).containsExactly("all", "all+other-family", "zz");
        assertThat(configuration.policies().get(1).action()).isEqualTo(Action.DISCARD);
        assertThat(configuration.policies().get(1).selectors().remote())
                .containsExactly(TrafficSelector.of(AddressRange.ANY_IPV6));
    }

    @Test
    void policiesAreAskedByOrderAndThenByName() {
        String[] rest = {"action = bypass", "local = 10.1.0.1", "remote = 10.2.0.1"};
        Configuration configuration = Samples.sound(
                Samples.policy("b", rest),
                Samples.policy("a", rest),
                Samples.policy("last", "order = 101", rest[0], rest[1], rest[2]),
                Samples.policy("first", "order = 0", rest[0], rest[1], rest[2]));
        assertThat(configuration.policies()).extracting(Policy::name).containsExactly("first", "a", "b", "last");
    }

    @Test
    void aPeerSaysEverything() {
        PadEntry peer = Samples.sound(Samples.peer(
                        "west",
                        "local-address = 192.0.2.1",
                        "remote-address = 192.0.2.2",
                        "local-identity = admin@example.org",
                        "remote-identity = keyid:west",
                        "auth = psk",
                        "secret-file = secrets/west.psk",
                        "ike-proposals = aes128gcm16-prfsha256-x25519",
                        "permitted-local = 10.1.0.0/16",
                        "permitted-remote = 10.2.0.0/16, fd02::/64",
                        "dpd-interval = 0s",
                        "ike-lifetime = 1h",
                        "retransmit-first = 100ms",
                        "retransmit-factor = 1.5",
                        "retransmit-tries = 3"))
                .peers()
                .getFirst();
        assertThat(peer.connection().name()).isEqualTo("west");
        assertThat(peer.localAddress()).contains(Addresses.parse("192.0.2.1"));
        assertThat(peer.remoteAddress()).contains(Addresses.parse("192.0.2.2"));
        assertThat(peer.localIdentity()).isEqualTo(Identity.parse("admin@example.org"));
        assertThat(peer.remoteIdentity()).isEqualTo(Identity.parse("keyid:west"));
        assertThat(peer.remoteAuthentication()).isEqualTo("psk");
        assertThat(peer.secret().orElseThrow().file()).isEqualTo("/nowhere/etc/secrets/west.psk");
        assertThat(peer.ikeProposals()).containsExactly(Proposal.parse("aes128gcm16-prfsha256-x25519"));
        assertThat(peer.permittedLocal()).containsExactly(AddressRange.parse("10.1.0.0/16"));
        assertThat(peer.permittedRemote()).hasSize(2);
        assertThat(peer.deadPeerInterval()).isZero();
        assertThat(peer.ikeHardLifetime()).isEqualTo(Duration.ofHours(1));
        assertThat(peer.ikeSoftLifetime()).isEqualTo(Duration.ofMinutes(54));
        assertThat(peer.retransmission()).isEqualTo(new PadEntry.Retransmission(Duration.ofMillis(100), 1.5, 3));
    }

    @Test
    void aPeerMayComeFromAnywhere() {
        PadEntry peer = Samples.sound(Samples.peer("west", "remote-address = any", "permitted-remote = any"))
                .peers()
                .getFirst();
        assertThat(peer.remoteAddress()).isEmpty();
        assertThat(peer.permittedRemote()).isEmpty();
        assertThat(peer.ikeProposals()).isEqualTo(PeerParser.DEFAULT_PROPOSALS);
    }

    @Test
    void otherProvidersPoliciesAreAskedAmongThoseOfFiles() {
        Policy bypass = Policy.builder("login", Action.BYPASS)
                .order(5)
                .selectors(policy("local = 10.1.0.1", "remote = 10.2.0.1").selectors())
                .build();
        ConfigurationCompiler compiler = Samples.compiler();
        ConfigurationFile web = Samples.policy("web", "local = 10.1.0.1", "remote = 10.2.0.1");
        Configuration.Outcome both = compiler.compile(
                List.of(web, Samples.peer("west")),
                List.of(new PolicySet("logins", 1, List.of(bypass))),
                Map.of(),
                Optional.of(Set.of()));
        assertThat(both.sound().policies()).extracting(Policy::name).containsExactly("login", "web");
        Policy clash = Policy.builder("web", Action.BYPASS)
                .selectors(bypass.selectors())
                .build();
        Configuration.Outcome twice = compiler.compile(
                List.of(web, Samples.peer("west")),
                List.of(new PolicySet("logins", 1, List.of(clash))),
                Map.of(),
                Optional.of(Set.of()));
        assertThat(twice.problems()).singleElement().satisfies(p -> assertThat(p.text())
                .isEqualTo("logins: policy \"web\" is there already, from org.sallyport.policy-web.cfg"));
    }

    @Test
    void theEnforcementIsReadOrDefault() {
        assertThat(Samples.sound().enforcement()).isEqualTo(Enforcement.DEFAULT);
        assertThat(Samples.sound(Samples.enforcement("guard = off", "forwarded-default = bypass"))
                        .enforcement())
                .isEqualTo(new Enforcement(false, Enforcement.Default.BYPASS));
    }

    @Test
    void whatKeepsAnAdministratorFromBeingCutOffIsReadOrDefault() {
        assertThat(Samples.sound().administration()).isEqualTo(Administration.DEFAULT);
        assertThat(Samples.sound(Samples.enforcement("admin-ports = 22, 8101", "confirm-within = 2m"))
                        .administration())
                .isEqualTo(new Administration(Set.of(22, 8101), Duration.ofMinutes(2)));
        assertThat(Samples.sound(Samples.enforcement("admin-ports = none"))
                        .administration()
                        .ports())
                .isEmpty();
        assertThat(Samples.compile(Samples.enforcement("admin-ports = 22, ssh", "confirm-within = 5s"))
                        .problems())
                .extracting(p -> p.text())
                .anyMatch(t -> t.startsWith("org.sallyport.enforcement.cfg: admin-ports = 22, ssh: accepted: TCP ports"
                        + " from 1 to 65535 with commas between, or none"))
                .anyMatch(t -> t.startsWith("org.sallyport.enforcement.cfg: confirm-within = 5s: accepted: a number"));
    }

    @Test
    void aFolderIsReadAsFileInstallReadsIt(@TempDir Path folder) throws IOException {
        Files.writeString(
                folder.resolve("org.sallyport.peer-west.cfg"),
                "# a comment\nschema-version = 1\nsecret-file = ${karaf.etc}/west.psk\nlocal-identity: a\\\n  .b\n");
        Files.writeString(folder.resolve("org.sallyport.policy-web.cfg"), "schema-version=1\n");
        Files.writeString(folder.resolve("org.sallyport.policy-web.cfg.bak"), "x=1\n");
        Files.writeString(folder.resolve("org.apache.karaf.log.cfg"), "x=1\n");
        Problems problems = new Problems();
        List<ConfigurationFile> files = ConfigurationFolder.read(folder, problems);
        assertThat(problems.found()).isEmpty();
        assertThat(files).extracting(ConfigurationFile::name).containsExactly("west", "web");
        assertThat(files.getFirst().values())
                .containsEntry("secret-file", folder + "/west.psk")
                .containsEntry("local-identity", "a.b");
    }

    @Test
    void aFileThatIsNoTextIsNamed(@TempDir Path folder) throws IOException {
        Files.write(folder.resolve("org.sallyport.policy-web.cfg"), new byte[] {(byte) 0xff, (byte) 0xfe});
        Files.writeString(folder.resolve("org.sallyport.policy-b.cfg"), "local = \\u00zz\n");
        Problems problems = new Problems();
        assertThat(ConfigurationFolder.read(folder, problems)).isEmpty();
        assertThat(problems.found())
                .extracting(p -> p.text())
                .anyMatch(t -> t.equals("org.sallyport.policy-web.cfg: the file is not text in UTF-8"))
                .anyMatch(t -> t.startsWith("org.sallyport.policy-b.cfg: the file cannot be read: "));
    }
}
