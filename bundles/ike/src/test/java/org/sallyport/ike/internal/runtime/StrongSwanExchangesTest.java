package org.sallyport.ike.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.sallyport.lab.matrix.Initiator;
import org.sallyport.lab.relay.Relay;

/** Exchanges with Debian's strongSwan, whoever made the IKE SA; some of them at once, so that they cross on the way. */
class StrongSwanExchangesTest {
    private static final String TRANSLATED = "192.0.2.1";

    @RegisterExtension
    static final TwoSides SIDES = new TwoSides("cookie_threshold = 1");

    // ---- one after the other ----

    @ParameterizedTest
    @EnumSource
    void bothSidesRekeyAndDelete(Initiator initiator) throws Exception {
        SIDES.establish(initiator);
        SIDES.shown("pre-shared key", initiator);
        SIDES.establish(initiator, "net2");
        SIDES.eventually("two pairs", () -> SIDES.agree(2));
        assertThat(SIDES.tell("ike")).as("one IKE SA").doesNotContain(",");
        SIDES.shown("a second Child SA", initiator);

        List<String> first = SIDES.spis();
        SIDES.tell("rekey-child");
        SIDES.eventually("our rekeying of Child SAs", () -> SIDES.agree(2) && SIDES.replaced(first));
        SIDES.shown("Sallyport rekeys a Child SA", initiator);
        List<String> second = SIDES.spis();
        SIDES.swanctl("--rekey", "--child", "net1");
        SIDES.eventually(
                "strongSwan's rekeying of one",
                () -> SIDES.agree(2) && !SIDES.spis().equals(second));
        SIDES.shown("strongSwan rekeys a Child SA", initiator);

        String one = SIDES.tell("ike");
        SIDES.tell("rekey-ike");
        SIDES.eventually(
                "our rekeying of the IKE SA",
                () -> !SIDES.tell("ike").equals(one) && SIDES.agree(2) && SIDES.ikeSas(1));
        SIDES.shown("Sallyport rekeys the IKE SA", initiator);
        String another = SIDES.tell("ike");
        SIDES.swanctl("--rekey", "--ike", "alice");
        SIDES.eventually(
                "strongSwan's rekeying", () -> !SIDES.tell("ike").equals(another) && SIDES.agree(2) && SIDES.ikeSas(1));
        SIDES.shown("strongSwan rekeys the IKE SA", initiator);

        SIDES.swanctl("--terminate", "--child", "net2");
        SIDES.eventually("strongSwan's delete of one Child SA", () -> SIDES.agree(1));
        SIDES.shown("strongSwan deletes a Child SA", initiator);
        SIDES.tell("delete-child");
        SIDES.eventually("our delete of the other", () -> SIDES.agree(0));
        SIDES.shown("Sallyport deletes a Child SA", initiator);
        SIDES.establish(initiator);
        SIDES.tell("delete-ike");
        SIDES.eventually("our delete of the IKE SA", SIDES::nothing);
        SIDES.shown("Sallyport deletes the IKE SA", initiator);
        SIDES.establish(initiator);
        SIDES.swanctl("--terminate", "--ike", "alice");
        SIDES.eventually("strongSwan's delete of the IKE SA", SIDES::nothing);
        SIDES.shown("strongSwan deletes the IKE SA", initiator);
    }

    @ParameterizedTest
    @EnumSource
    void theResponderNarrows(Initiator initiator) throws Exception {
        boolean we = initiator == Initiator.SALLYPORT;
        SwanctlConf narrow = SwanctlConf.psk().withChild("net1", "local_ts", "10.2.1.0/26");
        SwanctlConf wide = SwanctlConf.psk().withChild("net1", "remote_ts", "10.1.0.0/16");
        SIDES.theirs().load(we ? narrow : wide);
        SIDES.establish(initiator);
        String sas = SIDES.theirs().sas();
        assertThat(sas).contains(we ? "local-ts=[10.2.1.0/26]" : "remote-ts=[10.1.1.0/24]");
        assertThat(SIDES.tell("selectors")).contains(we ? "10.2.1.0/26" : "10.1.1.0/24");
        SIDES.shown("narrowing by the responder", initiator);
    }

