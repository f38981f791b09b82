package org.sallyport.ike.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.sallyport.lab.matrix.Initiator;

/** New proofs of identity, and several IKE SAs of one identity, against Debian's strongSwan. */
class StrongSwanReauthenticationTest {
    private static final String BOTH_STAND = "both IKE SAs stand";
    private static final String INITIAL_CONTACT = "INITIAL_CONTACT ends the elder IKE SA";
    private static final String AUTH_LIFETIME =
            "the initiator proves itself anew within AUTH_LIFETIME of the responder";

    @RegisterExtension
    static final TwoSides SIDES = new TwoSides();

    // ---- reauthentication (RFC 7296 section 2.8.3) ----

    /** Waits for one other IKE SA with one other pair. */
    private static Callable<Boolean> anew() throws Exception {
        String before = SIDES.tell("ike");
        var spis = SIDES.spis();
        return () -> !SIDES.tell("ike").equals(before) && SIDES.ikeSas(1) && SIDES.agree(1) && SIDES.replaced(spis);
    }

    /** Waits for something, and sees that at any time until then a pair was in use on either side. */
    private static void withoutABreak(TwoSides.Since since, Callable<Boolean> condition) throws Exception {
        SIDES.eventually("a new proof", condition);
        assertThat(SIDES.tell("fewest")).as(SIDES::story).isEqualTo("1");
        assertThat(since.fewestOfTheirs()).as(SIDES::story).isEqualTo(1);
        SIDES.rekeyChild(Initiator.SALLYPORT);
        SIDES.rekeyChild(Initiator.STRONGSWAN);
    }

    /** Has the initiator make an IKE SA, and looks at what comes after it. */
    private static TwoSides.Since established(Initiator initiator) throws Exception {
        SIDES.establish(initiator);
        SIDES.tell("fewest");
        return SIDES.since();
    }

    @Test
    void weMakeBeforeWeBreak() throws Exception {
        SIDES.ours().configure("reauth-time=2");
        TwoSides.Since since = established(Initiator.SALLYPORT);
        Callable<Boolean> anew = anew();
        withoutABreak(since, () -> {
            boolean over = anew.call();
            if (over) {
                SIDES.ours().configure();
            }
            return over;
        });
        assertThat(since.ours()).contains("a newer IKE SA with the same peer carries on");
        SIDES.shown("Sallyport proves itself anew, make before break", Initiator.SALLYPORT);
    }

    @Test
    void strongSwanMakesBeforeItBreaks() throws Exception {
        SIDES.theirSettings("make_before_break = yes");
        TwoSides.Since since = established(Initiator.STRONGSWAN);
        Callable<Boolean> anew = anew();
        SIDES.swanctl("--rekey", "--ike", "alice", "--reauth");
        withoutABreak(since, anew);
        assertThat(since.theirs()).contains("reauthenticating IKE_SA").contains("generating IKE_AUTH request 1 [ IDi");
        assertThat(since.ours()).contains("a newer IKE SA with the same peer carries on");
        SIDES.shown("strongSwan proves itself anew, make before break", Initiator.STRONGSWAN);
    }

    @Test
    void strongSwanBreaksBeforeItMakes() throws Exception {
        SIDES.theirSettings("make_before_break = no");
        SIDES.theirs().load(everyTwoSeconds());
        TwoSides.Since since = established(Initiator.STRONGSWAN);
        Callable<Boolean> anew = anew();
        SIDES.theirs().load(SwanctlConf.psk());
        SIDES.eventually("its new proof", anew);
        assertThat(SIDES.tell("fewest")).isEqualTo("0");
        assertThat(since.theirs().indexOf("deleting IKE_SA"))
                .isBetween(0, since.theirs().indexOf("generating IKE_AUTH request"));
        SIDES.shown("strongSwan proves itself anew, break before make", Initiator.STRONGSWAN);
    }

    private static SwanctlConf everyTwoSeconds() {
        return SwanctlConf.psk()
                .with("reauth_time", "2s")
                .with("rand_time", "0s")
                .with("over_time", "10s");
    }

    /** RFC 4478; strongSwan tells it to whom it gives an address, because it could not begin itself. */
    @Test
    void weKeepTheLifetimeOfOurProof() throws Exception {
        SwanctlConf giving = everyTwoSeconds()
                .without("children/net1/remote_ts")
                .with("pools", "rw")
                .withTop("pools/rw/addrs", "10.9.0.0/24");
        SIDES.theirs().load(giving);
        SIDES.ours().configure("request-address=0.0.0.0", "policy-local=0.0.0.0/0");
        TwoSides.Since before = SIDES.since();
        TwoSides.Since since = established(Initiator.SALLYPORT);
        assertThat(before.theirs()).containsPattern("generating IKE_AUTH response 1 \\[ [^\n]*N\\(AUTH_LFT\\)");
        Callable<Boolean> anew = anew();
        SIDES.theirs().load(giving.without("reauth_time"));
        withoutABreak(since, anew);
        assertThat(since.ours()).contains("a newer IKE SA with the same peer carries on");
        SIDES.shown(AUTH_LIFETIME, Initiator.SALLYPORT);
    }

