package org.sallyport.ike.internal.authentication;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.sallyport.api.authentication.Announcement;

class KeptAnnouncementsTest {
    private static final Announcement SOMETHING = new Announcement(java.util.Set.of(), List.of(), List.of());

    private final AtomicLong now = new AtomicLong(7);
    private final KeptAnnouncements kept = new KeptAnnouncements(now::get);

    @Test
    void areForgottenAfterAMoment() {
        assertThat(kept.to(List.of())).isEmpty();
        assertThat(kept.keep(List.of(), SOMETHING)).isSameAs(SOMETHING);
        now.addAndGet(900_000_000L);
        assertThat(kept.to(List.of())).containsSame(SOMETHING);
        now.addAndGet(200_000_000L);
        assertThat(kept.to(List.of())).isEmpty();
    }

    @Test
    void areForgottenWhenSomebodyElseMayAnnounce() {
        kept.keep(List.of(), SOMETHING);
        kept.forget();
        assertThat(kept.to(List.of())).isEmpty();
    }
}
