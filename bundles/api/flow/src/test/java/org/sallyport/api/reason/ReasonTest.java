package org.sallyport.api.reason;

import static org.assertj.core.api.Assertions.assertThat;

import java.text.MessageFormat;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ReasonTest {
    private static final int MOST_ARGUMENTS = 5;

    @Test
    void saysWhyInWords() {
        assertThat(Reason.of(ReasonCode.PEER_REFUSED, "gw", "NO_PROPOSAL_CHOSEN", "aes256gcm16-prfsha384-x25519"))
                .hasToString(
                        "peer \"gw\" refused with NO_PROPOSAL_CHOSEN; we offered aes256gcm16-prfsha384-x25519: compare that with what the peer is configured for");
        assertThat(Reason.of(ReasonCode.HOLD_TIME_OVER, "web", "5 s"))
                .hasToString("no security association stood within policy \"web\"'s hold time of 5 s");
    }

    @ParameterizedTest
    @EnumSource
    void everyReasonIsTheMessageFormatThatTheCatalogueSays(ReasonCode code) {
        List<String> arguments = List.of("one", "it's two", "{0}");
        String pattern = code.words().replaceAll("(?<!')'(?!')", "''");
        assertThat(new Reason(code, arguments).text()).isEqualTo(MessageFormat.format(pattern, arguments.toArray()));
    }

    @ParameterizedTest
    @EnumSource
    void everyReasonReadsWellWithItsArguments(ReasonCode code) {
        String text = new Reason(code, Collections.nCopies(MOST_ARGUMENTS, "ARG")).text();
        assertThat(text).doesNotContain("{").doesNotContain("''");
        assertThat(text.contains("ARG")).isEqualTo(code.words().contains("{0}"));
    }
}
