package org.sallyport.lab.appliance;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class JournalEventTest {
    @Test
    void aLineIsReadWithItsQuotedValues() {
        JournalEvent event = JournalEvent.parse(
                        "1790000000000000 at=1790000000000001 event=refused flow=\"tcp 10.1.0.1:4000 > 10.2.0.2:80\""
                                + " errno=ECONNREFUSED reason=\"peer said \\\"no\\\"\"")
                .orElseThrow();
        assertThat(event.micros()).isEqualTo(1790000000000001L);
        assertThat(event.name()).isEqualTo("refused");
        assertThat(event.value("flow")).isEqualTo("tcp 10.1.0.1:4000 > 10.2.0.2:80");
        assertThat(event.value("reason")).isEqualTo("peer said \"no\"");
        assertThat(event.value("errno")).isEqualTo("ECONNREFUSED");
        assertThat(event.value("absent")).isEmpty();
    }

    @Test
    void theStampInFrontCountsWhenTheLineHasNoneOfItsOwn() {
        assertThat(JournalEvent.parse("1790000000000000 event=ready")
                        .orElseThrow()
                        .micros())
                .isEqualTo(1790000000000000L);
    }

    @Test
    void aLineThatIsNoEventIsLeftOut() {
        assertThat(JournalEvent.parse("Exception in thread main")).isEmpty();
    }
}
