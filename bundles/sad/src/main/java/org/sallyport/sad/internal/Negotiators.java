package org.sallyport.sad.internal;

import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.sallyport.api.negotiation.Negotiator;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.sa.ChildSaId;
import org.sallyport.api.sa.Share;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the SAD asks of negotiators. Thread safe. */
final class Negotiators {
    private static final Logger LOG = LoggerFactory.getLogger(Negotiators.class);

    private final Function<String, Optional<Negotiator>> byName;

    Negotiators(Function<String, Optional<Negotiator>> byName) {
        this.byName = byName;
    }

    /** Asks for a successor of a lineage's pair; tells whether somebody took the request. */
    boolean rekey(String name, ChildSaId lineage) {
        return tell(name, "rekey " + lineage, n -> n.rekey(lineage));
    }

    /** Asks for a pair beside a lineage's; tells whether somebody took the request. */
    boolean share(String name, Share wanted) {
        return tell(name, "make a share of " + wanted.fallback(), n -> n.share(wanted));
    }

    /** Asks that a lineage end and the peer be told; tells whether somebody took the request. */
    boolean delete(String name, ChildSaId lineage, Reason reason) {
        return tell(name, "delete " + lineage, n -> n.delete(lineage, reason));
    }

    private boolean tell(String name, String what, Consumer<Negotiator> call) {
        Optional<Negotiator> negotiator = byName.apply(name);
        if (negotiator.isEmpty()) {
            LOG.warn("cannot {}: negotiator \"{}\" is not running", what, name);
            return false;
        }
        try {
            call.accept(negotiator.get());
            return true;
        } catch (RuntimeException e) {
            LOG.error("negotiator \"{}\" failed to {}", name, what, e);
            return false;
        }
    }
}