    @ParameterizedTest
    @EnumSource
    void theResponderAsksForACookie(Initiator initiator) throws Exception {
        TwoSides.Since since = SIDES.since();
        switch (initiator) {
            case SALLYPORT -> HalfOpen.send(SIDES.wire().left(), RoutedWire.THEIRS, 1);
            case STRONGSWAN -> HalfOpen.send(SIDES.wire().right(), RoutedWire.OURS, 4);
        }
        Thread.sleep(200);
        SIDES.establish(initiator);
        assertThat(since.theirs())
                .contains(
                        initiator == Initiator.SALLYPORT
                                ? "sending COOKIE notify to " + RoutedWire.OURS
                                : "parsed IKE_SA_INIT response 0 [ N(COOKIE) ]");
        SIDES.shown("a cookie asked for by the responder", initiator);
    }

    @ParameterizedTest
    @EnumSource
    void bothNoticeThatTheOtherIsDead(Initiator initiator) throws Exception {
        SIDES.theirs().load(SwanctlConf.psk().with("dpd_delay", "1s"));
        SIDES.ours().configure("dpd-interval=1");
        SIDES.establish(initiator);
        TwoSides.Since since = SIDES.since();
        SIDES.wire().route(false);
        SIDES.eventually("the end on both sides", SIDES::nothing);
        assertThat(since.ours()).contains("no longer answers (dead peer detection)");
        SIDES.shown("Sallyport notices that strongSwan is dead", initiator);
        SIDES.shown("strongSwan notices that Sallyport is dead", initiator);
    }

    @ParameterizedTest
    @EnumSource
    void aNatThatRebinds(Initiator initiator) throws Exception {
        boolean we = initiator == Initiator.SALLYPORT;
        try (Relay relay = Relay.start(
                SIDES.wire().middle(),
                SIDES.folder().resolve("relay"),
                1,
                we ? "left" : "right",
                we ? "right" : "left",
                List.of(we ? "10.97.1.0/24" : "10.97.2.0/24"),
                Optional.of(TRANSLATED))) {
            SIDES.establish(initiator);
            relay.rebind();
            SIDES.rekeyChild(we ? Initiator.SALLYPORT : Initiator.STRONGSWAN);
            SIDES.rekeyChild(we ? Initiator.STRONGSWAN : Initiator.SALLYPORT);
            assertThat(SIDES.tell("ike")).as("one IKE SA").doesNotContain(",");
            SIDES.endAll();
        }
        SIDES.shown("a NAT that rebinds, the initiator behind it", initiator);
    }

    @ParameterizedTest
    @EnumSource
    void aRekeyedPairHasAKeyExchangeOfItsOwn(Initiator initiator) throws Exception {
        String suite = "aes128gcm16-x25519-noesn";
        SIDES.theirs().load(SwanctlConf.psk().withChild("net1", "esp_proposals", suite));
        SIDES.ours().configure("esp-proposals=" + suite);
        SIDES.establish(initiator);
        TwoSides.Since since = SIDES.since();
        SIDES.rekeyChild(Initiator.SALLYPORT);
        assertThat(since.theirs()).contains("parsed CREATE_CHILD_SA request").containsPattern("request \\d+ \\[.* KE ");
        SIDES.rekeyChild(Initiator.STRONGSWAN);
        SIDES.shown("a Child SA rekeyed with a key exchange of its own", initiator);
    }

    // ---- an IKE SA alone (RFC 6023) ----

    @Test
    void strongSwanMakesTheIkeSaAloneAndThenAPair() throws Exception {
        SIDES.theirs().load(SwanctlConf.psk().with("childless", "force"));
        TwoSides.Since since = SIDES.since();
        SIDES.establish(Initiator.STRONGSWAN);
        assertThat(since.theirs())
                .contains("generating CREATE_CHILD_SA request 2 [ SA No TSi TSr ]")
                .doesNotContainPattern("generating IKE_AUTH request 1 \\[[^\\]]*TSi");
        SIDES.shown("an IKE SA without a Child SA (RFC 6023)", Initiator.STRONGSWAN);
    }

