package org.sallyport.spd.internal.match;

import java.net.InetAddress;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.sallyport.api.negotiation.Identity;
import org.sallyport.api.negotiation.Pad;
import org.sallyport.api.negotiation.PadEntry;
import org.sallyport.api.sa.ConnectionId;

/** The peers of one generation (RFC 4301 section 4.4.3). Immutable. */
public final class CompiledPad implements Pad {
    /** An entry for one identity comes before those for many, and of patterns the longest first. */
    private static final Comparator<PadEntry> MOST_EXACT = Comparator.comparing(
                    (PadEntry e) -> e.remoteIdentity().isPattern())
            .thenComparing(e -> -e.remoteIdentity().text().length());

    private final List<PadEntry> entries;

    public CompiledPad(List<PadEntry> entries) {
        this.entries = entries.stream()
                .sorted(Comparator.comparing(e -> e.connection().name()))
                .toList();
    }

    @Override
    public Optional<PadEntry> named(ConnectionId connection) {
        return entries.stream().filter(e -> e.connection().equals(connection)).findFirst();
    }

    @Override
    public Optional<PadEntry> find(Identity remote, Optional<Identity> local) {
        return entries.stream()
                .filter(e -> e.remoteIdentity().matches(remote))
                .filter(e -> local.isEmpty() || e.localIdentity().matches(local.get()))
                .min(MOST_EXACT);
    }

    @Override
    public List<PadEntry> candidates(InetAddress remote) {
        return entries.stream()
                .filter(e ->
                        e.remoteAddress().isEmpty() || e.remoteAddress().get().equals(remote))
                .sorted(Comparator.comparing(e -> e.remoteAddress().isEmpty()))
                .toList();
    }

    @Override
    public List<PadEntry> entries() {
        return entries;
    }
}
