package org.sallyport.ike.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.sallyport.lab.matrix.Initiator;

/** Proposals, refusals and hot updates, against Debian's strongSwan. */
class StrongSwanTest {
    private static final String OTHER_GROUP = "another group asked for by the responder";

    /** IKE SA and Child SA. */
    private record Suite(String ike, String esp) {}

    private static final List<Suite> SUITES = List.of(
            new Suite("aes128-sha256-modp2048", "aes128-sha256-noesn"),
            new Suite("aes192-sha384-modp3072", "aes192-sha384-noesn"),
            new Suite("aes256-sha512-modp4096", "aes256-sha512-noesn"),
            new Suite("aes256-aesxcbc-prfaesxcbc-ecp521", "aes256-aesxcbc-noesn"),
            new Suite("aes128-aescmac-prfaescmac-x448", "aes128-aescmac-noesn"),
            new Suite("chacha20poly1305-prfsha256-ecp256bp", "chacha20poly1305-noesn"),
            new Suite("aes128ccm16-prfsha384-ecp384bp", "aes128ccm16-noesn"),
            new Suite("aes256ccm8-prfsha512-ecp512bp", "aes256ccm8-noesn"),
            new Suite("aes192gcm16-prfaescmac-ecp256", "aes192gcm16-noesn"),
            new Suite("aes128gcm16-prfsha256-x25519", "aes128gcm16-noesn"),
            new Suite("aes256gcm16-prfsha384-ecp384", "aes256gcm16-noesn"));

    @RegisterExtension
    static final TwoSides SIDES = new TwoSides();

    private static void propose(String ike, String esp) throws Exception {
        SIDES.ours().configure("ike-proposals=" + ike, "esp-proposals=" + esp);
    }

    // ---- what both agree on ----

    @Test
    void everyAlgorithmYieldsTheSameKeysOnBothSides() throws Exception {
        SIDES.theirs().load(everything());
        for (Suite suite : SUITES) {
            propose(suite.ike(), suite.esp());
            SIDES.establish(Initiator.SALLYPORT);
            SIDES.eventually(suite + " by us", SIDES::sameKeys);
            SIDES.tell("replace"); // whoever resumes from the checkpoint has its keys from there
            String ike = SIDES.tell("ike");
            SIDES.tell("rekey-ike");
            SIDES.eventually(
                    suite + " rekeyed", () -> !SIDES.tell("ike").equals(ike) && SIDES.agree(1) && SIDES.ikeSas(1));
            SIDES.rekeyChild(Initiator.SALLYPORT);
            SIDES.eventually(suite + " with a rekeyed Child SA", SIDES::sameKeys);
            SIDES.endAll();
            shown(suite, Initiator.SALLYPORT);
            SIDES.establish(Initiator.STRONGSWAN);
            SIDES.eventually(suite + " by strongSwan", SIDES::sameKeys);
            SIDES.endAll();
            shown(suite, Initiator.STRONGSWAN);
        }
    }

    private static void shown(Suite suite, Initiator initiator) {
        for (String algorithm : suite.ike().split("-", -1)) {
            SIDES.shown("IKE " + algorithm, initiator);
        }
        for (String algorithm : suite.esp().replace("-noesn", "").split("-", -1)) {
            SIDES.shown("ESP " + algorithm, initiator);
        }
    }

    private static SwanctlConf everything() {
        return SwanctlConf.psk()
                .with("proposals", SUITES.stream().map(Suite::ike).collect(Collectors.joining(",")))
                .withChild(
                        "net1", "esp_proposals", SUITES.stream().map(Suite::esp).collect(Collectors.joining(",")));
    }

    @Test
    void theFirstKeyExchangeMayBeTheWrongOne() throws Exception {
        propose("aes128gcm16-prfsha256-ecp256-x25519", "aes128gcm16-noesn");
        TwoSides.Since since = SIDES.since();
        SIDES.establish(Initiator.SALLYPORT);
        assertThat(since.theirs()).contains("N(INVAL_KE)");
        SIDES.shown(OTHER_GROUP, Initiator.SALLYPORT);
        SIDES.endAll();
        propose("aes256gcm16-prfsha384-ecp384", "aes128gcm16-noesn");
        SIDES.establish(Initiator.SALLYPORT);
        SIDES.endAll();
        SIDES.ours().configure();
        assertThat(SIDES.swanctl("--initiate", "--child", "net1"))
                .contains("peer didn't accept DH group ECP_384, it requested CURVE_25519")
                .contains("initiate completed successfully");
        SIDES.shown(OTHER_GROUP, Initiator.STRONGSWAN);
    }

