package org.sallyport.pools.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sallyport.api.admin.PoolView;
import org.sallyport.api.flow.Addresses;
import org.sallyport.api.negotiation.Identity;
import org.sallyport.api.negotiation.PadEntry;
import org.sallyport.api.pool.AddressLease;
import org.sallyport.api.pool.AddressRequest;
import org.sallyport.api.pool.AddressUnavailableException;
import org.sallyport.api.pool.HostConfiguration;
import org.sallyport.api.proposal.Proposal;
import org.sallyport.api.sa.ConnectionId;
import org.sallyport.api.sa.IkeSaId;

/** Who gets which address, and for how long. */
class FilePoolTest {
    private static final InetAddress ANY_IP4 = Addresses.parse("0.0.0.0");
    private static final InetAddress ANY_IP6 = Addresses.parse("::");
    private static final ConnectionId PHONES = new ConnectionId("phones");
    private static final PadEntry PEER = PadEntry.builder(PHONES)
            .localIdentity(Identity.parse("gw.example"))
            .remoteIdentity(Identity.parse("*"))
            .ikeProposals(List.of(Proposal.ike("aes128gcm16-prfsha256-x25519")))
            .build();

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @SuppressWarnings("NullAway.Init")
    private FilePool pool;

    private static PoolSettings settings(String addresses) {
        return PoolParser.parse(
                        "x",
                        Map.of(
                                "schema-version", "1",
                                "addresses", addresses,
                                "dns-servers", "10.2.0.53",
                                "subnets", "10.2.0.0/16, 2001:db8:2::/48",
                                "domains", "corp.example"))
                .settings()
                .orElseThrow();
    }

    private Path file() {
        return folder.resolve("pools").resolve("phones.leases");
    }

    @BeforeEach
    void threeAddresses() {
        start("10.9.0.1-10.9.0.3");
    }

    private void start(String addresses) {
        pool = new FilePool("phones", settings(addresses), new LeaseFile(file()));
    }

    private HostConfiguration ask(String identity, long ikeSa, InetAddress... wanted)
            throws AddressUnavailableException {
        return pool.lease(
                new AddressRequest(new IkeSaId(PHONES, ikeSa), PEER, Identity.parse(identity), List.of(wanted)));
    }