    @Test
    void strongSwanKeepsTheLifetimeOfItsProof() throws Exception {
        SIDES.theirSettings("make_before_break = yes");
        SIDES.theirs().load(SwanctlConf.psk().with("over_time", "1s"));
        SIDES.ours().configure("auth-lifetime=4");
        TwoSides.Since before = SIDES.since();
        TwoSides.Since since = established(Initiator.STRONGSWAN);
        assertThat(before.theirs()).containsPattern("received AUTH_LIFETIME of [34]s, scheduling reauthentication");
        Callable<Boolean> anew = anew();
        SIDES.ours().configure();
        withoutABreak(since, anew);
        assertThat(since.ours()).contains("a newer IKE SA with the same peer carries on");
        SIDES.shown(AUTH_LIFETIME, Initiator.STRONGSWAN);
    }

    // ---- one identity twice (RFC 7296 section 2.4) ----

    /** The initiator forgets its IKE SA without a word. */
    private static void forget(Initiator initiator) throws Exception {
        SIDES.wire().route(false);
        switch (initiator) {
            case SALLYPORT -> {
                SIDES.tell("delete-ike");
                SIDES.eventually("we have forgotten", () -> SIDES.tell("ike").equals("[]"));
            }
            case STRONGSWAN -> {
                SIDES.swanctl("--terminate", "--ike", "alice", "--force", "--timeout", "1");
                SIDES.eventually("it has forgotten", () -> !SIDES.theirs().sas().contains("state="));
            }
        }
        SIDES.wire().route(true);
    }

    @ParameterizedTest
    @EnumSource
    void initialContactEndsTheElder(Initiator initiator) throws Exception {
        SIDES.theirs().load(SwanctlConf.psk().with("unique", "replace"));
        SIDES.establish(initiator);
        String before = SIDES.tell("ike");
        forget(initiator);
        TwoSides.Since since = SIDES.since();
        SIDES.establish(initiator, "net1");
        assertThat(since.theirs()).contains("N(INIT_CONTACT)");
        SIDES.eventually("one IKE SA", () -> SIDES.ikeSas(1) && SIDES.agree(1));
        assertThat(SIDES.tell("ike")).isNotEqualTo(before);
        SIDES.shown(INITIAL_CONTACT, initiator);
    }

    @Test
    void bothOfOursStandWithStrongSwan() throws Exception {
        SIDES.theirs().load(SwanctlConf.psk().with("unique", "never"));
        SIDES.establish(Initiator.SALLYPORT);
        forget(Initiator.SALLYPORT);
        SIDES.establish(Initiator.SALLYPORT, "net1");
        assertThat(SIDES.theirs().sas().split("state=ESTABLISHED", -1)).hasSize(3);
        String one = SIDES.spis().getFirst();
        assertThat(SIDES.theirs().sas()).contains("spi-out=" + one);
        SIDES.shown(BOTH_STAND, Initiator.SALLYPORT);
    }

    /** strongSwan makes a second one, as if another device had the same identity. */
    private static String comeTwice(String unique) throws Exception {
        SIDES.theirs().load(SwanctlConf.psk().withTwin());
        SIDES.ours().configure("unique=" + unique);
        SIDES.establish(Initiator.STRONGSWAN);
        return SIDES.swanctl("--initiate", "--ike", TwoSides.TWIN, "--child", "net2");
    }

    @Test
    void bothOfStrongSwansStandWithUs() throws Exception {
        assertThat(comeTwice("NO")).as(SIDES::story).contains("initiate completed successfully");
        SIDES.eventually("both", () -> SIDES.ikeSas(2) && SIDES.agree(2));
        Thread.sleep(3000); // longer than what is to be replaced may stand
        assertThat(SIDES.ikeSas(2) && SIDES.agree(2)).as(SIDES::story).isTrue();
        SIDES.shown(BOTH_STAND, Initiator.STRONGSWAN);
    }

    @Test
    void theYoungerReplacesTheElder() throws Exception {
        assertThat(comeTwice("REPLACE")).as(SIDES::story).contains("initiate completed successfully");
        SIDES.eventually("both", () -> SIDES.ikeSas(2) && SIDES.agree(2));
        SIDES.eventually("the younger alone", () -> SIDES.ikeSas(1) && SIDES.agree(1));
        assertThat(SIDES.theirs().sas()).contains(TwoSides.TWIN + " {");
        SIDES.shown("the younger IKE SA replaces the elder one (unique = replace)", Initiator.STRONGSWAN);
    }

    @Test
    void theYoungerIsRefused() throws Exception {
        assertThat(comeTwice("KEEP")).as(SIDES::story).contains("AUTHENTICATION_FAILED");
        assertThat(SIDES.ikeSas(1) && SIDES.agree(1)).as(SIDES::story).isTrue();
        assertThat(SIDES.theirs().sas()).contains("alice {");
        SIDES.shown("the younger IKE SA is refused (unique = keep)", Initiator.STRONGSWAN);
    }
}