    @Test
    void messagesThatNoDatagramCarriesGoInFragmentsBothWays() throws Exception {
        SIDES.theirSettings("fragment_size = 160");
        SIDES.ours().configure("esp-proposals=" + manyProposals());
        TwoSides.Since since = SIDES.since();
        SIDES.establish(Initiator.SALLYPORT);
        assertThat(since.theirs())
                .contains("reassembled fragmented IKE message")
                .containsPattern("splitting IKE message \\(\\d+ bytes\\) into \\d+ fragments");
    }

    /** Every choice among some ciphers, as a proposal of its own. */
    private static String manyProposals() {
        List<String> ciphers = List.of("aes128gcm16", "aes256gcm16", "chacha20poly1305", "aes128ccm16", "aes256ccm16");
        return IntStream.range(1, 1 << ciphers.size())
                .mapToObj(choice -> IntStream.range(0, ciphers.size())
                        .filter(bit -> (choice >> bit & 1) != 0)
                        .mapToObj(ciphers::get)
                        .collect(Collectors.joining("-", "", "-noesn")))
                .collect(Collectors.joining(","));
    }

    // ---- what both do not agree on ----

    @Test
    void aWrongSecretIsToldInWords() throws Exception {
        SIDES.tell("secret another");
        TwoSides.Since since = SIDES.since();
        assertThat(SIDES.tell("negotiate net1"))
                .as(SIDES::story)
                .contains("AUTHENTICATION_FAILED")
                .contains("secret");
        assertThat(SIDES.swanctl("--initiate", "--child", "net1")).contains("failed");
        assertThat(SIDES.tell("pairs")).isEqualTo("[]");
        SIDES.eventually(
                "the reason in the log", () -> since.ours().contains("could not prove that it is bob.example"));
    }

    @Test
    void noCommonProposalIsToldInWords() throws Exception {
        propose("aes128gcm16-prfsha256-ecp256", "aes128gcm16-noesn");
        assertThat(SIDES.tell("negotiate net1"))
                .as(SIDES::story)
                .contains("refused peer \"bob\" refused with NO_PROPOSAL_CHOSEN")
                .contains("we offered aes128gcm16-prfsha256-ecp256");
        propose("aes128gcm16-prfsha256-x25519", "aes256gcm16-noesn");
        assertThat(SIDES.tell("negotiate net1"))
                .as(SIDES::story)
                .contains("NO_PROPOSAL_CHOSEN")
                .contains("aes256gcm16");
    }

    // ---- what happens to either side ----

    @Test
    void theBundleIsReplacedAndTheSasStay() throws Exception {
        SIDES.establish(Initiator.SALLYPORT);
        List<String> before = SIDES.spis();
        String ike = SIDES.tell("ike");
        SIDES.tell("replace");
        SIDES.eventually("the successor's IKE SA", () -> SIDES.tell("ike").equals(ike) && SIDES.agree(1));
        assertThat(SIDES.spis()).isEqualTo(before);
        SIDES.establish(Initiator.SALLYPORT, "net2");
        SIDES.swanctl("--rekey", "--child", "net1");
        SIDES.eventually(
                "a rekeying after it", () -> SIDES.agree(2) && !SIDES.spis().containsAll(before));
        SIDES.tell("rekey-ike");
        SIDES.eventually(
                "a rekeying of the IKE SA after it",
                () -> !SIDES.tell("ike").equals(ike) && SIDES.agree(2) && SIDES.ikeSas(1));
    }

    @Test
    void aDeadPeerIsNoticed() throws Exception {
        SIDES.ours().configure("dpd-interval=1");
        SIDES.establish(Initiator.SALLYPORT);
        TwoSides.Since since = SIDES.since();
        SIDES.wire().route(false);
        SIDES.eventually(
                "the end of everything",
                () -> SIDES.tell("ike").equals("[]") && SIDES.tell("pairs").equals("[]"));
        assertThat(since.ours()).contains("no longer answers (dead peer detection)");
        assertThat(SIDES.tell("negotiate net1")).contains("unreachable").contains("did not answer");
    }
}
