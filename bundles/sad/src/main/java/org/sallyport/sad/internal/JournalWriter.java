package org.sallyport.sad.internal;

import java.util.Locale;
import java.util.Optional;
import org.sallyport.api.admin.Journal;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.sa.SaSpec;

/** Writes each pair's coming, succession and going to the journal. */
final class JournalWriter implements PairListener {
    @Override
    public void activated(Pair pair, Pair.Agreed agreed, Optional<Pair> predecessor) {
        Journal line = about(predecessor.isPresent() ? "child-sa-rekeyed" : "child-sa-up", pair, agreed);
        predecessor.ifPresent(old -> line.with("replaces", old.key()));
        line.with("reason", agreed.spec().initiator() ? "we initiated" : "the peer initiated")
                .with("algorithms", agreed.algorithms())
                .with("selectors", agreed.selectors())
                .with("path", agreed.path())
                .write();
    }

    @Override
    public void deleted(Pair pair, Pair.Agreed agreed, Reason reason, boolean lineageEnded) {
        if (pair.activation() == 0) {
            return;
        }
        about("child-sa-down", pair, agreed)
                .with("reason", reason)
                .with("algorithms", agreed.algorithms())
                .with("lineage_ended", lineageEnded)
                .with("octets_sent", pair.sent().octets())
                .with("octets_received", pair.received().octets())
                .write();
    }

    private static Journal about(String event, Pair pair, Pair.Agreed agreed) {
        SaSpec spec = agreed.spec();
        return Journal.event(event)
                .with("connection", spec.lineage().ikeSa().connection())
                .with("lineage", spec.lineage())
                .with("policy", spec.policy())
                .with("share", agreed.share().orElse("-"))
                .with("protocol", pair.key().protocol().name().toLowerCase(Locale.ROOT))
                .with("spi_in", pair.key())
                .with("spi_out", pair.outboundKey().map(Object::toString).orElse("-"));
    }
}
