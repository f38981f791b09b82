package org.sallyport.sad.internal;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.sallyport.api.negotiation.Negotiator;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.sa.ChildSaId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The negotiators there are, by the name that policies use. Thread safe. */
final class Negotiators {
    private static final Logger LOG = LoggerFactory.getLogger(Negotiators.class);

    private final Map<String, Negotiator> byName = new ConcurrentHashMap<>();

    void add(String name, Negotiator negotiator) {
        byName.put(name, negotiator);
    }

    void remove(String name, Negotiator negotiator) {
        byName.remove(name, negotiator);
    }

    /** Asks for a successor of a lineage's pair; tells whether somebody took the request. */
    boolean rekey(String name, ChildSaId lineage) {
        return tell(name, "rekey " + lineage, n -> n.rekey(lineage));
    }

    /** Asks that a lineage end and the peer be told; tells whether somebody took the request. */
    boolean delete(String name, ChildSaId lineage, Reason reason) {
        return tell(name, "delete " + lineage, n -> n.delete(lineage, reason));
    }

    private boolean tell(String name, String what, Consumer<Negotiator> call) {
        Negotiator negotiator = byName.get(name);
        if (negotiator == null) {
            LOG.warn("cannot {}: negotiator \"{}\" is not running", what, name);
            return false;
        }
        try {
            call.accept(negotiator);
            return true;
        } catch (RuntimeException e) {
            LOG.error("negotiator \"{}\" failed to {}", name, what, e);
            return false;
        }
    }
}
