package org.sallyport.ike.internal.core.task;

import java.util.List;
import org.sallyport.api.negotiation.PadEntry;
import org.sallyport.api.sa.ConnectionId;

/** Whom somebody may have meant to be who has said nothing that fits a peer: one that has the address, or may have any. */
final class Likely {
    /** Where more than these could be meant, naming them all helps nobody. */
    private static final int MOST = 4;

    private Likely() {}

    /**
     * Returns their connections.
     *
     * @param candidates the peers that may come from the address
     */
    static List<ConnectionId> connections(List<PadEntry> candidates) {
        List<PadEntry> here =
                candidates.stream().filter(p -> p.remoteAddress().isPresent()).toList();
        List<PadEntry> likely = here.isEmpty() ? candidates : here;
        return likely.size() > MOST
                ? List.of()
                : likely.stream().map(PadEntry::connection).toList();
    }
}
