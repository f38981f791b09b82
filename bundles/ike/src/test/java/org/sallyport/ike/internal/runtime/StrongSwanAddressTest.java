package org.sallyport.ike.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.sallyport.lab.matrix.Initiator;

/** Virtual addresses against Debian's strongSwan: given to it, and given by it. */
class StrongSwanAddressTest {
    private static final String FEATURE = "virtual addresses";
    private static final String[] GIVING = {"pool=phones", "policy-local=10.1.1.0/24", "policy-remote=10.9.0.0/24"};
    private static final String[] ASKING = {"request-address=0.0.0.0", "policy-local=0.0.0.0/0"};

    @RegisterExtension
    static final TwoSides SIDES = new TwoSides();

    private static SwanctlConf itsSelectorIsItsAddress() {
        return SwanctlConf.psk().without("children/net1/local_ts");
    }

    private static SwanctlConf giving(String addresses) {
        return SwanctlConf.psk()
                .without("children/net1/remote_ts")
                .with("pools", "rw")
                .withTop("pools/rw/addrs", addresses);
    }

    private static void gone() throws Exception {
        SIDES.eventually("our end", () -> SIDES.tell("ike").equals("[]"));
    }

    @Test
    void itIsGivenAnAddressOfOurs() throws Exception {
        SIDES.theirs().load(itsSelectorIsItsAddress().with("vips", "0.0.0.0"));
        SIDES.ours().configure(GIVING);
        for (int i = 0; i < 2; i++) { // the second time because the first lease has ended
            SIDES.establish(Initiator.STRONGSWAN);
            assertThat(SIDES.theirs().sas())
                    .as(SIDES::story)
                    .contains("local-vips=[10.9.0.7]", "local-ts=[10.9.0.7/32]", "remote-ts=[10.1.1.0/24]");
            assertThat(SIDES.tell("addresses")).contains("ours=false, addresses=[/10.9.0.7]");
            assertThat(SIDES.tell("replace")).isEqualTo("ok");
            assertThat(SIDES.tell("addresses")).as("over a hot update").contains("ours=false, addresses=[/10.9.0.7]");
            SIDES.swanctl("--terminate", "--ike", "alice");
            gone();
        }
        SIDES.shown(FEATURE, Initiator.STRONGSWAN);
    }

    @Test
    void itGetsNothingUnlessItAsks() throws Exception {
        SIDES.theirs().load(itsSelectorIsItsAddress());
        SIDES.ours().configure(GIVING);
        TwoSides.Since since = SIDES.since();
        SIDES.swanctl("--initiate", "--child", "net1");
        assertThat(since.theirs()).as(SIDES::story).contains("received FAILED_CP_REQUIRED notify");
        assertThat(SIDES.tell("pairs")).isEqualTo("[]");
    }

    @Test
    void weAreGivenAnAddressOfIts() throws Exception {
        SIDES.theirs()
                .load(giving("10.9.0.0/24")
                        .withTop("pools/rw/dns", "10.2.0.53")
                        .withTop("pools/rw/subnet", "10.2.1.0/24"));
        SIDES.ours().configure(ASKING);
        SIDES.establish(Initiator.SALLYPORT);
        assertThat(SIDES.theirs().sas())
                .as(SIDES::story)
                .contains("remote-vips=[10.9.0.1]", "local-ts=[10.2.1.0/24]", "remote-ts=[10.9.0.1/32]");
        String given = "addresses=[/10.9.0.1], dnsServers=[/10.2.0.53]";
        assertThat(SIDES.tell("assigned")).as(SIDES::story).contains(given, "10.2.1.0/24");
        SIDES.tell("rekey-ike");
        SIDES.tell("replace");
        assertThat(SIDES.tell("assigned")).as("over a rekey and a hot update").contains(given);
        SIDES.tell("delete-ike");
        gone();
        assertThat(SIDES.tell("assigned")).isEqualTo("[]");
        SIDES.shown(FEATURE, Initiator.SALLYPORT);
    }

    @Test
    void whatItCannotGiveIsSaid() throws Exception {
        SIDES.theirs().load(giving("2001:db8::/120"));
        SIDES.ours().configure(ASKING);
        assertThat(SIDES.tell("negotiate net1"))
                .as(SIDES::story)
                .startsWith("refused peer \"bob\" assigned no address that we asked for: INTERNAL_ADDRESS_FAILURE");
        gone();
    }
}