    /** We make one alone in the place of one that had lost its last pair. */
    @Test
    void weMakeAnIkeSaAlone() throws Exception {
        SIDES.ours().configure("reauth-time=3");
        SIDES.establish(Initiator.SALLYPORT);
        SIDES.tell("delete-child");
        SIDES.eventually("no pair is left", () -> SIDES.agree(0));
        String before = SIDES.tell("ike");
        TwoSides.Since since = SIDES.since();
        SIDES.eventually("another IKE SA", () -> !SIDES.tell("ike").equals(before) && SIDES.ikeSas(1));
        assertThat(since.theirs())
                .containsPattern("parsed IKE_AUTH request 1 \\[ IDi [^\\]]*AUTH")
                .doesNotContainPattern("parsed IKE_AUTH request 1 \\[[^\\]]*TSi");
        SIDES.ours().configure();
        SIDES.establish(Initiator.SALLYPORT);
        SIDES.shown("an IKE SA without a Child SA (RFC 6023)", Initiator.SALLYPORT);
    }

    // ---- MOBIKE (RFC 4555) ----

    @ParameterizedTest
    @EnumSource
    void addressesAreToldToWhoSpeaksMobike(Initiator initiator) throws Exception {
        SIDES.theirs().load(SwanctlConf.psk().with("mobike", "yes").with("local_addrs", "%any"));
        SIDES.ours().configure("mobike=yes");
        SIDES.establish(initiator);
        assertThat(SIDES.theirs().log()).contains("peer supports MOBIKE");
        TwoSides.Since since = SIDES.since();
        SIDES.wire().right().ip("address", "add", RoutedWire.MOVED + "/24", "dev", "wire");
        try {
            SIDES.eventually("another address is told", () -> since.ours().contains("ADDITIONAL_IP4_ADDRESS"));
            SIDES.eventually("and heard", () -> since.theirs().contains("parsed INFORMATIONAL response"));
        } finally {
            SIDES.wire().right().ip("address", "del", RoutedWire.MOVED + "/24", "dev", "wire");
        }
        assertThat(SIDES.agree(1)).isTrue();
        SIDES.rekeyChild(Initiator.SALLYPORT);
        SIDES.rekeyChild(Initiator.STRONGSWAN);
        SIDES.shown("MOBIKE: further addresses are told", initiator);
    }

    /** It is told so, and keeps what it has; that we follow nobody is what docs/policy.md says of {@code mobike}. */
    @Test
    void whoMovesIsToldThatItMayNot() throws Exception {
        SIDES.theirs().load(SwanctlConf.psk().with("mobike", "yes").with("local_addrs", "%any"));
        SIDES.ours().configure("mobike=yes");
        SIDES.establish(Initiator.STRONGSWAN);
        TwoSides.Since since = SIDES.since();
        SIDES.wire().move(true);
        try {
            SIDES.eventually("a refusal", () -> since.theirs().contains("N(UNACCEPT_ADDR)"));
        } finally {
            SIDES.wire().move(false);
        }
        assertThat(since.theirs()).contains("N(UPD_SA_ADDR)");
        SIDES.shown("MOBIKE: who moves is told that it may not", Initiator.STRONGSWAN);
    }

    // ---- at once (RFC 7296 sections 2.8.1, 2.8.2 and 2.25) ----

    @ParameterizedTest
    @EnumSource
    void bothRekeyTheChildSa(Initiator initiator) throws Exception {
        SIDES.establish(initiator);
        List<String> before = SIDES.spis();
        TwoSides.Since since = SIDES.since();
        SIDES.atOnce(
                "generating CREATE_CHILD_SA request", () -> SIDES.swanctl("--rekey", "--child", "net1"), "rekey-child");
        SIDES.eventually("one pair is left", () -> SIDES.agree(1) && SIDES.replaced(before));
        assertThat(since.theirs()).contains("detected CHILD_REKEY collision with CHILD_REKEY");
        SIDES.rekeyChild(Initiator.SALLYPORT);
        SIDES.shown("both rekey the Child SA", initiator);
    }

