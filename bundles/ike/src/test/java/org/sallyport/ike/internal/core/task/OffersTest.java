package org.sallyport.ike.internal.core.task;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sallyport.api.proposal.Proposal;
import org.sallyport.api.sa.IpsecProtocol;
import org.sallyport.crypto.CryptoRegistry;
import org.sallyport.crypto.StandardProviders;
import org.sallyport.ike.internal.core.state.ChildSuite;
import org.sallyport.ike.internal.message.Bytes;
import org.sallyport.ike.internal.message.Payload;

/** What is chosen out of what a peer offers (RFC 7296 section 3.3.6). */
class OffersTest {
    private static final CryptoRegistry CRYPTO = CryptoRegistry.of(StandardProviders.all());
    private static final Bytes SPI = Bytes.of(new byte[] {1, 2, 3, 4});

    private static boolean extended(List<Proposal> ours, Payload.SecurityAssociation theirs) {
        return Offers.chooseChild(CRYPTO, IpsecProtocol.ESP, ours, theirs, 0)
                .map(Offers.Choice::suite)
                .map(ChildSuite::sa)
                .orElseThrow()
                .extendedSequenceNumbers();
    }

    private static Payload.SecurityAssociation offer(String proposal) {
        return Offers.child(IpsecProtocol.ESP, List.of(Proposal.parse(proposal)), SPI);
    }

    @ParameterizedTest
    @CsvSource({
        "aes128gcm16-esn-noesn, aes128gcm16-noesn-esn, true",
        "aes128gcm16-noesn-esn, aes128gcm16-esn-noesn, false",
        "aes128gcm16-esn-noesn, aes128gcm16-noesn, false",
        "aes128gcm16-esn, aes128gcm16-noesn-esn, true",
        // who says nothing means 32 bits (RFC 7296 section 3.3.3)
        "aes128gcm16-esn-noesn, aes128gcm16, false",
    })
    void sequenceNumbersAreAsWePreferAmongWhatBothOffer(String ours, String theirs, boolean extended) {
        assertThat(extended(List.of(Proposal.parse(ours)), offer(theirs))).isEqualTo(extended);
    }

    @Test
    void whoSaysNothingOfSequenceNumbersGetsExtendedOnesWhereThePeerHasThem() {
        List<Proposal> ours = Offers.childProposals(List.of(Proposal.parse("aes128gcm16")), false);
        assertThat(extended(ours, Offers.child(IpsecProtocol.ESP, ours, SPI))).isTrue();
    }
}
