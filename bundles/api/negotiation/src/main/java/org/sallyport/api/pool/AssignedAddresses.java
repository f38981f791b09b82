package org.sallyport.api.pool;

import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.sallyport.api.sa.IkeSaId;

/**
 * What peers assigned to this host (RFC 7296 section 2.19). A negotiator tells; the policies with {@code local = assigned}
 * mean the addresses then, and the host has them. Of several IKE SAs with one peer the one that was told of last counts.
 * Thread safe.
 */
public interface AssignedAddresses {
    /**
     * A peer assigned addresses to this host.
     *
     * @return completed when the policies mean them; exceptionally, with the reason in words, when that cannot be
     */
    CompletionStage<Void> assigned(IkeSaId ikeSa, HostConfiguration configuration);

    /** The IKE SA has ended, and what was assigned with it. */
    void released(IkeSaId ikeSa);

    /** The negotiator started anew and goes on with these; what others were told of has ended. */
    void standing(Map<IkeSaId, HostConfiguration> all);
}