    @ParameterizedTest
    @EnumSource
    void bothRekeyTheIkeSa(Initiator initiator) throws Exception {
        SIDES.establish(initiator);
        String before = SIDES.tell("ike");
        TwoSides.Since since = SIDES.since();
        SIDES.atOnce(
                "generating CREATE_CHILD_SA request", () -> SIDES.swanctl("--rekey", "--ike", "alice"), "rekey-ike");
        SIDES.eventually(
                "one IKE SA is left", () -> !SIDES.tell("ike").equals(before) && SIDES.ikeSas(1) && SIDES.agree(1));
        assertThat(since.theirs()).contains("detected IKE_REKEY collision with IKE_REKEY");
        SIDES.rekeyChild(Initiator.SALLYPORT);
        SIDES.rekeyChild(Initiator.STRONGSWAN);
        SIDES.shown("both rekey the IKE SA", initiator);
    }

    @ParameterizedTest
    @EnumSource
    void weRekeyTheIkeSaAndStrongSwanAChildSa(Initiator initiator) throws Exception {
        SIDES.establish(initiator);
        String before = SIDES.tell("ike");
        SIDES.atOnce(
                "generating CREATE_CHILD_SA request", () -> SIDES.swanctl("--rekey", "--child", "net1"), "rekey-ike");
        SIDES.eventually("our rekeying", () -> !SIDES.tell("ike").equals(before) && SIDES.ikeSas(1) && SIDES.agree(1));
        SIDES.rekeyChild(Initiator.SALLYPORT);
        SIDES.shown("Sallyport rekeys the IKE SA, strongSwan a Child SA", initiator);
    }

    @ParameterizedTest
    @EnumSource
    void strongSwanRekeysTheIkeSaAndWeAChildSa(Initiator initiator) throws Exception {
        SIDES.establish(initiator);
        String before = SIDES.tell("ike");
        List<String> spis = SIDES.spis();
        SIDES.atOnce(
                "generating CREATE_CHILD_SA request", () -> SIDES.swanctl("--rekey", "--ike", "alice"), "rekey-child");
        SIDES.eventually("our rekeying", () -> SIDES.agree(1) && SIDES.replaced(spis));
        SIDES.again(
                () -> SIDES.swanctl("--rekey", "--ike", "alice"),
                () -> !SIDES.tell("ike").equals(before) && SIDES.ikeSas(1) && SIDES.agree(1));
        SIDES.shown("strongSwan rekeys the IKE SA, Sallyport a Child SA", initiator);
    }

    @ParameterizedTest
    @EnumSource
    void weRekeyWhatStrongSwanDeletes(Initiator initiator) throws Exception {
        SIDES.establish(initiator);
        SIDES.atOnce(
                "generating INFORMATIONAL request",
                () -> SIDES.swanctl("--terminate", "--child", "net1"),
                "rekey-child");
        SIDES.eventually("no pair is left", () -> SIDES.agree(0));
        SIDES.establish(initiator);
        SIDES.shown("Sallyport rekeys the Child SA, strongSwan deletes it", initiator);
    }

    @ParameterizedTest
    @EnumSource
    void strongSwanRekeysWhatWeDelete(Initiator initiator) throws Exception {
        SIDES.establish(initiator);
        SIDES.atOnce(
                "generating CREATE_CHILD_SA request",
                () -> SIDES.swanctl("--rekey", "--child", "net1"),
                "delete-child");
        SIDES.eventually("no pair is left", () -> SIDES.agree(0));
        SIDES.establish(initiator);
        SIDES.shown("strongSwan rekeys the Child SA, Sallyport deletes it", initiator);
    }

    @ParameterizedTest
    @EnumSource
    void bothDeleteTheIkeSa(Initiator initiator) throws Exception {
        SIDES.establish(initiator);
        SIDES.atOnce(
                "generating INFORMATIONAL request", () -> SIDES.swanctl("--terminate", "--ike", "alice"), "delete-ike");
        SIDES.eventually("nothing is left", SIDES::nothing);
        SIDES.establish(initiator);
        SIDES.shown("both delete the IKE SA", initiator);
    }
}
