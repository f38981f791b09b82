package org.sallyport.api.proposal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ProposalTest {
    @Test
    void readsTheFormThatAdministratorsWrite() {
        Proposal proposal = Proposal.parse("aes256gcm16-aes128gcm16-prfsha384-ecp384");
        assertThat(proposal.of(TransformType.ENCRYPTION))
                .containsExactly(
                        new Transform(TransformType.ENCRYPTION, 20, 256),
                        new Transform(TransformType.ENCRYPTION, 20, 128));
        assertThat(proposal.of(TransformType.KEY_EXCHANGE))
                .containsExactly(new Transform(TransformType.KEY_EXCHANGE, 20, 0));
        assertThat(proposal).hasToString("aes256gcm16-aes128gcm16-prfsha384-ecp384");
    }

    @Test
    void tellsWhichPartIsUnknownAndWhatIsKnown() {
        assertThatThrownBy(() -> Proposal.parse("aes256gcm16-modp1024"))
                .hasMessageContaining("\"modp1024\"")
                .hasMessageContaining("x25519");
    }

    @Test
    void namesWhatItDoesNotKnowByNumber() {
        assertThat(new Transform(TransformType.ENCRYPTION, 3, 0)).hasToString("encryption#3");
    }
}
