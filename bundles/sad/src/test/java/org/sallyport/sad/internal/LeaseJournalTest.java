package org.sallyport.sad.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.reason.ReasonCode;
import org.sallyport.api.sa.ChildSaId;
import org.sallyport.api.sa.ConnectionId;
import org.sallyport.api.sa.IkeSaId;
import org.sallyport.api.sa.Lease;
import org.sallyport.api.sa.LeaseHolder;

class LeaseJournalTest {
    private static final ChildSaId LINEAGE = new ChildSaId(new IkeSaId(new ConnectionId("berlin"), 1), 7);

    private final World world = new World();
    private final List<String> lines = new ArrayList<>();
    private final LeaseJournal journal =
            new LeaseJournal(world.timers, line -> lines.add(line.toString().replaceFirst("^at=\\d+ ", "")));

    private static Lease lease(long socket) {
        return new Lease() {
            @Override
            public ChildSaId lineage() {
                return LINEAGE;
            }

            @Override
            public LeaseHolder holder() {
                return new LeaseHolder.Socket(socket);
            }

            @Override
            public void close() {}
        };
    }

    @Test
    void tellsWhoUsesWhatAndWhatNobodyUses() {
        journal.begun(lease(5), 1);
        journal.ended(lease(5), 0);
        journal.unneeded(LINEAGE, "to-berlin", Optional.of(Duration.ofMinutes(1)));
        journal.unneeded(LINEAGE, "to-berlin", Optional.empty());
        assertThat(lines)
                .containsExactly(
                        "event=lease-begun lineage=berlin[1]{7} holder=\"socket 5\" use_count=1",
                        "event=lease-ended lineage=berlin[1]{7} holder=\"socket 5\" use_count=0",
                        "event=sa-unneeded lineage=berlin[1]{7} policy=to-berlin linger=\"60 s\"",
                        "event=sa-unneeded lineage=berlin[1]{7} policy=to-berlin linger=lifetime");
    }

    @Test
    void countsWhatIsTooMuch() {
        for (int use = 1; use <= 1000; use++) {
            journal.begun(lease(use), use);
        }
        assertThat(lines).hasSize(LeaseJournal.LINES_PER_SECOND);
        world.pass(Duration.ofSeconds(1));
        assertThat(lines)
                .hasSize(LeaseJournal.LINES_PER_SECOND + 1)
                .last()
                .isEqualTo("event=lease-lines-omitted lines=950");
        journal.ended(lease(1), 999);
        assertThat(lines).hasSize(LeaseJournal.LINES_PER_SECOND + 2);
        world.pass(Duration.ofSeconds(5));
        assertThat(lines).hasSize(LeaseJournal.LINES_PER_SECOND + 2);
    }

    @Test
    void aSteadyStreamIsBoundedInEverySecond() {
        for (int tenth = 0; tenth < 100; tenth++) {
            for (int use = 0; use < 20; use++) {
                journal.begun(lease(use), 1);
            }
            world.pass(Duration.ofMillis(100));
        }
        assertThat(lines.stream().filter(l -> l.contains("lease-begun")).count())
                .isBetween(450L, 10L * LeaseJournal.LINES_PER_SECOND);
        assertThat(lines.stream().filter(l -> l.contains("omitted")).count()).isBetween(9L, 10L);
    }

    @Test
    void tellsOfRefusalsOnceASecond() {
        for (int refusal = 0; refusal < 500; refusal++) {
            journal.refused(
                    LINEAGE,
                    new LeaseHolder.Socket(refusal),
                    Reason.of(ReasonCode.LIMIT_REACHED, "the number of leases", 10));
        }
        world.pass(Duration.ofSeconds(1));
        assertThat(lines)
                .containsExactly(
                        "event=lease-refused lineage=berlin[1]{7} holder=\"socket 0\""
                                + " reason=\"the number of leases is limited to 10\"",
                        "event=lease-refusals-omitted lines=499");
    }
}