    private String lease(String identity, long ikeSa) {
        try {
            return ask(identity, ikeSa, ANY_IP4).addresses().getFirst().getHostAddress();
        } catch (AddressUnavailableException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private static AddressLease held(String identity, long ikeSa, String address) {
        return new AddressLease(
                "phones",
                new IkeSaId(PHONES, ikeSa),
                Identity.parse(identity),
                new HostConfiguration(List.of(Addresses.parse(address)), List.of(), List.of(), List.of()));
    }

    private void release(String identity, long ikeSa) {
        pool.release(held(identity, ikeSa, "10.9.0.1"));
    }

    @Test
    void everybodyGetsAnAddressOfHisOwnUntilNoneIsLeft() {
        assertThat(lease("a.example", 1)).isEqualTo("10.9.0.1");
        assertThat(lease("b.example", 2)).isEqualTo("10.9.0.2");
        assertThat(lease("c.example", 3)).isEqualTo("10.9.0.3");
        assertThat(lease("d.example", 4)).contains("pool \"phones\" has none of its 3 addresses left");
        release("b.example", 2);
        assertThat(lease("d.example", 5)).as("whoever is away loses it").isEqualTo("10.9.0.2");
        assertThat(lease("b.example", 6)).contains("none of its 3");
    }

    @Test
    void anIdentityGetsItsAddressAgain() {
        lease("a.example", 1);
        assertThat(lease("b.example", 2)).isEqualTo("10.9.0.2");
        release("b.example", 2);
        assertThat(lease("c.example", 3)).as("others come after it").isEqualTo("10.9.0.3");
        assertThat(lease("b.example", 4)).isEqualTo("10.9.0.2");
    }

    @Test
    void whoWasAwayLongestLosesItsClaimFirst() {
        lease("a.example", 1);
        lease("b.example", 2);
        lease("c.example", 3);
        release("b.example", 2);
        release("a.example", 1);
        assertThat(lease("d.example", 4)).isEqualTo("10.9.0.2");
        assertThat(lease("a.example", 5)).isEqualTo("10.9.0.1");
    }

    @Test
    void aSecondIkeSaOfOneIdentityHasTheSameAddress() {
        lease("a.example", 1);
        lease("b.example", 2);
        lease("c.example", 3);
        assertThat(lease("a.example", 4)).isEqualTo("10.9.0.1");
        release("a.example", 1);
        assertThat(lease("d.example", 5)).as("it still stands").contains("none of its 3");
        release("a.example", 4);
        assertThat(lease("d.example", 6)).isEqualTo("10.9.0.1");
    }

    @Test
    void anAddressThatIsWantedIsGivenIfItIsFree() throws Exception {
        assertThat(ask("a.example", 1, Addresses.parse("10.9.0.3")).addresses())
                .containsExactly(Addresses.parse("10.9.0.3"));
        assertThat(ask("b.example", 2, Addresses.parse("10.9.0.3")).addresses())
                .containsExactly(Addresses.parse("10.9.0.1"));
        assertThat(ask("c.example", 3, Addresses.parse("10.8.0.3")).addresses())
                .containsExactly(Addresses.parse("10.9.0.2"));
    }

    @Test
    void aFamilyThatItHasNotIsLeftOut() throws Exception {
        assertThat(ask("a.example", 1, ANY_IP6)).isEqualTo(HostConfiguration.NONE);
        assertThat(ask("a.example", 1, ANY_IP4, ANY_IP6))
                .isEqualTo(new HostConfiguration(
                        List.of(Addresses.parse("10.9.0.1")),
                        List.of(Addresses.parse("10.2.0.53")),
                        settings("10.9.0.1").subnets().subList(0, 1),
                        List.of("corp.example")));
    }

    @Test
    void bothFamiliesAreGiven() throws Exception {
        start("10.9.0.1-10.9.0.3, 2001:db8:9::/64");
        assertThat(ask("a.example", 1, ANY_IP4, ANY_IP6).addresses())
                .containsExactly(Addresses.parse("10.9.0.1"), Addresses.parse("2001:db8:9::1"));
        assertThat(ask("b.example", 2, ANY_IP6).addresses()).containsExactly(Addresses.parse("2001:db8:9::2"));
    }

    @Test
    void claimsOutliveARestart() {
        lease("a.example", 1);
        lease("CN=Ümlaut \n x, O=Example", 2);
        pool.remember();
        start("10.9.0.1-10.9.0.3");
        assertThat(lease("CN=Ümlaut \n x, O=Example", 12)).isEqualTo("10.9.0.2");
        assertThat(lease("c.example", 13)).isEqualTo("10.9.0.3");
        assertThat(lease("a.example", 11)).isEqualTo("10.9.0.1");
        assertThat(file().resolveSibling("phones.leases.new")).doesNotExist();
    }

    @Test
    void aDamagedFileIsPassedOver() throws IOException {
        Files.createDirectories(folder.resolve("pools"));
        Files.writeString(
                file(),
                "sallyport-leases 1\nrubbish\n10.9.0.2 b.example\n10.9.0.2 c.example\n10.8.0.1 d.example\n10.9.0.3 %zz\n");
        start("10.9.0.1-10.9.0.3");
        assertThat(lease("b.example", 1)).isEqualTo("10.9.0.2");
        assertThat(lease("c.example", 2)).isEqualTo("10.9.0.1");
        Files.write(file(), new byte[] {(byte) 0xff, (byte) 0xfe, '\n', (byte) 0xff});
        start("10.9.0.1-10.9.0.3");
        assertThat(lease("c.example", 2)).isEqualTo("10.9.0.1");
    }

    @Test
    void whatStandsIsHeardAfterARestartAndNothingElse() {
        lease("a.example", 1);
        lease("b.example", 2);
        pool.remember();
        start("10.9.0.1-10.9.0.3");
        pool.standing(List.of(held("a.example", 1, "10.9.0.1")));
        assertThat(pool.view().used()).isEqualTo(1);
        lease("c.example", 3);
        assertThat(lease("d.example", 4)).as("b's IKE SA has ended").isEqualTo("10.9.0.2");
        assertThat(lease("e.example", 5)).contains("none of its 3");
    }

    @Test
    void otherAddressesComeIntoForceAndOldOnesAreNotGivenTwice() {
        lease("a.example", 1);
        lease("b.example", 2);
        pool.configure(settings("10.9.0.2-10.9.0.4"));
        assertThat(lease("c.example", 3)).isEqualTo("10.9.0.3");
        assertThat(lease("b.example", 4)).isEqualTo("10.9.0.2");
        assertThat(lease("a.example", 5)).isEqualTo("10.9.0.4");
    }

    @Test
    void anIdentityThatIsTooLongIsRefused() {
        assertThatThrownBy(() -> ask("keyid:" + "x".repeat(2000), 1, ANY_IP4))
                .isInstanceOf(AddressUnavailableException.class);
    }

    @Test
    void manyPeersOfALargePoolHaveAddressesOfTheirOwn() throws Exception {
        start("10.8.0.0/14");
        Set<InetAddress> seen = new HashSet<>();
        for (int i = 0; i < Leases.MOST; i++) {
            seen.addAll(ask("p" + i + ".example", i, ANY_IP4).addresses());
        }
        assertThat(seen).hasSize(Leases.MOST);
        assertThat(lease("late.example", 0)).as("memory is bounded").contains("has none of its 65536");
        pool.remember();
        assertThat(pool.view().claims())
                .hasSize(Leases.MOST)
                .element(7)
                .extracting(PoolView.Claim::identity)
                .isEqualTo("p7.example");
    }
}
